//! How a measurement is to be made: warm-up, timed phase, trimming, limits.

use serde::{Deserialize, Serialize};

/// The measuring protocol of one measurement.
///
/// Warm-up and timed phase each end when both their minimum of runs and their minimum of time are
/// reached; the timed phase ends at the latest with either maximum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The preset that these settings come from, or `custom`.
    pub preset: String,
    /// Inferences to run before timing, at least.
    pub warm_up_min_runs: u32,
    /// Time to run before timing, at least, in milliseconds.
    pub warm_up_min_ms: u64,
    /// Timed inferences, at least.
    pub timed_min_runs: u32,
    /// Timed inferences, at most.
    pub timed_max_runs: u32,
    /// Length of the timed phase, at least, in milliseconds.
    pub timed_min_ms: u64,
    /// Length of the timed phase, at most, in milliseconds; counts only from `timed_min_runs` on.
    pub timed_max_ms: u64,
    /// Share of the samples removed at each end before the trimmed mean, 0 to below 0.5.
    pub trim_fraction: f64,
}

impl Default for Settings {
    /// What is left out is as in the preset `help` of this version.
    fn default() -> Self {
        Self {
            preset: "help".to_owned(),
            warm_up_min_runs: 10,
            warm_up_min_ms: 0,
            timed_min_runs: 50,
            timed_max_runs: 50,
            timed_min_ms: 0,
            timed_max_ms: u64::from(u32::MAX),
            trim_fraction: 0.1,
        }
    }
}

/// What a measuring process may use before it is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Time from start to end, in milliseconds.
    pub time_ms: u64,
    /// Memory that it may allocate, in bytes.
    pub memory_bytes: u64,
}

impl Default for Limits {
    /// Ten minutes and 2 GiB.
    fn default() -> Self {
        Self { time_ms: 600_000, memory_bytes: 2 << 30 }
    }
}
