//! HTTP to the coordinator: one function per request, typed errors, JSON only.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use tenshot_kit::Token;
use tenshot_measurement::{Assignment, Backend, BoardFacts, DeviceId, Holding, ModelHash, ResultStatus, SessionId};
use tenshot_protocol::VERSION_HEADER;
use tenshot_protocol::v1::{
    EnrolRequest, EnrolResponse, ErrorBody, ErrorCode, HeartbeatRequest, HeartbeatResponse, LeaseRequest,
    LeaseResponse, ResultResponse, VERSION,
};

use crate::dialogue::{Terms, Trouble, TroubleKind};
use crate::result_body::ResultBody;

/// A connection is there within this time, or not at all.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A short question is answered within this time.
const SHORT_TIMEOUT: Duration = Duration::from_secs(10);
/// A result may hold millions of samples, and the network may be slow.
const RESULT_TIMEOUT: Duration = Duration::from_secs(60);
/// A model may take as long as it takes, as long as something comes.
const CHUNK_TIMEOUT: Duration = Duration::from_secs(30);
/// No answer in JSON is larger.
const LARGEST_ANSWER_BYTES: usize = 1 << 20;

/// Where the coordinator is: `http://HOST[:PORT][/PATH]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoordinatorUrl(Url);

/// A text that cannot be the coordinator's address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CoordinatorUrlError {
    /// Not a URL of the right form.
    #[error("`{0}` is not the address of a coordinator: expected http://HOST:PORT")]
    Malformed(String),
    /// TLS is not built in.
    #[error("`{0}` asks for TLS, and this build speaks http only: use http://HOST:PORT")]
    Tls(String),
    /// A token in the wrong place.
    #[error("the coordinator's address holds a user name or password: give the token with --token instead")]
    Credentials,
}

impl std::str::FromStr for CoordinatorUrl {
    type Err = CoordinatorUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = || CoordinatorUrlError::Malformed(text.to_owned());
        let url = Url::parse(text.trim_end_matches('/')).map_err(|_| malformed())?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(CoordinatorUrlError::Credentials);
        }
        match url.scheme() {
            "https" => Err(CoordinatorUrlError::Tls(text.to_owned())),
            "http" if url.has_host() && url.query().is_none() && url.fragment().is_none() => Ok(Self(url)),
            _ => Err(malformed()),
        }
    }
}

impl fmt::Display for CoordinatorUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

/// A request that had no success.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// No answer: no connection, a broken one, or too slow.
    #[error("cannot reach the coordinator at {coordinator}: {why}")]
    Unreachable {
        /// The coordinator.
        coordinator: CoordinatorUrl,
        /// What the network says.
        why: String,
    },
    /// An answer that is no success.
    #[error("the coordinator at {coordinator} answered {status}: {message}")]
    Status {
        /// The coordinator.
        coordinator: CoordinatorUrl,
        /// The status.
        status: StatusCode,
        /// For programs, where the answer has it.
        code: Option<ErrorCode>,
        /// For people.
        message: String,
    },
    /// An answer in JSON that this agent does not know: the coordinator is newer than it believes.
    #[error(
        "the coordinator at {coordinator} answers what this agent, {version}, cannot read ({why}): upgrade this agent",
        version = env!("CARGO_PKG_VERSION")
    )]
    Newer {
        /// The coordinator.
        coordinator: CoordinatorUrl,
        /// What is wrong with it.
        why: String,
    },
    /// A success that no coordinator would answer: something else listens there, or stands between.
    #[error("the answer of {coordinator} is not what a coordinator says: {why}")]
    Unintelligible {
        /// The coordinator.
        coordinator: CoordinatorUrl,
        /// What is wrong with it.
        why: String,
    },
    /// The HTTP client cannot be made.
    #[error("cannot set up HTTP: {0}")]
    Client(String),
}

impl LinkError {
    /// What this means for the dialogue.
    #[must_use]
    pub fn kind(&self) -> TroubleKind {
        let (status, code) = match self {
            Self::Status { status, code, .. } => (status, code),
            Self::Newer { .. } => return TroubleKind::Refused,
            Self::Unreachable { .. } | Self::Unintelligible { .. } | Self::Client(_) => return TroubleKind::Away,
        };
        match (*status, code) {
            (_, Some(ErrorCode::VersionMismatch)) => TroubleKind::Refused,
            (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::UPGRADE_REQUIRED, _) => {
                TroubleKind::Refused
            }
            (StatusCode::NOT_FOUND | StatusCode::GONE, _) => TroubleKind::Unknown,
            (StatusCode::CONFLICT, _) => TroubleKind::TakenOver,
            (StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS, _) => {
                TroubleKind::Away
            }
            (status, _) if status.is_client_error() => TroubleKind::Rejected,
            _ => TroubleKind::Away,
        }
    }

