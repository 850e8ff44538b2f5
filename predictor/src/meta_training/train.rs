//! Training to the end.

use super::learner::Learner;
use super::training::{Outcome, Training};
use super::validation::Validation;
use crate::network::CheckpointError;
use crate::train_error::TrainError;

/// Makes the bytes of a checkpoint.
pub type MakeCheckpoint<'a> = dyn Fn() -> Result<Vec<u8>, CheckpointError> + 'a;

/// Is told of every validation, and may keep a checkpoint. An error ends training.
pub type AfterValidation<'a> = dyn FnMut(&Validation, &MakeCheckpoint<'_>) -> Result<(), TrainError> + 'a;

/// Trains to the end, from a checkpoint where there is one. `split` is what tells the learner's
/// devices and references from others.
pub(crate) fn train<L: Learner>(
    learner: &L,
    split: &serde_json::Value,
    checkpoint: Option<&[u8]>,
    after_validation: &mut AfterValidation<'_>,
) -> Result<Outcome<L::Parameters>, TrainError> {
    let mut training = match checkpoint {
        Some(bytes) => Training::resume(learner, split, bytes)?,
        None => Training::new(learner),
    };
    while !training.is_done() {
        let Some(last) = training.step() else { continue };
        if last.has_diverged() {
            return Err(TrainError::Diverged { episode: last.episode });
        }
        after_validation(&last, &|| training.checkpoint(split))?;
    }
    Ok(training.into_outcome())
}
