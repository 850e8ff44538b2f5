//! Running an evaluation.

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use tenshot_onnx_models::Architecture;

use super::report::RunScores;
use super::trained::Trained;
use super::{DeviceReport, LeaveOut, ReferenceChoice, Report, Scores};
use crate::baselines::BaselineError;
use crate::bayes::Bayes;
use crate::error::Error;
use crate::help::HelpError;
use crate::methods::{AdaptError, MethodName, TrainedMethod};
use crate::pool::{Pool, PoolDevice, PoolError};
use crate::random::Random;
use crate::sources::TrainError;
use crate::support::{FEWEST_MEASUREMENTS, Support, SupportMeasurement};

/// What to evaluate.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// The method.
    pub method: MethodName,
    /// Devices to train on.
    pub train: Vec<String>,
    /// Devices that choose the best of what was trained, for methods that can ask them; may be
    /// none.
    pub validation: Vec<String>,
    /// Devices to test on.
    pub test: Vec<String>,
    /// Measurements that each test device gives.
    pub shots: usize,
    /// How the measured architectures are chosen.
    pub references: ReferenceChoice,
    /// How many reference sets.
    pub repeats: usize,
    /// Episodes of meta-training, for methods that have such; `None` for the paper's.
    pub episodes: Option<u32>,
    /// How many draws of z `help` averages over when it adapts; `None` for z at its mean.
    pub z_samples: Option<NonZeroUsize>,
    /// The seed of everything random.
    pub seed: u64,
}

