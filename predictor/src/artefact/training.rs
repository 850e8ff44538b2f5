//! What a training is told, the same for every method that is kept in files.

use tenshot_onnx_models::Architecture;

use crate::help::Part;
use crate::meta_training::TrainingSplit;

/// What a training is told beside its method. What the method makes no use of is left aside: see
/// [`MethodTraining::options`](super::MethodTraining::options).
#[derive(Debug, Clone)]
pub struct TrainingRequest<'a> {
    /// The pool, the devices to train on, and those that validate.
    pub split: TrainingSplit<'a>,
    /// The seed of everything random.
    pub seed: u64,
    /// Episodes; none: the method's own number.
    pub episodes: Option<u32>,
    /// The references to train for; none: the usual ones of the pool.
    pub references: Option<Vec<Architecture>>,
    /// Parts of the method to leave out.
    pub without: Vec<Part>,
    /// The checkpoint to go on from.
    pub checkpoint: Option<&'a [u8]>,
}

/// What not every method makes use of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrainingOption {
    /// Devices that choose the best of what was trained.
    Validation,
    /// References to train for.
    References,
    /// A number of episodes.
    Episodes,
    /// Parts to leave out.
    Without,
    /// Checkpoints.
    Checkpoint,
}

/// How long a training in episodes is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EpisodePlan {
    /// All episodes.
    pub episodes: u32,
    /// Episodes from one validation to the next.
    pub validate_every: u32,
}
