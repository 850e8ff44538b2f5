//! Running an evaluation.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::{IndexedParallelIterator, IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use tenshot_onnx_models::Architecture;

use super::report::RunScores;
use super::training::{MOST_EMBEDDED, TrainedForShots, for_repeat, settings};
use super::{DeviceReport, Evaluation, EvaluationError, QueryPrediction, ReferenceChoice, Report, Scores};
use crate::bayes::Bayes;
use crate::methods::TrainedMethod;
use crate::pool::{Pool, PoolDevice};
use crate::random::Random;
use crate::spaces::does_work;
use crate::support::{Support, SupportMeasurement};

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
    /// Training on the source devices: one step, or where every repeat trains anew, one for every
    /// episode of each, among testing.
    Training,
    /// Adapting to and predicting the test devices, one step per device, repeat and number of
    /// shots.
    Testing,
}

/// A target with its references, predicted.
#[derive(Debug, Clone)]
pub(super) struct Run {
    scores: RunScores,
    predictions: Vec<QueryPrediction>,
}

/// The runs of one number of shots: for every repeat, one on each target.
pub(super) type Repeats = Vec<Vec<Run>>;

/// Trains the method on the source devices, then tests it on every target and reference set: a
/// report for every number of shots. The same seed gives the same reports on any number of
/// threads.
///
/// # Errors
/// Settings that the pool cannot serve.
pub fn run(
    pool: &Pool,
    evaluation: &Evaluation,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Vec<Report>, EvaluationError> {
    let runs = runs(pool, evaluation, progress)?;
    reports(pool, evaluation, &evaluation.test, runs)
}

/// The runs of every number of shots.
pub(super) fn runs(
    pool: &Pool,
    evaluation: &Evaluation,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Vec<Repeats>, EvaluationError> {
    let targets = evaluation.check(pool)?;
    let training = |done| progress(Progress { stage: Stage::Training, done, total: 1 });
    if !evaluation.trains_anew() {
        training(0);
    }
    let trained = TrainedForShots::new(pool, evaluation)?;
    let of_shots = |&shots: &usize| trained.for_shots(pool, evaluation, shots);
    let methods = evaluation.shots.iter().map(of_shots).collect::<Result<Vec<_>, _>>()?;
    if !evaluation.trains_anew() {
        training(1);
    }
    let repeats = match evaluation.references {
        ReferenceChoice::Paper if !evaluation.trains_anew() => 1,
        _ => evaluation.repeats,
    };
    let counts = Counts::new(pool, evaluation, repeats, progress);
    let of_repeat = |repeat| {
        let sets = reference_sets(pool, evaluation, trained.bayes.as_ref(), repeat)?;
        let mut anew = RepeatTraining { pool, evaluation, repeat, trained: HashMap::new() };
        let sets = sets.iter().zip(&methods);
        let of_set = |(references, method): (&Vec<usize>, &Option<Arc<dyn TrainedMethod>>)| {
            let for_target = |target: &&PoolDevice| match method {
                Some(method) => Ok(method.clone()),
                None => anew.method(pool.architectures_of(target), references, &counts),
            };
            let methods = targets.iter().map(for_target).collect::<Result<Vec<_>, _>>()?;
            let of_target = |(target, method): (&&PoolDevice, &Arc<dyn TrainedMethod>)| {
                let run = test(pool, evaluation, &**method, target, references);
                counts.tested();
                run.map(|run| if repeat == 0 { run } else { run.without_predictions() })
            };
            targets.par_iter().zip(&methods).map(of_target).collect::<Result<Vec<_>, EvaluationError>>()
        };
        sets.map(of_set).collect::<Result<Vec<_>, EvaluationError>>()
    };
    let by_repeat = (0..repeats).into_par_iter().map(of_repeat).collect::<Result<Vec<_>, EvaluationError>>()?;
    let mut by_shots: Vec<Repeats> = vec![Vec::new(); evaluation.shots.len()];
    for repeat in by_repeat {
        by_shots.iter_mut().zip(repeat).for_each(|(repeats, runs)| repeats.push(runs));
    }
    Ok(by_shots)
}

/// The methods that a repeat trains for references of its own.
struct RepeatTraining<'a> {
    pool: &'a Pool,
    evaluation: &'a Evaluation,
    repeat: usize,
    /// Each method that was trained, by its references.
    trained: HashMap<Vec<Architecture>, Arc<dyn TrainedMethod>>,
}

impl RepeatTraining<'_> {
    /// The method for these references, given by their positions among the architectures that a
    /// target was measured on. Beyond [`MOST_EMBEDDED`], further references do not change what is
    /// trained. Where devices have architectures of their own, the same positions are different
    /// references on each.
    fn method(
        &mut self,
        measured: &[Architecture],
        references: &[usize],
        counts: &Counts<'_>,
    ) -> Result<Arc<dyn TrainedMethod>, EvaluationError> {
        let embedded: Vec<Architecture> = references.iter().take(MOST_EMBEDDED).map(|&one| measured[one]).collect();
        if let Some(method) = self.trained.get(&embedded) {
            return Ok(method.clone());
        }
        let episodes = |more| counts.trained(more);
        let method = for_repeat(self.pool, self.evaluation, &embedded, self.repeat, &episodes)?;
        self.trained.insert(embedded, method.clone());
        Ok(method)
    }
}