/// Why an evaluation could not run.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum EvaluationError {
    #[error(transparent)]
    Pool(#[from] PoolError),
    #[error(transparent)]
    Train(#[from] TrainError),
    #[error(transparent)]
    Help(#[from] HelpError),
    #[error(transparent)]
    Baseline(#[from] BaselineError),
    #[error("device `{device}` is both trained and tested on; leave it out of one")]
    Overlap { device: String },
    #[error("there is no device to test on")]
    NoTest,
    #[error("{shots} shots are too few; a predictor adapts from {FEWEST_MEASUREMENTS} or more")]
    TooFewShots { shots: usize },
    #[error("{shots} shots are more than the pool's {training} training architectures to draw from")]
    TooManyShots { shots: usize, training: usize },
    #[error("the paper's reference set has {found} architectures; ask for {found} shots, not {shots}")]
    PaperShots { shots: usize, found: usize },
    #[error("the pool's devices share no architectures to design references from; take random ones")]
    NoDesign,
    #[error("an evaluation needs one repeat or more")]
    NoRepeats,
    #[error("the pool has no query architectures beyond the references")]
    NoQueries,
    #[error("no support could be made of the references on device `{device}`")]
    Support { device: String, source: Box<Error> },
    #[error("the method could not adapt to device `{device}`")]
    Adapt { device: String, source: AdaptError },
}

/// How far an evaluation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Steps of the stage that are done.
    pub done: usize,
    /// Steps of the stage in all.
    pub total: usize,
}

/// The stages of an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Training on the source devices.
    Training,
    /// Adapting to and predicting the test devices, one step per device and repeat.
    Testing,
}

/// Trains the method on the source devices, then tests it on every target and reference set.
/// The same seed gives the same report on any number of threads.
///
/// # Errors
///
/// Settings that the pool cannot serve.
pub fn run(
    pool: &Pool,
    evaluation: &Evaluation,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Report, EvaluationError> {
    let runs = runs(pool, evaluation, progress)?;
    report(pool, evaluation, &evaluation.test, &runs)
}

/// Makes every device of the pool the target in turn: a method is trained anew for every group of
/// devices that are left out together. Of the settings the devices to train and to test on are
/// not used; those of a group are taken out of the devices to validate on, which are not trained
/// on.
///
/// # Errors
///
/// Settings that the pool cannot serve.
pub fn run_leaving_out(
    pool: &Pool,
    evaluation: &Evaluation,
    leave_out: LeaveOut,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Report, EvaluationError> {
    let mut tested: Vec<String> = Vec::new();
    let mut repeats: Vec<Vec<RunScores>> = Vec::new();
    for group in leave_out.groups(pool) {
        let validation: Vec<String> =
            evaluation.validation.iter().filter(|name| !group.contains(name)).cloned().collect();
        let names = pool.devices().iter().map(|device| device.name.clone());
        let train = names.filter(|name| !group.contains(name) && !validation.contains(name)).collect();
        let of_group = Evaluation { train, validation, test: group.clone(), ..evaluation.clone() };
        let runs = runs(pool, &of_group, progress)?;
        repeats.resize_with(runs.len(), Vec::new);
        repeats.iter_mut().zip(runs).for_each(|(all, of_group)| all.extend(of_group));
        tested.extend(group);
    }
    let evaluation = Evaluation { train: Vec::new(), ..evaluation.clone() };
    let report = report(pool, &evaluation, &tested, &repeats)?;
    Ok(Report { leave_out: Some(leave_out), ..report })
}

/// The scores of every repeat on every target.
fn runs(
    pool: &Pool,
    evaluation: &Evaluation,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Vec<Vec<RunScores>>, EvaluationError> {
    let targets = check(pool, evaluation)?;
    progress(Progress { stage: Stage::Training, done: 0, total: 1 });
    let trained = Trained::new(pool, evaluation)?;
    progress(Progress { stage: Stage::Training, done: 1, total: 1 });
    let reference_sets = reference_sets(pool, evaluation, trained.designer.as_ref());
    let total = reference_sets.len() * targets.len();
    let done = AtomicUsize::new(0);
    reference_sets
        .par_iter()
        .map(|references| {
            let methods = trained.for_targets((pool, evaluation), references, &targets)?;
            let test = |(target, method): (&&PoolDevice, &Arc<dyn TrainedMethod>)| {
                let scores = test(pool, &**method, target, references)?;
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                progress(Progress { stage: Stage::Testing, done, total });
                Ok(scores)
            };
            targets.par_iter().zip(&methods).map(test).collect::<Result<Vec<_>, EvaluationError>>()
        })
        .collect()
}

fn check<'a>(pool: &'a Pool, evaluation: &Evaluation) -> Result<Vec<&'a PoolDevice>, EvaluationError> {
    let &Evaluation { shots, references, repeats, .. } = evaluation;
    let targets = pool.select(&evaluation.test)?;
    pool.select(&evaluation.train)?;
    pool.select(&evaluation.validation)?;
    let is_known = |name: &&String| evaluation.train.contains(name) || evaluation.validation.contains(name);
    if let Some(device) = evaluation.test.iter().find(is_known) {
        return Err(EvaluationError::Overlap { device: device.clone() });
    }
    if targets.is_empty() {
        return Err(EvaluationError::NoTest);
    }
    if shots < FEWEST_MEASUREMENTS {
        return Err(EvaluationError::TooFewShots { shots });
    }
    let training = pool.ranges().training.len();
    if shots > training {
        return Err(EvaluationError::TooManyShots { shots, training });
    }
    let found = pool.ranges().references.len();
    if references == ReferenceChoice::Paper && shots != found {
        return Err(EvaluationError::PaperShots { shots, found });
    }
    if references == ReferenceChoice::Designed && !pool.is_shared() {
        return Err(EvaluationError::NoDesign);
    }
    if repeats == 0 {
        return Err(EvaluationError::NoRepeats);
    }
    Ok(targets)
}

const REFERENCE_STREAM: u64 = 8;

/// Positions in the pool of each repeat's references.
fn reference_sets(pool: &Pool, evaluation: &Evaluation, designer: Option<&Bayes>) -> Vec<Vec<usize>> {
    let &Evaluation { shots, seed, .. } = evaluation;
    let training: Vec<usize> = pool.ranges().training.clone().collect();
    let repeats = 0..evaluation.repeats as u64;
    match (evaluation.references, designer) {
        (ReferenceChoice::Paper, _) => vec![pool.ranges().references.clone()],
        (ReferenceChoice::Designed, Some(designer)) => repeats
            .map(|repeat| {
                let designed: HashSet<Architecture> =
                    designer.design(shots, seed.wrapping_add(repeat)).into_iter().collect();
                training.iter().copied().filter(|&one| designed.contains(&pool.architectures()[one])).collect()
            })
            .collect(),
        _ => repeats.map(|repeat| Random::stream(seed, &[REFERENCE_STREAM, repeat]).choose(&training, shots)).collect(),
    }
}

/// One run: a target with its references.
fn test(
    pool: &Pool,
    method: &dyn TrainedMethod,
    target: &PoolDevice,
    references: &[usize],
) -> Result<RunScores, EvaluationError> {
    let device = || target.name.clone();
    let measured_on = pool.architectures_of(target);
    let measurement = |&one: &usize| SupportMeasurement::new(measured_on[one], target.latencies_ms[one]);
    let support = Support::new(references.iter().map(measurement).collect())
        .map_err(|source| EvaluationError::Support { device: device(), source: Box::new(source) })?;
    let adapted = method.adapt(&support).map_err(|source| EvaluationError::Adapt { device: device(), source })?;
    let queries: Vec<usize> = pool.ranges().queries.clone().filter(|one| !references.contains(one)).collect();
    if queries.is_empty() {
        return Err(EvaluationError::NoQueries);
    }
    let architectures: Vec<Architecture> = queries.iter().map(|&one| measured_on[one]).collect();
    let measured: Vec<f64> = queries.iter().map(|&one| target.latencies_ms[one]).collect();
    let works: Vec<bool> = architectures.iter().map(does_work).collect();
    Ok(RunScores::of(&adapted.predict(&architectures), &measured, &works))
}

/// Whether an architecture's output depends on its input.
fn does_work(architecture: &Architecture) -> bool {
    architecture.as_cell().is_none_or(|cell| !cell.is_dead())
}

fn report(
    pool: &Pool,
    evaluation: &Evaluation,
    targets: &[String],
    repeats: &[Vec<RunScores>],
) -> Result<Report, EvaluationError> {
    let of_target = |(position, target): (usize, &String)| {
        let runs: Vec<RunScores> = repeats.iter().map(|repeat| repeat[position]).collect();
        Some(DeviceReport { device: target.clone(), scores: Scores::over(&runs)? })
    };
    let devices: Option<Vec<DeviceReport>> = targets.iter().enumerate().map(of_target).collect();
    let means: Vec<RunScores> = repeats.iter().map(|repeat| RunScores::mean(repeat)).collect();
    Ok(Report {
        space: pool.space(),
        method: evaluation.method,
        shots: evaluation.shots,
        references: evaluation.references,
        repeats: repeats.len(),
        seed: evaluation.seed,
        train: evaluation.train.clone(),
        leave_out: None,
        devices: devices.ok_or(EvaluationError::NoRepeats)?,
        mean: Scores::over(&means).ok_or(EvaluationError::NoRepeats)?,
    })
}
