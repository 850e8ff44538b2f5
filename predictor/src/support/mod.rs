//! Supports: the measurements of one device that a predictor adapts from.

mod csv_table;

use std::collections::HashSet;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use tenshot_onnx_models::{Architecture, Space};

pub use csv_table::CsvError;
pub(crate) use csv_table::read_measurements;

/// The fewest measurements that a predictor adapts from.
pub const FEWEST_MEASUREMENTS: usize = 3;

/// One measured architecture.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SupportMeasurement {
    /// What was measured.
    pub architecture: Architecture,
    /// Its latency in milliseconds.
    pub latency_ms: f64,
    /// Standard deviation of noise beyond that of a trusted measurement, relative to the
    /// latency: 0 where the measurement is trusted.
    #[serde(default)]
    pub extra_noise: f64,
}

impl SupportMeasurement {
    /// A trusted measurement.
    pub fn new(architecture: Architecture, latency_ms: f64) -> Self {
        Self { architecture, latency_ms, extra_noise: 0.0 }
    }
}

/// Measurements of one device, checked: at least three, of different architectures of one space,
/// positive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<SupportMeasurement>", into = "Vec<SupportMeasurement>")]
pub struct Support(Vec<SupportMeasurement>);

/// What is wrong with a support.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SupportError {
    /// Fewer measurements than [`FEWEST_MEASUREMENTS`].
    #[error("{count} measurements are too few; a predictor adapts from {FEWEST_MEASUREMENTS} or more")]
    TooFew {
        /// How many there are.
        count: usize,
    },
    /// A latency that no device has.
    #[error("a latency of {latency_ms} ms for {architecture} cannot be; latencies are positive numbers, up to 1e12")]
    Latency {
        /// What was measured.
        architecture: String,
        /// Its latency in milliseconds.
        latency_ms: f64,
    },
    /// A negative deviation, or one that is no number.
    #[error("an extra noise of {noise} for {architecture} cannot be; it is a number from 0 on")]
    Noise {
        /// What was measured.
        architecture: String,
        /// The deviation, relative to the latency.
        noise: f64,
    },
    /// An architecture that is there twice.
    #[error("{architecture} was measured twice; give each architecture once")]
    Duplicate {
        /// The architecture.
        architecture: String,
    },
    /// Architectures of more than one space.
    #[error("{architecture} is of space {found}, the others are of {expected}")]
    MixedSpaces {
        /// The first that differs.
        architecture: String,
        /// Its space.
        found: Space,
        /// The space of those before it.
        expected: Space,
    },
}

impl Support {
    /// Checks measurements; their order is kept.
    ///
    /// # Errors
    /// Fewer than three measurements, a latency that is no positive number or is far too small or
    /// large to be one, an architecture that is there twice or of another space than the first.
    pub fn new(measurements: Vec<SupportMeasurement>) -> Result<Self, SupportError> {
        let mut seen = HashSet::new();
        let space = measurements.first().map(|first| first.architecture.space());
        for measurement in &measurements {
            check(measurement)?;
            let architecture = measurement.architecture;
            if !seen.insert(architecture) {
                return Err(SupportError::Duplicate { architecture: architecture.to_string() });
            }
            if let Some(expected) = space.filter(|space| *space != architecture.space()) {
                let (architecture, found) = (architecture.to_string(), architecture.space());
                return Err(SupportError::MixedSpaces { architecture, found, expected });
            }
        }
        if measurements.len() < FEWEST_MEASUREMENTS {
            return Err(SupportError::TooFew { count: measurements.len() });
        }
        Ok(Self(measurements))
    }

    /// The measurements, in the order in which they were given.
    pub fn measurements(&self) -> &[SupportMeasurement] {
        &self.0
    }

    /// The measured latencies in milliseconds.
    pub fn latencies_ms(&self) -> Vec<f64> {
        self.0.iter().map(|measurement| measurement.latency_ms).collect()
    }

    /// The measured architectures.
    pub fn architectures(&self) -> Vec<Architecture> {
        self.0.iter().map(|measurement| measurement.architecture).collect()
    }

    /// The space of the architectures.
    pub fn space(&self) -> Space {
        self.0[0].architecture.space()
    }
}

/// Latencies beyond are mistakes, and their squares are no numbers.
const PLAUSIBLE_MS: RangeInclusive<f64> = 1e-9..=1e12;

fn check(measurement: &SupportMeasurement) -> Result<(), SupportError> {
    let &SupportMeasurement { architecture, latency_ms, extra_noise: noise } = measurement;
    let architecture = || architecture.to_string();
    if !PLAUSIBLE_MS.contains(&latency_ms) {
        return Err(SupportError::Latency { architecture: architecture(), latency_ms });
    }
    if !(noise.is_finite() && noise >= 0.0) {
        return Err(SupportError::Noise { architecture: architecture(), noise });
    }
    Ok(())
}

impl TryFrom<Vec<SupportMeasurement>> for Support {
    type Error = SupportError;

    fn try_from(measurements: Vec<SupportMeasurement>) -> Result<Self, SupportError> {
        Self::new(measurements)
    }
}

impl From<Support> for Vec<SupportMeasurement> {
    fn from(support: Support) -> Self {
        support.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(latencies: &[(usize, f64)]) -> String {
        let cells: Vec<_> = Space::NasBench201.enumerate().unwrap().take(5).collect();
        let measurements = latencies.iter().map(|&(cell, ms)| SupportMeasurement::new(cells[cell], ms)).collect();
        Support::new(measurements).unwrap_err().to_string()
    }

    #[test]
    fn every_fault_has_its_message() {
        insta::assert_snapshot!(refused(&[]), @"0 measurements are too few; a predictor adapts from 3 or more");
        insta::assert_snapshot!(refused(&[(0, 1.0), (1, 2.0)]), @"2 measurements are too few; a predictor adapts from 3 or more");
        insta::assert_snapshot!(refused(&[(0, 1.0), (1, 0.0), (2, 1.0)]), @"a latency of 0 ms for |none~0|+|none~0|none~1|+|none~0|none~1|skip_connect~2| cannot be; latencies are positive numbers, up to 1e12");
        insta::assert_snapshot!(refused(&[(0, 1.0), (1, f64::INFINITY), (2, 1.0)]), @"a latency of inf ms for |none~0|+|none~0|none~1|+|none~0|none~1|skip_connect~2| cannot be; latencies are positive numbers, up to 1e12");
        insta::assert_snapshot!(refused(&[(0, 1.0), (1, 1.0), (2, 1.0), (1, 2.0)]), @"|none~0|+|none~0|none~1|+|none~0|none~1|skip_connect~2| was measured twice; give each architecture once");
    }

    #[test]
    fn what_is_read_back_is_checked_again() {
        let cells = Space::NasBench201.enumerate().unwrap().take(3);
        let support = Support::new(cells.map(|cell| SupportMeasurement::new(cell, 2.5)).collect()).unwrap();
        let json = serde_json::to_string(&support).unwrap();
        assert_eq!(serde_json::from_str::<Support>(&json).unwrap(), support);
        assert!(serde_json::from_str::<Support>(&json.replacen("2.5", "-2.5", 1)).is_err());
    }
}
