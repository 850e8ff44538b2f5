//! Why a predictor cannot be trained.

use std::path::PathBuf;

use tenshot_onnx_models::Space;

use crate::network::CheckpointError;

/// A pool that a method cannot be trained on, or training that could not go on.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// No device was given.
    #[error("there is no device to train on")]
    NoDevices,
    /// The pool has fewer training architectures than the method draws at a time.
    #[error("{found} training architectures are too few; training takes {fewest} or more")]
    TooFew {
        /// Training architectures of the pool.
        found: usize,
        /// The fewest that the method trains on.
        fewest: usize,
    },
    /// The method has no encoding of this space's architectures.
    #[error("space {space} cannot be trained on yet")]
    Space {
        /// The pool's space.
        space: Space,
    },
    /// A device that has not one latency for each architecture.
    #[error("device `{device}` has {found} latencies for {count} {of}")]
    Latencies {
        /// The device.
        device: String,
        /// Its latencies.
        found: usize,
        /// How many architectures there are.
        count: usize,
        /// Which architectures these are.
        of: &'static str,
    },
    /// A device whose reference latencies cannot be scaled (Eq. 3).
    #[error("all reference latencies of device `{device}` are equal, so that it has no hardware embedding")]
    NoEmbedding {
        /// The device.
        device: String,
    },
    /// A reference that the pool's devices did not measure.
    #[error("the pool has no latencies of the reference {architecture}")]
    NoReference {
        /// The reference.
        architecture: String,
    },
    /// A checkpoint that training cannot go on from, or that could not be made.
    #[error("training could not be taken up")]
    Checkpoint(#[from] CheckpointError),
    /// Losses that are no finite numbers.
    #[error(
        "training diverged by episode {episode}; check that the latencies differ on every device, those of the references too"
    )]
    Diverged {
        /// Episodes that were done.
        episode: u32,
    },
    /// A checkpoint that could not be kept.
    #[error("the checkpoint {} could not be written", path.display())]
    Write {
        /// The checkpoint's file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}
