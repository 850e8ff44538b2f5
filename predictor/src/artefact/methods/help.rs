//! `help`, `meta-sgd` and `maml` in files: named parameters; adapted, the networks after the inner steps.

use std::sync::Arc;

use serde_json::Value;
use tenshot_onnx_models::Architecture;

use super::super::stored_method::{
    PlainComputation, PlainPredictor, StoredAdaptation, StoredAdapted, StoredKind, StoredMethod, TrainedParts, Training,
};
use super::super::tensors::{StoredTensors, TensorFile};
use super::super::{ArtefactError, EpisodePlan, TrainedHeader, TrainingOption, TrainingRequest};
use crate::help::{AdaptedHelp, Help, HelpSettings, Parts, Settings, usual_references};
use crate::meta_training::TrainingSplit;
use crate::methods::{AdaptError, MethodName, TrainedMethod};
use crate::support::Support;

pub(super) static KIND: StoredKind = StoredKind {
    names: &[MethodName::Help, MethodName::MetaSgd, MethodName::Maml],
    training: Training {
        options: &[
            TrainingOption::Validation,
            TrainingOption::References,
            TrainingOption::Episodes,
            TrainingOption::Without,
            TrainingOption::Checkpoint,
        ],
        plan: |method, request| {
            let Settings { episodes, validate_every, .. } = asked(method, request);
            Some(EpisodePlan { episodes, validate_every })
        },
        train: |method, request, after_validation| {
            let usual = || usual_references(request.split.pool);
            let references = request.references.clone().unwrap_or_else(usual);
            let settings = asked(method, request);
            let help = Help::train_from(request.checkpoint, request.split, &references, settings, after_validation)?;
            Ok(parts(help, request.split))
        },
    },
    read_trained,
    read_adapted,
};

/// The paper's settings, but for what was asked for.
fn asked(method: MethodName, request: &TrainingRequest<'_>) -> Settings {
    let paper = Settings::paper(request.split.pool.space(), Parts::of(method), request.seed);
    let parts = request.without.iter().fold(paper.parts, |parts, part| parts.without(*part));
    Settings { parts, episodes: request.episodes.unwrap_or(paper.episodes), ..paper }
}

/// The trained method, and the devices that it was trained on.
pub(in crate::artefact) fn parts(help: Help, split: TrainingSplit<'_>) -> TrainedParts {
    let settings = help.settings();
    let header = TrainedHeader::new(help.space(), help.name(), settings.training.seed);
    let header = TrainedHeader { help: Some(settings), ..header.trained_on(split) };
    TrainedParts { header, method: Arc::new(help) }
}

fn settings(header: &TrainedHeader) -> Result<&HelpSettings, ArtefactError> {
    header.help.as_ref().ok_or_else(ArtefactError::no_settings)
}

fn read_trained(header: &TrainedHeader, tensors: &StoredTensors<'_>) -> Result<Arc<dyn StoredMethod>, ArtefactError> {
    let help = Help::restore(header.space, settings(header)?, tensors.all()).map_err(ArtefactError::checkpoint)?;
    Ok(Arc::new(help))
}

fn read_adapted(stored: &StoredAdaptation<'_>) -> Result<Arc<dyn StoredAdapted>, ArtefactError> {
    let settings = settings(stored.trained)?;
    let adapted = AdaptedHelp::restore(stored.trained.space, settings, stored.numbers()?, stored.tensors.all());
    Ok(Arc::new(adapted.map_err(ArtefactError::checkpoint)?))
}

impl StoredMethod for Help {
    fn adapt_stored(&self, support: &Support) -> Result<Arc<dyn StoredAdapted>, AdaptError> {
        Ok(Arc::new(self.adapt_to(support)?))
    }

    /// Those that it was trained for.
    fn design(&self, _count: usize, _seed: u64) -> Vec<Architecture> {
        self.references().to_vec()
    }

    fn write(&self, file: &mut TensorFile) {
        file.add_network(&self.tensors());
    }
}

impl StoredAdapted for AdaptedHelp {
    fn write(&self, file: &mut TensorFile) -> Result<Value, ArtefactError> {
        file.add_network(&self.tensors());
        serde_json::to_value(self.numbers()).map_err(ArtefactError::broken)
    }

    /// Over the features of a flat encoder; graphs are no sums over the parts of an architecture.
    fn plain(&self) -> Option<PlainPredictor<'_>> {
        let example = self.space().sample(0, 1).ok()?;
        let width = self.features(example.first()?)?.len();
        Some(PlainPredictor {
            inputs: Box::new(|one| self.features(one)),
            width,
            computation: PlainComputation::Networks(self.form()),
        })
    }
}
