//! A result as it is sent: written once, spooled and sent as the same bytes.

use serde::Deserialize;
use serde::de::IgnoredAny;
use tenshot_measurement::{AttemptResult, Holding};
use tenshot_protocol::v1;

/// The body of a result request, and the protocol version that it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultBody {
    /// The protocol version.
    pub version: u32,
    /// JSON.
    pub bytes: Vec<u8>,
}

impl ResultBody {
    /// The version that results are written in.
    pub(crate) const VERSION: u32 = v1::VERSION;

    pub(crate) fn of(result: AttemptResult) -> serde_json::Result<Self> {
        let request = v1::ResultRequest { holding: result.holding.into(), outcome: result.outcome.into() };
        Ok(Self { version: Self::VERSION, bytes: serde_json::to_vec(&request)? })
    }

    /// Whose result these bytes are, where they are one and whole: they are looked through, and not read.
    pub(crate) fn holding(bytes: &[u8]) -> serde_json::Result<Holding> {
        #[derive(Deserialize)]
        struct Outline {
            #[serde(flatten)]
            holding: v1::Holding,
            #[serde(rename = "outcome")]
            _outcome: IgnoredAny,
        }
        serde_json::from_slice(bytes).map(|Outline { holding, .. }| holding.into())
    }
}

#[cfg(test)]
mod tests {
    use tenshot_measurement::{
        AttemptNumber, AttemptResult, FailureKind, Fence, Holding, MeasurementFailure, Outcome, TaskId,
    };
    use tenshot_protocol::v1;

    use super::ResultBody;

    #[test]
    fn a_body_is_a_request_and_tells_whose_it_is() {
        let holding = Holding { task: TaskId(7), attempt: AttemptNumber(1), fence: Fence(3) };
        let failure = MeasurementFailure { kind: FailureKind::Crashed, detail: "signal 11".to_owned() };
        let body = ResultBody::of(AttemptResult { holding, outcome: Outcome::Failed(failure.clone()) }).unwrap();
        let request: v1::ResultRequest = serde_json::from_slice(&body.bytes).unwrap();
        assert_eq!(request.outcome, v1::Outcome::Failed(failure.into()));
        assert_eq!(ResultBody::holding(&body.bytes).unwrap(), holding);
        for end in 0..body.bytes.len() {
            assert!(ResultBody::holding(&body.bytes[..end]).is_err(), "a part of a body is none");
        }
    }
}