/// Counts the steps that are done, and reports progress.
struct Counts<'a> {
    progress: &'a (dyn Fn(Progress) + Sync),
    episodes: Count,
    tests: Count,
}

/// Steps of one kind.
struct Count {
    done: AtomicUsize,
    total: usize,
}

impl Count {
    fn of(total: usize) -> Self {
        Self { done: AtomicUsize::new(0), total }
    }
}

impl<'a> Counts<'a> {
    fn new(pool: &Pool, evaluation: &Evaluation, repeats: usize, progress: &'a (dyn Fn(Progress) + Sync)) -> Self {
        let embedded: BTreeSet<usize> = evaluation.shots.iter().map(|&shots| shots.min(MOST_EMBEDDED)).collect();
        let targets = if pool.is_shared() { 1 } else { evaluation.test.len() };
        let trainings = embedded.len() * repeats * targets;
        let episodes = settings(pool, evaluation).episodes as usize * trainings;
        let tests = evaluation.shots.len() * repeats * evaluation.test.len();
        Self { progress, episodes: Count::of(episodes), tests: Count::of(tests) }
    }

    fn trained(&self, episodes: u32) {
        self.tell(Stage::Training, &self.episodes, episodes as usize);
    }

    fn tested(&self) {
        self.tell(Stage::Testing, &self.tests, 1);
    }

    fn tell(&self, stage: Stage, count: &Count, more: usize) {
        let done = count.done.fetch_add(more, Ordering::Relaxed) + more;
        (self.progress)(Progress { stage, done, total: count.total });
    }
}

const REFERENCE_STREAM: u64 = 8;

/// Positions in the pool of a repeat's references, for every number of shots. A smaller set is the
/// start of a larger one.
fn reference_sets(
    pool: &Pool,
    evaluation: &Evaluation,
    designer: Option<&Bayes>,
    repeat: usize,
) -> Result<Vec<Vec<usize>>, EvaluationError> {
    let &Evaluation { seed, references, .. } = evaluation;
    let most = evaluation.shots.iter().copied().max().unwrap_or_default();
    let set: Vec<usize> = match (references, designer) {
        (ReferenceChoice::Paper, _) => pool.ranges().references.clone(),
        (ReferenceChoice::Designed, Some(designer)) => {
            let places: HashMap<&Architecture, usize> = pool.architectures().iter().zip(0..).collect();
            let designed = designer.design(most, seed.wrapping_add(repeat as u64));
            designed.iter().filter_map(|one| places.get(one).copied()).collect()
        }
        _ => {
            let training: Vec<usize> = pool.ranges().training.clone().collect();
            Random::stream(seed, &[REFERENCE_STREAM, repeat as u64]).choose(&training, most)
        }
    };
    let candidates = set.len();
    let first = |&shots: &usize| set.get(..shots).map(<[usize]>::to_vec);
    let too_many = EvaluationError::TooManyDesigned { shots: most, candidates };
    evaluation.shots.iter().map(first).collect::<Option<_>>().ok_or(too_many)
}

