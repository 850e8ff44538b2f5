//! Training, the same for every method that is kept in files.

use tenshot_onnx_models::Architecture;

use super::methods::kind_of;
use super::{ArtefactError, Trained};
use crate::help::Part;
use crate::meta_training::{AfterValidation, TrainingSplit};
use crate::methods::MethodName;
use crate::train_error::TrainError;

/// What a training is told beside its method. What the method makes no use of is left aside: see
/// [`training_options`].
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

/// How a method that is kept in files is trained.
#[derive(Debug)]
pub(crate) struct Training {
    /// What it makes use of.
    pub(crate) options: &'static [TrainingOption],
    /// How long its training is; `None` where it knows no episodes.
    pub(crate) plan: fn(MethodName, &TrainingRequest<'_>) -> Option<EpisodePlan>,
    /// Trains it.
    pub(crate) train: Train,
}

/// Trains a method, and says after each validation how far it is.
type Train = fn(MethodName, &TrainingRequest<'_>, &mut AfterValidation<'_>) -> Result<Trained, TrainError>;

/// What the training of a method makes use of.
///
/// # Errors
/// A method that is not kept in files.
pub fn training_options(method: MethodName) -> Result<&'static [TrainingOption], ArtefactError> {
    Ok(kind_of(method)?.training.options)
}

impl TrainingRequest<'_> {
    /// How long the training of a method is; none where it knows no episodes.
    ///
    /// # Errors
    /// A method that is not kept in files.
    pub fn plan(&self, method: MethodName) -> Result<Option<EpisodePlan>, ArtefactError> {
        Ok((kind_of(method)?.training.plan)(method, self))
    }

    /// Trains a method. The same request gives the same predictor on any number of threads.
    ///
    /// # Errors
    /// A method that is not kept in files, or a pool that it cannot be trained on.
    pub fn train(
        &self,
        method: MethodName,
        after_validation: &mut AfterValidation<'_>,
    ) -> Result<Trained, crate::Error> {
        Ok((kind_of(method)?.training.train)(method, self, after_validation)?)
    }
}
