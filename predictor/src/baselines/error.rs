//! Why a baseline cannot be made.

use std::path::PathBuf;

use tenshot_onnx_models::Space;

use crate::methods::MethodName;
use crate::network::CheckpointError;

/// Why a baseline could not be made.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum BaselineError {
    #[error("space {space} has no encoding for `{method}` yet")]
    Space { space: Space, method: MethodName },
    #[error("there is no device to train on")]
    NoDevices,
    #[error("{training} training architectures are too few; with {shots} shots training takes more than {shots}")]
    TooFew { training: usize, shots: usize },
    #[error("training could not be taken up")]
    Checkpoint(#[from] CheckpointError),
    #[error("training diverged by episode {episode}; check the latencies of the devices")]
    Diverged { episode: u32 },
    #[error("the checkpoint {} could not be written", path.display())]
    Write { path: PathBuf, source: std::io::Error },
}
