//! Training the method under evaluation.

use std::cell::Cell;
use std::sync::Arc;

use tenshot_onnx_models::Architecture;

use super::{Evaluation, EvaluationError, ReferenceChoice};
use crate::baselines::{Anp, AnpSettings, TargetOnly};
use crate::bayes::Bayes;
use crate::help::{Help, Parts, Settings, ZSamples};
use crate::meta_training::TrainingSplit;
use crate::methods::{Flops, Layerwise, MethodName, Nearest, TrainedMethod};
use crate::pool::Pool;
use crate::sources::SourceTable;

/// The most references in a hardware embedding; further measurements are adapted to, but not
/// embedded.
pub(super) const MOST_EMBEDDED: usize = 10;

/// What is trained once for a split of devices, and then serves every number of shots.
pub(super) struct TrainedForShots {
    sources: Option<SourceTable>,
    /// `bayes`, where it is evaluated or designs the references.
    pub(super) bayes: Option<Bayes>,
}

impl TrainedForShots {
    pub(super) fn new(pool: &Pool, evaluation: &Evaluation) -> Result<Self, EvaluationError> {
        let needs_bayes = evaluation.method == MethodName::Bayes || evaluation.references == ReferenceChoice::Designed;
        if !needs_bayes && evaluation.method != MethodName::Nearest {
            return Ok(Self { sources: None, bayes: None });
        }
        let sources = SourceTable::fit(pool, &pool.select(&evaluation.train)?)?;
        let bayes = if needs_bayes { Some(Bayes::train(pool, &sources, evaluation.seed)?.0) } else { None };
        Ok(Self { sources: Some(sources), bayes })
    }

    /// The method for a number of measurements; `None` where every repeat trains its own.
    pub(super) fn for_shots(
        &self,
        pool: &Pool,
        evaluation: &Evaluation,
        shots: usize,
    ) -> Result<Option<Arc<dyn TrainedMethod>>, EvaluationError> {
        if evaluation.trains_anew() {
            return Ok(None);
        }
        let space = pool.space();
        let method: Arc<dyn TrainedMethod> = match (evaluation.method, &self.bayes, &self.sources) {
            (MethodName::Bayes, Some(bayes), _) => Arc::new(bayes.clone()),
            (MethodName::Nearest, _, Some(sources)) => Arc::new(Nearest::new(sources.clone())),
            (MethodName::Layerwise, ..) => Arc::new(Layerwise::new(space)),
            (MethodName::Flops, ..) => Arc::new(Flops::new(space)),
            _ => return Ok(Some(seeded(pool, evaluation, shots, evaluation.seed)?)),
        };
        Ok(Some(method))
    }
}

/// The method trained for a repeat: for its references, and from a seed of its own. `episodes` is
/// told how many more episodes are done.
pub(super) fn for_repeat(
    pool: &Pool,
    evaluation: &Evaluation,
    references: &[Architecture],
    repeat: usize,
    episodes: &dyn Fn(u32),
) -> Result<Arc<dyn TrainedMethod>, EvaluationError> {
    let seed = evaluation.seed.wrapping_add(repeat as u64);
    if !evaluation.method.is_meta_trained() {
        return seeded(pool, evaluation, references.len(), seed);
    }
    let (devices, validation) = (pool.select(&evaluation.train)?, pool.select(&evaluation.validation)?);
    let split = TrainingSplit { pool, devices: &devices, validation: &validation };
    let settings = Settings { seed, ..settings(pool, evaluation) };
    let seen = Cell::new(0);
    let help = Help::train(split, references, settings, &|last| episodes(last.episode - seen.replace(last.episode)))?;
    let z_samples = evaluation.z_samples.map(|count| ZSamples { count, seed });
    Ok(Arc::new(help.with_z_samples(z_samples)))
}

/// How `help`, `meta-sgd` and `maml` are trained.
pub(super) fn settings(pool: &Pool, evaluation: &Evaluation) -> Settings {
    let parts = evaluation.parts.unwrap_or(Parts::of(evaluation.method));
    let paper = Settings::paper(pool.space(), parts, evaluation.seed);
    Settings { episodes: evaluation.episodes.unwrap_or(paper.episodes), ..paper }
}

/// A method that adapts from any references, but starts from random weights. `anp` is trained for
/// as many measurements as there are shots.
fn seeded(
    pool: &Pool,
    evaluation: &Evaluation,
    shots: usize,
    seed: u64,
) -> Result<Arc<dyn TrainedMethod>, EvaluationError> {
    let space = pool.space();
    Ok(match evaluation.method {
        MethodName::BrpNas => Arc::new(TargetOnly::brp_nas(space, seed)),
        MethodName::Scratch => Arc::new(TargetOnly::scratch(space, seed)),
        _ => {
            let (devices, validation) = (pool.select(&evaluation.train)?, pool.select(&evaluation.validation)?);
            let split = TrainingSplit { pool, devices: &devices, validation: &validation };
            let usual = AnpSettings::new(space, shots, seed);
            let settings = AnpSettings { episodes: evaluation.episodes.unwrap_or(usual.episodes), ..usual };
            Arc::new(Anp::train(split, settings, &|_| ())?)
        }
    })
}
