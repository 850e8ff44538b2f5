//! What can be wrong with a predictor file.

use std::path::PathBuf;

use tenshot_onnx_models::Space;

use super::FORMAT_VERSION;
use crate::methods::{AdaptError, MethodName};
use crate::network::CheckpointError;

/// Why a predictor file could not be read or written.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum ArtefactError {
    #[error("{} could not be read", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{} could not be written", path.display())]
    Write { path: PathBuf, source: std::io::Error },
    #[error("{}", path.display())]
    File { path: PathBuf, source: Box<ArtefactError> },
    #[error("not a whole predictor file ({problem}); fetch or train it again")]
    Broken { problem: String },
    #[error(
        "predictor file of format version {found}, newer than {FORMAT_VERSION}, the newest that \
         this program reads; update the program"
    )]
    Newer { found: u32 },
    #[error("a predictor of space or method `{found}`, which this program does not know; update the program")]
    Unknown { found: String },
    #[error("a predictor for space {found}, not {expected}")]
    Space { found: Space, expected: Space },
    #[error("a trained predictor that knows no device yet; adapt it with `tenshot adapt`")]
    NotAdapted,
    #[error("a predictor that is adapted to a device already; give a trained one")]
    AlreadyAdapted,
    #[error("its measurements do not fit its predictor")]
    Adapt(#[source] AdaptError),
    #[error(
        "{method} is not kept in files; {} are",
        stored.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ")
    )]
    NotStored { method: MethodName, stored: Vec<MethodName> },
    #[error("no predictor is bundled for space {space}; give a trained one")]
    NotBundled { space: Space },
}

/// An architecture of another space than the predictor's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{architecture} is of space {found}, but the predictor is for {expected}")]
pub struct ForeignArchitecture {
    /// The architecture.
    pub architecture: String,
    /// Its space.
    pub found: Space,
    /// The predictor's space.
    pub expected: Space,
}

impl ArtefactError {
    /// The fault of a checkpoint, with its cause.
    pub(super) fn checkpoint(fault: CheckpointError) -> Self {
        match std::error::Error::source(&fault) {
            Some(cause) => Self::broken(format!("{fault}: {cause}")),
            None => Self::broken(fault),
        }
    }

    pub(super) fn no_settings() -> Self {
        Self::broken("its header lacks what its method keeps")
    }

    pub(super) fn broken(problem: impl ToString) -> Self {
        Self::Broken { problem: problem.to_string() }
    }
}
