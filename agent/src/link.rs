//! What the agent asks of the coordinator: one function per request.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tenshot_kit::Token;
use tenshot_measurement::{Assignment, Backend, BoardFacts, DeviceId, Holding, ModelHash, ResultStatus, SessionId};
use tenshot_protocol::v1::{
    EnrolRequest, EnrolResponse, ErrorCode, HeartbeatRequest, HeartbeatResponse, LeaseRequest, LeaseResponse,
    ResultResponse, VERSION,
};
use tenshot_transport::{Answer, CoordinatorUrl, Limits, Program, Request, StatusCode, Transport, TransportError};

use crate::dialogue::{Terms, Trouble, TroubleKind};
use crate::result_body::ResultBody;

/// A short question is answered within this time.
const SHORT_TIMEOUT: Duration = Duration::from_secs(10);
/// A result may hold millions of samples, and the network may be slow.
const RESULT_TIMEOUT: Duration = Duration::from_secs(60);
/// A model may take as long as it takes, as long as something comes.
const CHUNK_TIMEOUT: Duration = Duration::from_secs(30);
/// No answer in JSON is larger.
const LARGEST_ANSWER_BYTES: usize = 1 << 20;

/// What trouble with a request means for the dialogue.
fn kind(error: &TransportError) -> TroubleKind {
    let (status, code) = match error {
        TransportError::Status { status, code, .. } => (status, code),
        TransportError::Newer { .. } | TransportError::Older { .. } => return TroubleKind::Refused,
        TransportError::Unreachable { .. }
        | TransportError::TooSlow { .. }
        | TransportError::Unintelligible { .. }
        | TransportError::Client(_) => {
            return TroubleKind::Away;
        }
    };
    match (*status, code) {
        (_, Some(ErrorCode::VersionMismatch)) => TroubleKind::Refused,
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::UPGRADE_REQUIRED, _) => TroubleKind::Refused,
        (StatusCode::NOT_FOUND | StatusCode::GONE, _) => TroubleKind::Unknown,
        (StatusCode::CONFLICT, _) => TroubleKind::TakenOver,
        (StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS, _) => TroubleKind::Away,
        (status, _) if status.is_client_error() => TroubleKind::Rejected,
        _ => TroubleKind::Away,
    }
}

/// What to check, where people can do something.
fn advice(error: &TransportError) -> &'static str {
    let (status, code) = match error {
        TransportError::Status { status, code, .. } => (status, code),
        TransportError::Newer { .. } | TransportError::Older { .. } => return "",
        TransportError::Unreachable { .. }
        | TransportError::TooSlow { .. }
        | TransportError::Unintelligible { .. }
        | TransportError::Client(_) => {
            return "; check that it runs and that this board reaches it";
        }
    };
    match (*status, code) {
        (_, Some(ErrorCode::VersionMismatch)) => "",
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => "; check the token",
        (StatusCode::NOT_FOUND, None) => "; check that the address is a coordinator's",
        _ => "",
    }
}

impl From<TransportError> for Trouble {
    fn from(error: TransportError) -> Self {
        Self { kind: kind(&error), message: format!("{error}{}", advice(&error)) }
    }
}

/// What an agent says of itself when it enrols.
#[derive(Debug, Clone, PartialEq)]
pub struct Introduction {
    /// The board's name in the lab.
    pub name: String,
    /// This life of the agent.
    pub session: SessionId,
    /// The agent's own version.
    pub agent_version: String,
    /// What the board is.
    pub facts: BoardFacts,
    /// What it can run models with.
    pub backends: Vec<Backend>,
}

/// The coordinator, as the agent reaches it. Cheap to clone; connections are kept and shared.
#[derive(Debug, Clone)]
pub struct Link(Transport);

impl Link {
    /// A link that is not used yet.
    ///
    /// # Errors
    /// Where the HTTP client cannot be made.
    pub fn new(coordinator: CoordinatorUrl, token: &Token) -> Result<Self, TransportError> {
        Transport::new(coordinator, token, Program("tenshot-agent")).map(Self)
    }

    /// Says who the agent is.
    ///
    /// # Errors
    /// Where there is no answer, or it is no success.
    pub async fn enrol(&self, introduction: &Introduction) -> Result<Terms, TransportError> {
        let Introduction { name, session, agent_version, facts, backends } = introduction.clone();
        let backends = backends.into_iter().map(Into::into).collect();
        let request = EnrolRequest { name, session, agent_version, facts: facts.into(), backends };
        let EnrolResponse { device, heartbeat_ms, lease_wait_ms } =
            self.post(&["agents"], &request, SHORT_TIMEOUT).await?;
        Ok(Terms { device, heartbeat_ms, lease_wait_ms })
    }

