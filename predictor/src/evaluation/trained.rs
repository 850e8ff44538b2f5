//! The method under evaluation, trained.

use std::sync::Arc;

use tenshot_onnx_models::Architecture;

use super::{Evaluation, EvaluationError};
use crate::baselines::{Anp, AnpSettings, TargetOnly};
use crate::bayes::Bayes;
use crate::help::{Course, Help, Parts, Settings, ZSamples};
use crate::methods::{Flops, Layerwise, MethodName, Nearest, TrainedMethod};
use crate::pool::{Pool, PoolDevice};
use crate::sources::SourceTable;

/// References in a hardware embedding at most; more measurements only adapt.
const MOST_EMBEDDED: usize = 10;

/// A trained method, and what designs references for it.
pub(super) struct Trained {
    /// None where the method is trained for each reference set anew.
    method: Option<Arc<dyn TrainedMethod>>,
    pub(super) designer: Option<Bayes>,
}

impl Trained {
    pub(super) fn new(pool: &Pool, evaluation: &Evaluation) -> Result<Self, EvaluationError> {
        let method = evaluation.method;
        let designs = evaluation.references == super::ReferenceChoice::Designed;
        let needs_sources = designs || matches!(method, MethodName::Bayes | MethodName::Nearest);
        let sources = if needs_sources { Some(sources(pool, evaluation)?) } else { None };
        let designer = match &sources {
            Some(sources) if designs || method == MethodName::Bayes => {
                Some(Bayes::train(pool, sources, evaluation.seed)?.0)
            }
            _ => None,
        };
        let method: Option<Arc<dyn TrainedMethod>> = match method {
            MethodName::Bayes => designer.clone().map(|bayes| Arc::new(bayes) as _),
            MethodName::Nearest => sources.map(|sources| Arc::new(Nearest::new(sources)) as _),
            MethodName::Anp => Some(Arc::new(anp(pool, evaluation)?)),
            MethodName::Scratch => Some(Arc::new(TargetOnly::scratch(pool.space(), evaluation.seed)?)),
            MethodName::BrpNas => Some(Arc::new(TargetOnly::brp_nas(pool.space(), evaluation.seed)?)),
            MethodName::Layerwise => Some(Arc::new(Layerwise::new(pool.space()))),
            MethodName::Flops => Some(Arc::new(Flops::new(pool.space()))),
            MethodName::Help | MethodName::MetaSgd | MethodName::Maml => None,
        };
        Ok(Self { method, designer })
    }

    /// The method for a reference set, by places in the pool, once for each target: where devices
    /// have architectures of their own, the places are other references for each.
    pub(super) fn for_targets(
        &self,
        (pool, evaluation): (&Pool, &Evaluation),
        references: &[usize],
        targets: &[&PoolDevice],
    ) -> Result<Vec<Arc<dyn TrainedMethod>>, EvaluationError> {
        if let Some(method) = &self.method {
            return Ok(vec![method.clone(); targets.len()]);
        }
        let references = &references[..references.len().min(MOST_EMBEDDED)];
        let train = |measured: &[Architecture]| -> Result<Arc<dyn TrainedMethod>, EvaluationError> {
            let references: Vec<Architecture> = references.iter().map(|&one| measured[one]).collect();
            Ok(Arc::new(help(pool, evaluation, &references)?))
        };
        if pool.is_shared() {
            return Ok(vec![train(pool.architectures())?; targets.len()]);
        }
        targets.iter().map(|target| train(pool.architectures_of(target))).collect()
    }
}

/// It is trained for one reference set.
fn help(pool: &Pool, evaluation: &Evaluation, references: &[Architecture]) -> Result<Help, EvaluationError> {
    let (devices, validation) = (pool.select(&evaluation.train)?, pool.select(&evaluation.validation)?);
    let course = Course { pool, devices: &devices, validation: &validation, references };
    let paper = Settings::paper(pool.space(), Parts::of(evaluation.method), evaluation.seed);
    let settings = Settings { episodes: evaluation.episodes.unwrap_or(paper.episodes), ..paper };
    let z_samples = evaluation.z_samples.map(|count| ZSamples { count, seed: evaluation.seed });
    Ok(course.train(settings, &|_| ())?.with_z_samples(z_samples))
}

fn sources(pool: &Pool, evaluation: &Evaluation) -> Result<SourceTable, EvaluationError> {
    Ok(SourceTable::fit(pool, &pool.select(&evaluation.train)?)?)
}

/// It takes any references, so it is trained once, for as many as there are shots.
fn anp(pool: &Pool, evaluation: &Evaluation) -> Result<Anp, EvaluationError> {
    let (devices, validation) = (pool.select(&evaluation.train)?, pool.select(&evaluation.validation)?);
    let usual = AnpSettings::new(pool.space(), evaluation.shots, evaluation.seed);
    let settings = AnpSettings { episodes: evaluation.episodes.unwrap_or(usual.episodes), ..usual };
    Ok(Anp::train(pool, &devices, &validation, settings, &|_| ())?)
}
