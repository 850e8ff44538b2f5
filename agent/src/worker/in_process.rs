//! Loads, measures and judges in this very process.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tenshot_measurement::{
    Environment, FailureKind, Measurement, MeasurementFailure, ModelHash, Reading, Statistics, TimedScope, Verdict,
    judge,
};

use crate::backend::{self, BackendError, LoadOptions};
use crate::board::{self, ProcessorTime, Root, control};
use crate::measure::{self, Clock, MonotonicClock};
use crate::worker::Job;

/// The same input for every measurement of a model.
const INPUT_SEED: u64 = 0;

/// Does the job in this process; its limits are set already.
///
/// # Errors
/// Where there is no measurement, with the reason.
pub(crate) fn measure(job: &Job) -> Result<Measurement, MeasurementFailure> {
    check(job)?;
    if let Some(processors) = &job.cpu_set {
        control::bind(processors).map_err(|error| failure(FailureKind::Board, error))?;
    }
    let started_at_unix_ms = unix_ms();
    let clock = MonotonicClock::start();
    let (model, model_sha256) = read_model(&job.model, job.sha256.as_ref())?;
    let runtime = backend::BUILT_IN.open(&job.runtime).map_err(failure_of)?;
    let options = LoadOptions { threads: job.threads, batch: job.batch, input_seed: INPUT_SEED };
    let mut inference = runtime.load(&model, &options).map_err(failure_of)?;
    drop(model);
    let load_ms = milliseconds(clock.now_ns());

    let root = Root::new(&job.sysfs_root);
    let processors = control::allowed_processors();
    let warm_up = measure::warm_up(&mut *inference, &clock, &job.settings).map_err(failure_of)?;
    let before = board::conditions(&root, &processors);
    let (time_before, start_ns) = (ProcessorTime::now(&root), clock.now_ns());
    let samples_ns = measure::timed_phase(&mut *inference, &clock, &job.settings).map_err(failure_of)?;
    let (time_after, elapsed_ns) = (ProcessorTime::now(&root), clock.now_ns() - start_ns);
    let after = board::conditions(&root, &processors);

    let other_load = time_before.zip(time_after);
    let other_load =
        other_load.and_then(|(before, after)| board::other_load(before, after, Duration::from_nanos(elapsed_ns)));
    let statistics = Statistics::of(&samples_ns, job.settings.trim_fraction)
        .ok_or_else(|| failure(FailureKind::BackendError, "no inference was timed"))?;
    let mut measurement = Measurement {
        model_sha256,
        backend: runtime.identity(),
        threads: job.threads,
        batch: inference.batch(),
        cpu_set: job.cpu_set.clone(),
        settings: job.settings.clone(),
        timed: TimedScope::InferenceInMemory,
        started_at_unix_ms,
        load_ms,
        cold_start_ms: milliseconds(warm_up.cold_start_ns),
        warmup_runs: warm_up.runs,
        warmup_ms: milliseconds(warm_up.total_ns),
        latency_ms: statistics.summary(),
        samples_ns,
        clock_resolution_ns: measure::resolution_ns(&clock),
        peak_memory_bytes: Reading::from(board::peak_bytes(&root)),
        environment: Environment { before, after, other_load: Reading::from(other_load) },
        verdict: Verdict::from(Vec::new()),
    };
    measurement.verdict = judge(&measurement);
    Ok(measurement)
}

fn check(job: &Job) -> Result<(), MeasurementFailure> {
    job.settings.check().map_err(|error| failure(FailureKind::Board, error))?;
    if job.threads == 0 || job.batch == Some(0) {
        let what = format!("threads = {}, batch = {:?}: both must be at least 1", job.threads, job.batch);
        return Err(failure(FailureKind::Board, what));
    }
    Ok(())
}

fn read_model(path: &Path, expected: Option<&ModelHash>) -> Result<(Vec<u8>, ModelHash), MeasurementFailure> {
    let unreadable = |what| failure(FailureKind::ModelUnreadable, what);
    let bytes = fs::read(path).map_err(|error| unreadable(format!("failed to read the file: {error}")))?;
    let hash = ModelHash::of(&bytes);
    match expected {
        Some(expected) if *expected != hash => {
            Err(unreadable(format!("the file has the SHA-256 {hash}, not {expected}")))
        }
        _ => Ok((bytes, hash)),
    }
}

fn failure_of(error: BackendError) -> MeasurementFailure {
    failure(error.kind(), &error)
}

fn failure(kind: FailureKind, detail: impl ToString) -> MeasurementFailure {
    MeasurementFailure { kind, detail: detail.to_string() }
}

fn milliseconds(ns: u64) -> f64 {
    // Far below 2^53.
    ns as f64 / 1e6
}

/// 0 where the clock stands before 1970.
fn unix_ms() -> u64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX)
}
