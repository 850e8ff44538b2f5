//! Requests that had no success.

use std::error::Error;
use std::time::Duration;

use reqwest::StatusCode;
use tenshot_protocol::v1::ErrorCode;

use crate::CoordinatorUrl;

/// A request that had no success.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// No answer: no connection, or a broken one.
    #[error("cannot reach the coordinator at {coordinator}: {why}")]
    Unreachable {
        /// The coordinator.
        coordinator: CoordinatorUrl,
        /// What the network says.
        why: String,
    },
    /// A connection, and no answer within the time that it may take; what was asked for may still be done.
    #[error("the coordinator at {coordinator} gave no answer within {} s", waited.as_secs_f64())]
    TooSlow {
        /// The coordinator.
        coordinator: CoordinatorUrl,
        /// How long was waited.
        waited: Duration,
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
    /// A coordinator that does not know this version of the protocol yet.
    #[error(
        "the coordinator at {coordinator} speaks protocol version {theirs}, {program} {ours}: upgrade the coordinator"
    )]
    Older {
        /// The coordinator.
        coordinator: CoordinatorUrl,
        /// The newest version that it speaks.
        theirs: u32,
        /// The version of the request.
        ours: u32,
        /// Who asked.
        program: &'static str,
    },
    /// An answer in JSON that this program does not know: the coordinator is newer than it believes.
    #[error(
        "the coordinator at {coordinator} answers what {program} {version} cannot read ({why}): upgrade {program}",
        version = env!("CARGO_PKG_VERSION")
    )]
    Newer {
        /// The coordinator.
        coordinator: CoordinatorUrl,
        /// Who asked.
        program: &'static str,
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

/// What the network says, without the layers above it: `connection refused` rather than `error sending request`.
pub(crate) fn innermost(error: &reqwest::Error) -> String {
    let mut error: &dyn Error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
