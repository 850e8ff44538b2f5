//! How a model is timed: warm-up, timed phase, and the clock. What a measurement is, its statistics and
//! its verdict are `tenshot-measurement`'s.

mod clock;
mod run;

pub use clock::{Clock, MonotonicClock, resolution_ns};
pub use run::{WarmUp, timed_phase, warm_up};
