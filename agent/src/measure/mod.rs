//! A measurement, its statistics and its verdict: pure, but for the clock.

mod clock;
mod confidence;
mod run;
mod statistics;
pub mod verdict;

pub use clock::{Clock, MonotonicClock, resolution_ns};
pub use confidence::trimmed_mean_interval;
pub use run::{WarmUp, timed_phase, warm_up};
pub use statistics::{Statistics, percentile};