/// One run: a target with its references.
fn test(
    pool: &Pool,
    evaluation: &Evaluation,
    method: &dyn TrainedMethod,
    target: &PoolDevice,
    references: &[usize],
) -> Result<Run, EvaluationError> {
    let device = || target.name.clone();
    let measured_on = pool.architectures_of(target);
    let measurement = |&one: &usize| SupportMeasurement::new(measured_on[one], target.latencies_ms[one]);
    let support = Support::new(references.iter().map(measurement).collect())
        .map_err(|source| EvaluationError::Support { device: device(), source })?;
    let adapted = method.adapt(&support).map_err(|source| EvaluationError::Adapt { device: device(), source })?;
    let queries: Vec<usize> = evaluation.queries(pool).filter(|one| !references.contains(one)).collect();
    if queries.is_empty() {
        return Err(EvaluationError::NoQueries);
    }
    let architectures: Vec<Architecture> = queries.iter().map(|&one| measured_on[one]).collect();
    let measured: Vec<f64> = queries.iter().map(|&one| target.latencies_ms[one]).collect();
    let works: Vec<bool> = architectures.iter().map(does_work).collect();
    let predicted = adapted.predict(&architectures);
    let scores = RunScores::of(&predicted, &measured, &works);
    let kept = architectures.into_iter().zip(measured).zip(predicted).filter(|_| evaluation.keep_predictions);
    let one = |((architecture, measured_ms), predicted)| QueryPrediction { architecture, measured_ms, predicted };
    Ok(Run { scores, predictions: kept.map(one).collect() })
}

impl Run {
    fn without_predictions(self) -> Self {
        Self { predictions: Vec::new(), ..self }
    }
}

/// The reports of every number of shots.
pub(super) fn reports(
    pool: &Pool,
    evaluation: &Evaluation,
    targets: &[String],
    runs: Vec<Repeats>,
) -> Result<Vec<Report>, EvaluationError> {
    let of_shots = |(&shots, repeats): (&usize, Repeats)| report(pool, evaluation, targets, shots, repeats);
    evaluation.shots.iter().zip(runs).map(of_shots).collect()
}

fn report(
    pool: &Pool,
    evaluation: &Evaluation,
    targets: &[String],
    shots: usize,
    repeats: Repeats,
) -> Result<Report, EvaluationError> {
    let scores: Vec<Vec<RunScores>> = repeats.iter().map(|runs| runs.iter().map(|run| run.scores).collect()).collect();
    let count = repeats.len();
    let first = repeats.into_iter().next().ok_or(EvaluationError::NoRepeats)?;
    let of_target = |(position, (target, run)): (usize, (&String, Run))| {
        let runs: Vec<RunScores> = scores.iter().map(|repeat| repeat[position]).collect();
        Some(DeviceReport { device: target.clone(), scores: Scores::over(&runs)?, predictions: run.predictions })
    };
    let devices: Option<Vec<DeviceReport>> = targets.iter().zip(first).enumerate().map(of_target).collect();
    let means: Vec<RunScores> = scores.iter().map(|repeat| RunScores::mean(repeat)).collect();
    Ok(Report {
        space: pool.space(),
        method: evaluation.method,
        parts: evaluation.parts,
        shots,
        references: evaluation.references,
        repeats: count,
        queries: evaluation.queries(pool),
        seed: evaluation.seed,
        train: evaluation.train.clone(),
        leave_out: None,
        pool_size: None,
        devices: devices.ok_or(EvaluationError::NoRepeats)?,
        mean: Scores::over(&means).ok_or(EvaluationError::NoRepeats)?,
    })
}
