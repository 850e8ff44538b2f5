//! `anp` in files: the network; adapted, with the measurements that it attends to.

use std::sync::Arc;

use serde_json::Value;
use tenshot_onnx_models::Architecture;

use super::super::stored_method::{
    PlainPredictor, StoredAdaptation, StoredAdapted, StoredKind, StoredMethod, TrainedParts, Training,
};
use super::super::tensors::{StoredTensors, TensorFile};
use super::super::{ArtefactError, EpisodePlan, TrainedHeader, TrainingOption, TrainingRequest};
use crate::baselines::{AdaptedAnp, Anp, AnpSettings};
use crate::meta_training::TrainingSplit;
use crate::methods::{AdaptError, MethodName, TrainedMethod};
use crate::support::Support;

pub(super) static KIND: StoredKind = StoredKind {
    names: &[MethodName::Anp],
    training: Training {
        options: &[TrainingOption::Validation, TrainingOption::Episodes, TrainingOption::Checkpoint],
        plan: |_, request| {
            let AnpSettings { episodes, validate_every, .. } = settings(request);
            Some(EpisodePlan { episodes, validate_every })
        },
        train: |_, request, after_validation| {
            let anp = Anp::train_from(request.checkpoint, request.split, settings(request), after_validation)?;
            Ok(parts(anp, request.split))
        },
    },
    read_trained,
    read_adapted,
};

/// Measurements that it learns to predict from; it takes any number.
const SHOTS: usize = 10;

fn settings(request: &TrainingRequest<'_>) -> AnpSettings {
    let usual = AnpSettings::new(request.split.pool.space(), SHOTS, request.seed);
    AnpSettings { episodes: request.episodes.unwrap_or(usual.episodes), ..usual }
}

/// The trained method, and the devices that it was trained on.
pub(in crate::artefact) fn parts(anp: Anp, split: TrainingSplit<'_>) -> TrainedParts {
    let facts = anp.facts().clone();
    let header = TrainedHeader::new(anp.space(), anp.name(), facts.training.seed);
    let header = TrainedHeader { anp: Some(facts), ..header.trained_on(split) };
    TrainedParts { header, method: Arc::new(anp) }
}

fn restored(header: &TrainedHeader, tensors: &StoredTensors<'_>) -> Result<Anp, ArtefactError> {
    let facts = header.anp.as_ref().ok_or_else(ArtefactError::no_settings)?;
    Anp::restore(header.space, facts, tensors.all()).map_err(ArtefactError::checkpoint)
}

fn read_trained(header: &TrainedHeader, tensors: &StoredTensors<'_>) -> Result<Arc<dyn StoredMethod>, ArtefactError> {
    Ok(Arc::new(restored(header, tensors)?))
}

fn read_adapted(stored: &StoredAdaptation<'_>) -> Result<Arc<dyn StoredAdapted>, ArtefactError> {
    let anp = restored(stored.trained, stored.tensors)?;
    let architectures = stored.adaptation.support.architectures();
    let adapted = AdaptedAnp::restore(anp, architectures, stored.numbers()?);
    Ok(Arc::new(adapted.ok_or_else(|| ArtefactError::broken("its context does not fit its measurements"))?))
}

impl StoredMethod for Anp {
    fn adapt_stored(&self, support: &Support) -> Result<Arc<dyn StoredAdapted>, AdaptError> {
        Ok(Arc::new(self.adapt_to(support)?))
    }

    /// Any will do: random ones.
    fn design(&self, count: usize, seed: u64) -> Vec<Architecture> {
        self.space().sample(seed, count).unwrap_or_default()
    }

    fn write(&self, file: &mut TensorFile) {
        file.add_network(&self.tensors());
    }
}

impl StoredAdapted for AdaptedAnp {
    fn write(&self, file: &mut TensorFile) -> Result<Value, ArtefactError> {
        file.add_network(&self.trained().tensors());
        serde_json::to_value(self.context()).map_err(ArtefactError::broken)
    }

    /// Attention is no function of sums over the parts of an architecture.
    fn plain(&self) -> Option<PlainPredictor<'_>> {
        None
    }
}
