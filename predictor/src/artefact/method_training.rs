//! Training by a method's name.

use super::methods::kind_of;
use super::stored_method::StoredKind;
use super::{ArtefactError, EpisodePlan, Trained, TrainingOption, TrainingRequest};
use crate::meta_training::AfterValidation;
use crate::methods::MethodName;
use crate::train_error::TrainError;

/// The training of a method that is kept in files.
#[derive(Debug, Clone, Copy)]
pub struct MethodTraining {
    method: MethodName,
    kind: &'static StoredKind,
}

impl MethodTraining {
    /// That of this method.
    ///
    /// # Errors
    /// A method that is not kept in files.
    pub fn of(method: MethodName) -> Result<Self, ArtefactError> {
        Ok(Self { method, kind: kind_of(method)? })
    }

    /// What it makes use of.
    pub fn options(&self) -> &'static [TrainingOption] {
        self.kind.training.options
    }

    /// How long it is; none where it knows no episodes.
    pub fn plan(&self, request: &TrainingRequest<'_>) -> Option<EpisodePlan> {
        (self.kind.training.plan)(self.method, request)
    }

    /// Trains. The same request gives the same predictor on any number of threads.
    ///
    /// # Errors
    /// A pool that the method cannot be trained on, or a checkpoint of another training.
    pub fn train(
        &self,
        request: &TrainingRequest<'_>,
        after_validation: &mut AfterValidation<'_>,
    ) -> Result<Trained, TrainError> {
        (self.kind.training.train)(self.method, request, after_validation).map(Trained::from)
    }
}
