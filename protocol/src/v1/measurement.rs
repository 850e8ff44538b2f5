//! One measurement as the agent makes it: every raw sample, statistics, conditions, verdict.

use serde::{Deserialize, Serialize};
use tenshot_measurement::{ModelHash, Reading};

use super::{Settings, Verdict};

/// What ran the model.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Backend {
    /// Such as `tract`.
    pub name: String,
    /// The backend's own version.
    pub version: String,
    /// Where it computes, such as `cpu`.
    pub execution_provider: String,
}

/// What one timed sample covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimedScope {
    /// One inference with the input already in memory and the output left there. Inputs are
    /// pseudo-random floats, and zeros where they are integers.
    InferenceInMemory,
}

/// Statistics of the timed samples, in milliseconds of one inference of the whole batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LatencyStatistics {
    /// Mean after `trimmed_runs` samples were removed at each end: the latency that goes further.
    pub trimmed_mean: f64,
    /// Mean of all samples.
    pub mean: f64,
    /// Median.
    pub median: f64,
    /// Median absolute deviation from the median, unscaled.
    pub mad: f64,
    /// Coefficient of variation: standard deviation divided by mean, of all samples.
    pub cv: f64,
    /// Smallest sample.
    pub min: f64,
    /// Largest sample.
    pub max: f64,
    /// 90th percentile; none where there are too few samples for one.
    pub p90: Option<f64>,
    /// Bootstrap 95% confidence interval of the trimmed mean.
    pub ci95: [f64; 2],
    /// Share of the samples removed at each end.
    pub trim_fraction: f64,
    /// Samples removed at each end.
    pub trimmed_runs: u32,
}

/// A temperature sensor and what it said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Temperature {
    /// The sensor's zone, such as `cpu-thermal`.
    pub zone: String,
    /// Thousandths of a degree Celsius.
    pub millicelsius: i64,
}

/// The board at one moment.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Conditions {
    /// Frequency governor of the processors used.
    pub governor: Reading<String>,
    /// Current frequency of each processor used, in kHz.
    pub frequency_khz: Reading<Vec<u64>>,
    /// All temperature zones.
    pub temperatures: Reading<Vec<Temperature>>,
    /// How often the processors were throttled since the board started.
    pub throttle_count: Reading<u64>,
    /// Load average over one minute.
    pub load_average: Reading<f64>,
    /// Memory that programs can still have, in bytes.
    pub memory_available_bytes: Reading<u64>,
    /// Charge of the battery, in percent.
    pub battery_percent: Reading<u8>,
}

/// The board around a measurement.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Environment {
    /// Between warm-up and timed phase: the warm-up has woken the processors.
    pub before: Conditions,
    /// After the timed phase.
    pub after: Conditions,
    /// Processors' worth of time that other programs used during the timed phase.
    pub other_load: Reading<f64>,
}

/// One completed measurement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// The model's file.
    pub model_sha256: ModelHash,
    /// What ran it.
    pub backend: Backend,
    /// Threads that the backend could use.
    pub threads: u32,
    /// Images per inference.
    pub batch: u32,
    /// Processors that the measuring process was bound to; none: not bound.
    pub cpu_set: Option<Vec<u32>>,
    /// The protocol that was followed.
    pub settings: Settings,
    /// What a sample covers.
    pub timed: TimedScope,
    /// Wall clock at the start, in milliseconds since 1970 (UTC).
    pub started_at_unix_ms: u64,
    /// Reading, parsing and optimising the model and filling its inputs, in milliseconds.
    pub load_ms: f64,
    /// The first inference ever of this process, in milliseconds; not among the samples.
    pub cold_start_ms: f64,
    /// Inferences discarded before timing, the cold start included.
    pub warmup_runs: u32,
    /// Time of the discarded inferences, in milliseconds.
    pub warmup_ms: f64,
    /// Every timed sample in order, in nanoseconds.
    pub samples_ns: Vec<u64>,
    /// Statistics of `samples_ns`.
    pub latency_ms: LatencyStatistics,
    /// Smallest step of the clock that was seen, in nanoseconds.
    pub clock_resolution_ns: u64,
    /// Most memory that the measuring process held, in bytes.
    pub peak_memory_bytes: Reading<u64>,
    /// The board before and after.
    pub environment: Environment,
    /// Whether the number can be trusted.
    pub verdict: Verdict,
}

/// Why there is no measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The file is no model that the backend can read.
    ModelUnreadable,
    /// The model has an input that the agent cannot fill.
    InputUnsupported,
    /// The backend gave an error.
    BackendError,
    /// The measuring process crashed.
    Crashed,
    /// The measuring process did not end in time.
    TimeLimit,
    /// The measuring process asked for more memory than allowed.
    MemoryLimit,
    /// The measuring process could not be started, or the board refused a setting.
    Board,
}

/// A measurement that failed, with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasurementFailure {
    /// What kind of failure.
    pub kind: FailureKind,
    /// One line for people.
    pub detail: String,
}