    /// What to check, where people can do something.
    fn advice(&self) -> &'static str {
        let (status, code) = match self {
            Self::Status { status, code, .. } => (status, code),
            Self::Newer { .. } => return "",
            Self::Unreachable { .. } | Self::Unintelligible { .. } | Self::Client(_) => {
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
}

impl From<LinkError> for Trouble {
    fn from(error: LinkError) -> Self {
        Self { kind: error.kind(), message: format!("{error}{}", error.advice()) }
    }
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");

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
pub struct Link {
    client: Client,
    coordinator: CoordinatorUrl,
}

impl Link {
    /// A link that is not used yet. Proxies of the environment are left aside: the coordinator is
    /// in the lab.
    ///
    /// # Errors
    /// Where the HTTP client cannot be made.
    pub fn new(coordinator: CoordinatorUrl, token: Token) -> Result<Self, LinkError> {
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.secret()))
            .map_err(|error| LinkError::Client(error.to_string()))?;
        bearer.set_sensitive(true);
        let headers = HeaderMap::from_iter([(AUTHORIZATION, bearer)]);
        let client = Client::builder()
            .default_headers(headers)
            .user_agent(concat!("tenshot-agent/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .tcp_keepalive(CHUNK_TIMEOUT)
            .redirect(Policy::none())
            .no_proxy()
            .build()
            .map_err(|error| LinkError::Client(innermost(&error)))?;
        Ok(Self { client, coordinator })
    }

    /// Says who the agent is.
    ///
    /// # Errors
    /// Where there is no answer, or it is no success.
    pub async fn enrol(&self, introduction: &Introduction) -> Result<Terms, LinkError> {
        let Introduction { name, session, agent_version, facts, backends } = introduction.clone();
        let backends = backends.into_iter().map(Into::into).collect();
        let request = EnrolRequest { name, session, agent_version, facts: facts.into(), backends };
        let EnrolResponse { device, heartbeat_ms, lease_wait_ms } =
            self.post("/v1/agents", &request, SHORT_TIMEOUT).await?;
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
    ) -> Result<bool, LinkError> {
        let request = HeartbeatRequest { session, holding: holding.map(Into::into) };
        let answer: HeartbeatResponse =
            self.post(&format!("/v1/agents/{device}/heartbeat"), &request, SHORT_TIMEOUT).await?;
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
    ) -> Result<Option<Assignment>, LinkError> {
        let (path, timeout) = (format!("/v1/agents/{device}/lease"), wait.saturating_add(SHORT_TIMEOUT));
        let answer: LeaseResponse = self.post(&path, &LeaseRequest { session }, timeout).await?;
        Ok(answer.assignment.map(Into::into))
    }

    /// Sends a result, whose body goes as it is.
    ///
    /// # Errors
    /// Where there is no answer, or it is no success.
    pub async fn send(&self, device: DeviceId, body: ResultBody) -> Result<ResultStatus, LinkError> {
        let ResultBody { version, bytes } = body;
        let request = self
            .client
            .post(self.url(&format!("/v{version}/agents/{device}/results")))
            .header(VERSION_HEADER, version)
            .header(CONTENT_TYPE, JSON)
            .body(bytes);
        let answer: ResultResponse = self.exchange(request, RESULT_TIMEOUT).await?;
        Ok(answer.status.into())
    }

    /// Begins to fetch a model.
    ///
    /// # Errors
    /// Where there is no answer, or it is no success.
    pub async fn model(&self, hash: &ModelHash) -> Result<Download, LinkError> {
        let request = self.client.get(self.url(&format!("/v1/models/{hash}"))).header(VERSION_HEADER, VERSION);
        let response = within(SHORT_TIMEOUT, self.answer(request)).await.unwrap_or_else(|| Err(self.too_slow()))?;
        Ok(Download { link: self.clone(), response })
    }

    async fn post<Q: Serialize + Sync, A: DeserializeOwned>(
        &self,
        path: &str,
        request: &Q,
        timeout: Duration,
    ) -> Result<A, LinkError> {
        let request = self.client.post(self.url(path)).header(VERSION_HEADER, VERSION).json(request);
        self.exchange(request, timeout).await
    }

    async fn exchange<A: DeserializeOwned>(&self, request: RequestBuilder, timeout: Duration) -> Result<A, LinkError> {
        let answer = async {
            let mut response = self.answer(request).await?;
            let body = self.body(&mut response).await?;
            serde_json::from_slice(&body).map_err(|error| self.unreadable(&body, &error))
        };
        within(timeout, answer).await.unwrap_or_else(|| Err(self.too_slow()))
    }

    /// Sends the request, and takes an answer that is no success for an error.
    async fn answer(&self, request: RequestBuilder) -> Result<Response, LinkError> {
        let mut response = request.send().await.map_err(|error| self.unreachable(&error))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let body = self.body(&mut response).await?;
        let error: Option<ErrorBody> = serde_json::from_slice(&body).ok();
        Err(LinkError::Status {
            coordinator: self.coordinator.clone(),
            status,
            code: error.as_ref().map(|error| error.code),
            message: error.map_or_else(|| "no reason given".to_owned(), |error| error.message),
        })
    }

    async fn body(&self, response: &mut Response) -> Result<Vec<u8>, LinkError> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.unreachable(&error))? {
            if body.len() + chunk.len() > LARGEST_ANSWER_BYTES {
                return Err(self.unintelligible(format!("it is longer than {LARGEST_ANSWER_BYTES} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.coordinator)
    }

    fn unreachable(&self, error: &reqwest::Error) -> LinkError {
        LinkError::Unreachable { coordinator: self.coordinator.clone(), why: innermost(error) }
    }

    fn too_slow(&self) -> LinkError {
        LinkError::Unreachable { coordinator: self.coordinator.clone(), why: "no answer in time".to_owned() }
    }

    /// JSON is a coordinator's, and what cannot be read of it is newer than this agent; anything else is not.
    fn unreadable(&self, body: &[u8], error: &serde_json::Error) -> LinkError {
        let why = error.to_string();
        match serde_json::from_slice::<IgnoredAny>(body) {
            Ok(_) => LinkError::Newer { coordinator: self.coordinator.clone(), why },
            Err(_) => self.unintelligible(why),
        }
    }

    fn unintelligible(&self, why: String) -> LinkError {
        LinkError::Unintelligible { coordinator: self.coordinator.clone(), why }
    }
}

/// A model on its way.
#[derive(Debug)]
pub struct Download {
    link: Link,
    response: Response,
}

impl Download {
    /// The next bytes; none at the end.
    ///
    /// # Errors
    /// Where the connection breaks, or nothing comes for a while.
    pub async fn next_chunk(&mut self) -> Result<Option<impl AsRef<[u8]> + use<>>, LinkError> {
        match within(CHUNK_TIMEOUT, self.response.chunk()).await {
            Some(chunk) => chunk.map_err(|error| self.link.unreachable(&error)),
            None => Err(self.link.too_slow()),
        }
    }
}

async fn within<T>(timeout: Duration, future: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(timeout, future).await.ok()
}

/// What the network says, without the layers above it.
fn innermost(error: &reqwest::Error) -> String {
    let mut error: &dyn Error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;
    use tenshot_protocol::v1::ErrorCode;

    use super::{CoordinatorUrl, CoordinatorUrlError, LinkError};
    use crate::dialogue::{Trouble, TroubleKind};

    #[test]
    fn addresses_are_read_with_or_without_a_path() {
        for (text, shown) in [
            ("http://lab:8080", "http://lab:8080"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
            ("http://[::1]:1", "http://[::1]:1"),
            ("http://lab/tenshot/", "http://lab/tenshot"),
        ] {
            assert_eq!(text.parse::<CoordinatorUrl>().unwrap().to_string(), shown);
        }
    }

    #[test]
    fn other_addresses_say_what_would_be_right() {
        for text in ["", "lab", "lab:8080", "ftp://lab", "http://", "http://lab:port", "http://lab/?a=b", "/tmp"] {
            let error = text.parse::<CoordinatorUrl>().unwrap_err();
            assert_eq!(error, CoordinatorUrlError::Malformed(text.to_owned()));
        }
        let tls = "https://lab".parse::<CoordinatorUrl>().unwrap_err().to_string();
        assert_eq!(tls, "`https://lab` asks for TLS, and this build speaks http only: use http://HOST:PORT");
        assert_eq!("http://a:b@lab".parse::<CoordinatorUrl>(), Err(CoordinatorUrlError::Credentials));
    }

    fn trouble(status: u16, code: Option<ErrorCode>) -> Trouble {
        Trouble::from(LinkError::Status {
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
