//! One measurement as the agent makes it: every raw sample, statistics, conditions, verdict.

use serde::{Deserialize, Serialize};

use crate::{Environment, LatencyStatistics, ModelHash, Reading, Settings, Verdict};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimedScope {
    /// One inference with the input already in memory and the output left there. Inputs are
    /// pseudo-random floats, and zeros where they are integers.
    InferenceInMemory,
}

/// One completed measurement.
#[derive(Debug, Clone, PartialEq)]
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

impl Measurement {
    /// Time spent loading the model and running inferences, in milliseconds.
    #[must_use]
    pub fn loading_and_inference_ms(&self) -> f64 {
        // A sum of u64 nanoseconds stays far below 2^53.
        let timed_ns: u64 = self.samples_ns.iter().sum();
        self.load_ms + self.warmup_ms + timed_ns as f64 / 1e6
    }
}
