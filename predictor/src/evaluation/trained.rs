//! The method under evaluation, trained.

use std::sync::Arc;

use super::{Evaluation, EvaluationError};
use crate::baselines::{Anp, AnpSettings, TargetOnly};
use crate::bayes::Bayes;
use crate::help::{Course, Parts, Settings};
use crate::methods::{Flops, Layerwise, MethodName, Nearest, TrainedMethod};
use crate::pool::Pool;
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

    /// The method for a reference set, by places in the pool.
    pub(super) fn for_references(
        &self,
        pool: &Pool,
        evaluation: &Evaluation,
        references: &[usize],
    ) -> Result<Arc<dyn TrainedMethod>, EvaluationError> {
        if let Some(method) = &self.method {
            return Ok(method.clone());
        }
        let (devices, validation) = (pool.select(&evaluation.train)?, pool.select(&evaluation.validation)?);
        let references = &references[..references.len().min(MOST_EMBEDDED)];
        let course = Course { pool, devices: &devices, validation: &validation, references };
        let paper = Settings::paper(pool.space(), Parts::of(evaluation.method), evaluation.seed);
        let settings = Settings { episodes: evaluation.episodes.unwrap_or(paper.episodes), ..paper };
        Ok(Arc::new(course.train(settings, &|_| ())?))
    }
}

fn sources(pool: &Pool, evaluation: &Evaluation) -> Result<SourceTable, EvaluationError> {
    Ok(SourceTable::fit(pool, &pool.select(&evaluation.train)?)?)
}

/// It takes any references, so it is trained once, for as many as there are shots.
fn anp(pool: &Pool, evaluation: &Evaluation) -> Result<Anp, EvaluationError> {
    let (devices, validation) = (pool.select(&evaluation.train)?, pool.select(&evaluation.validation)?);
    let usual = AnpSettings::new(pool.space(), evaluation.shots, evaluation.seed);
    let settings = AnpSettings { episodes: evaluation.episodes.unwrap_or(usual.episodes), ..usual };
    Ok(Anp::train(pool, &devices, &validation, settings)?)
}
