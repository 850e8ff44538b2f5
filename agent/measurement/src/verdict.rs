//! Whether a measurement can be trusted, and why not.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A reason to distrust a measurement, with the number that gave rise to it and its bound.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Reason {
    /// The samples rise or fall from the first to the last part of the timed phase.
    Drift {
        /// Relative change of the median.
        change: f64,
        /// The largest change that is trusted.
        bound: f64,
    },
    /// The samples spread too widely.
    Spread {
        /// Robust coefficient of variation.
        cv: f64,
        /// The largest that is trusted.
        bound: f64,
    },
    /// Too few samples for the statistics that are reported.
    TooFewSamples {
        /// Samples taken.
        samples: u64,
        /// Samples needed.
        needed: u64,
    },
    /// One inference takes too few ticks of the clock.
    ClockCoarse {
        /// The clock's resolution.
        resolution_ns: u64,
        /// The median sample.
        median_ns: u64,
    },
    /// The processor's frequency changed between before and after.
    FrequencyMoved {
        /// Largest relative change over the processors used.
        change: f64,
        /// The largest that is trusted.
        bound: f64,
    },
    /// The board reduced its speed to stay cool.
    Throttled,
    /// Other programs used the processor meanwhile.
    Load {
        /// Processors' worth of time that others used.
        others: f64,
        /// The most that is trusted.
        bound: f64,
    },
    /// Two passes over the same model differ by more than their noise.
    PassesDisagree {
        /// Relative difference.
        difference: f64,
        /// The largest that is trusted.
        bound: f64,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Drift { change, bound } => {
                write!(f, "latency drifted by {:.1}% (bound {:.1}%)", change * 100.0, bound * 100.0)
            }
            Self::Spread { cv, bound } => {
                write!(f, "samples spread by {:.1}% (bound {:.1}%)", cv * 100.0, bound * 100.0)
            }
            Self::TooFewSamples { samples, needed } => write!(f, "{samples} samples, {needed} needed"),
            Self::ClockCoarse { resolution_ns, median_ns } => {
                write!(f, "the clock ticks every {resolution_ns} ns, one inference takes {median_ns} ns")
            }
            Self::FrequencyMoved { change, bound } => {
                write!(f, "processor frequency moved by {:.1}% (bound {:.1}%)", change * 100.0, bound * 100.0)
            }
            Self::Throttled => f.write_str("the board throttled"),
            Self::Load { others, bound } => {
                write!(f, "other programs used {others:.2} processors (bound {bound:.2})")
            }
            Self::PassesDisagree { difference, bound } => {
                write!(f, "passes disagree by {:.1}% (bound {:.1}%)", difference * 100.0, bound * 100.0)
            }
        }
    }
}

/// Whether a measurement can be trusted; `suspect` is the absence of trust, with its reasons.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// No rule found a reason against it.
    pub trusted: bool,
    /// The reasons against it, none where it is trusted.
    pub reasons: Vec<Reason>,
}

impl From<Vec<Reason>> for Verdict {
    fn from(reasons: Vec<Reason>) -> Self {
        Self { trusted: reasons.is_empty(), reasons }
    }
}