    /// Says that the agent lives; the answer is whether what it holds is still held.
    ///
    /// # Errors
    /// Where there is no answer, or it is no success.
    pub async fn heartbeat(
        &self,
        device: DeviceId,
        session: SessionId,
        holding: Option<Holding>,
    ) -> Result<bool, TransportError> {
        let request = HeartbeatRequest { session, holding: holding.map(Into::into) };
        let path = ["agents", &device.to_string(), "heartbeat"];
        let answer: HeartbeatResponse = self.post(&path, &request, SHORT_TIMEOUT).await?;
        Ok(answer.still_held)
    }

    /// Asks for work; the coordinator holds the request open for up to `wait`.
    ///
    /// # Errors
    /// Where there is no answer, or it is no success.
    pub async fn lease(
        &self,
        device: DeviceId,
        session: SessionId,
        wait: Duration,
    ) -> Result<Option<Assignment>, TransportError> {
        let path = ["agents", &device.to_string(), "lease"];
        let timeout = wait.saturating_add(SHORT_TIMEOUT);
        let answer: LeaseResponse = self.post(&path, &LeaseRequest { session }, timeout).await?;
        Ok(answer.assignment.map(Into::into))
    }

    /// Sends a result, whose body goes as it is.
    ///
    /// # Errors
    /// Where there is no answer, or it is no success.
    pub async fn send(&self, device: DeviceId, body: ResultBody) -> Result<ResultStatus, TransportError> {
        let ResultBody { version, bytes } = body;
        let path = ["agents", &device.to_string(), "results"];
        let request = Request::post(version, &path).json_bytes(bytes);
        let answer: ResultResponse = self.0.exchange(request, limits(RESULT_TIMEOUT)).await?;
        Ok(answer.status.into())
    }

    /// Begins to fetch a model.
    ///
    /// # Errors
    /// Where there is no answer, or it is no success.
    pub async fn model(&self, hash: &ModelHash) -> Result<Download, TransportError> {
        let path = ["models", &hash.to_string()];
        self.0.stream(Request::get(VERSION, &path), SHORT_TIMEOUT).await.map(Download)
    }

    async fn post<A: DeserializeOwned>(
        &self,
        path: &[&str],
        value: &impl Serialize,
        timeout: Duration,
    ) -> Result<A, TransportError> {
        let request = Request::post(VERSION, path).json(value);
        let request = request.map_err(|error| TransportError::Client(error.to_string()))?;
        self.0.exchange(request, limits(timeout)).await
    }
}

fn limits(timeout: Duration) -> Limits {
    Limits { timeout, largest_bytes: LARGEST_ANSWER_BYTES }
}

/// A model on its way.
#[derive(Debug)]
pub struct Download(Answer);

impl Download {
    /// The next bytes; none at the end.
    ///
    /// # Errors
    /// Where the connection breaks, or nothing comes for a while.
    pub async fn next_chunk(&mut self) -> Result<Option<impl AsRef<[u8]> + use<>>, TransportError> {
        self.0.next_chunk(CHUNK_TIMEOUT).await
    }
}

#[cfg(test)]
mod tests {
    use tenshot_protocol::v1::ErrorCode;
    use tenshot_transport::{StatusCode, TransportError};

    use crate::dialogue::{Trouble, TroubleKind};

    fn trouble(status: u16, code: Option<ErrorCode>) -> Trouble {
        Trouble::from(TransportError::Status {
            coordinator: "http://lab:1".parse().unwrap(),
            status: StatusCode::from_u16(status).unwrap(),
            code,
            message: "why".to_owned(),
        })
    }

    #[test]
    fn every_status_has_its_meaning() {
        let cases = [
            (TroubleKind::Away, vec![302, 408, 425, 429, 500, 502, 503, 504]),
            (TroubleKind::Unknown, vec![404, 410]),
            (TroubleKind::TakenOver, vec![409]),
            (TroubleKind::Rejected, vec![400, 405, 413, 415, 422]),
            (TroubleKind::Refused, vec![401, 403, 426]),
        ];
        for (kind, statuses) in cases {
            for status in statuses {
                assert_eq!(trouble(status, None).kind, kind, "{status}");
            }
        }
        assert_eq!(trouble(400, Some(ErrorCode::VersionMismatch)).kind, TroubleKind::Refused);
    }

    #[test]
    fn messages_say_what_to_check() {
        assert_eq!(
            trouble(401, Some(ErrorCode::Unauthorised)).message,
            "the coordinator at http://lab:1 answered 401 Unauthorized: why; check the token"
        );
        assert_eq!(
            trouble(426, Some(ErrorCode::VersionMismatch)).message,
            "the coordinator at http://lab:1 answered 426 Upgrade Required: why"
        );
    }
}
