//! Why a verb could not be done.

use tenshot_measurement::TaskId;
use tenshot_onnx_models::{ArchitectureError, UnknownSpace};

use crate::domain::campaign::CampaignError;
use crate::store::StoreError;

/// An error of the coordinator.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// What is kept cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The campaign asked for cannot be.
    #[error(transparent)]
    Campaign(#[from] CampaignError),
    /// No such space.
    #[error(transparent)]
    Space(#[from] UnknownSpace),
    /// No such architecture.
    #[error(transparent)]
    Architecture(#[from] ArchitectureError),
    /// A choice of architectures that the space cannot give.
    #[error(transparent)]
    Choice(#[from] tenshot_onnx_models::SampleError),
    /// The paper's references of a space that has none.
    #[error(transparent)]
    References(#[from] tenshot_onnx_models::NoPaperSet),
    /// A model cannot be built.
    #[error(transparent)]
    Model(#[from] tenshot_onnx_models::BuildError),
    /// A name that no device can have.
    #[error("device name `{0}`: expected 1 to 100 characters without `/`, `,` and control characters")]
    DeviceName(String),
    /// There is no such thing.
    #[error("{0}")]
    NotFound(String),
    /// It contradicts what is there.
    #[error("{0}")]
    Conflict(String),
    /// A file that is no trained predictor.
    #[error("this is no trained predictor: {0}; `tenshot meta-train` makes one")]
    NotTrained(#[source] tenshot_predictor::artefact::ArtefactError),
    /// A predictor cannot be read, adapted or asked.
    #[error(transparent)]
    Predictor(#[from] tenshot_predictor::Error),
    /// What an agent sent cannot be read any more.
    #[error("an attempt of task {task} cannot be read: {source}")]
    Record {
        /// The task.
        task: TaskId,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A token file cannot be read.
    #[error(transparent)]
    TokenFile(#[from] tenshot_kit::TokenFileError),
    /// A token file cannot be made.
    #[error("cannot write the token file {}: {source}", path.display())]
    NewToken {
        /// The file.
        path: std::path::PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl ServiceError {
    pub(crate) fn no_campaign(campaign: impl std::fmt::Display) -> Self {
        Self::NotFound(format!("there is no campaign {campaign}: `tenshot campaign list` shows those that there are"))
    }

    pub(crate) fn no_device(name: &str, known: &str) -> Self {
        Self::NotFound(format!("unknown device `{name}`: {known}"))
    }
}
