//! What can be wrong with a predictor file.

use std::path::PathBuf;

use tenshot_onnx_models::Space;

use super::FORMAT_VERSION;
use crate::methods::{AdaptError, MethodName};
use crate::network::CheckpointError;

/// Why a predictor file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ArtefactError {
    /// The operating system does not give the file.
    #[error("{} could not be read", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The operating system does not take the file.
    #[error("{} could not be written", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// What is wrong with the contents of this file.
    #[error("{}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: Box<ArtefactError>,
    },
    /// Cut off, damaged, or no predictor file at all.
    #[error("not a whole predictor file ({problem}); fetch or train it again")]
    Broken {
        /// What shows it.
        problem: String,
    },
    /// Of a format that was made after this program.
    #[error(
        "predictor file of format version {found}, newer than {FORMAT_VERSION}, the newest that \
         this program reads; update the program"
    )]
    Newer {
        /// Its format version.
        found: u32,
    },
    /// Of a space or by a method that came after this program.
    #[error("a predictor of space or method `{found}`, which this program does not know; update the program")]
    Unknown {
        /// The space's or the method's name.
        found: String,
    },
    /// Of another space than the one that was asked for.
    #[error("a predictor for space {found}, not {expected}")]
    Space {
        /// Its space.
        found: Space,
        /// The space that was asked for.
        expected: Space,
    },
    /// A trained predictor where an adapted one is needed.
    #[error("a trained predictor that knows no device yet; adapt it with `tenshot adapt`")]
    NotAdapted,
    /// An adapted predictor where a trained one is needed.
    #[error("a predictor that is adapted to a device already; give a trained one")]
    AlreadyAdapted,
    /// Its method cannot adapt to the measurements that it holds.
    #[error("its measurements do not fit its predictor")]
    Adapt(#[source] AdaptError),
    /// A method that has no file.
    #[error(
        "{method} is not kept in files; {} are",
        stored.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ")
    )]
    NotStored {
        /// The method.
        method: MethodName,
        /// Those that have files.
        stored: Vec<MethodName>,
    },
    /// A space without a built-in predictor.
    #[error("no predictor is bundled for space {space}; give a trained one")]
    NotBundled {
        /// The space.
        space: Space,
    },
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
