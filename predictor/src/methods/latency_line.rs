//! The line from what a method computes to milliseconds.

use serde::{Deserialize, Serialize};

/// A line that never falls: latency = intercept + slope x.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Line {
    /// Where the line meets zero, in milliseconds.
    pub(crate) intercept_ms: f64,
    /// Milliseconds for each unit of what the method computes.
    pub(crate) slope_ms: f64,
}

impl Line {
    /// Values that are milliseconds already.
    pub(crate) const IDENTITY: Self = Self { intercept_ms: 0.0, slope_ms: 1.0 };

    /// The least-squares line through measured latencies, its slope at least zero.
    pub(crate) fn through(values: &[f64], latencies_ms: &[f64]) -> Self {
        let count = values.len() as f64;
        let (mean, mean_ms) = (values.iter().sum::<f64>() / count, latencies_ms.iter().sum::<f64>() / count);
        let covariance: f64 = values.iter().zip(latencies_ms).map(|(x, ms)| (x - mean) * (ms - mean_ms)).sum();
        let variance: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let slope_ms = if variance > 0.0 { (covariance / variance).max(0.0) } else { 0.0 };
        Self { intercept_ms: mean_ms - slope_ms * mean, slope_ms }
    }

    /// The latency for a value, at least zero; not a number where the value is none.
    pub(crate) fn at(&self, value: f64) -> f64 {
        let latency_ms = self.intercept_ms + self.slope_ms * value;
        if latency_ms < 0.0 { 0.0 } else { latency_ms }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_fits_and_never_falls() {
        let line = Line::through(&[1.0, 2.0, 3.0], &[5.0, 7.0, 9.0]);
        assert_eq!(line, Line { intercept_ms: 3.0, slope_ms: 2.0 });
        let falling = Line::through(&[1.0, 2.0, 3.0], &[9.0, 7.0, 5.0]);
        assert_eq!(falling, Line { intercept_ms: 7.0, slope_ms: 0.0 });
        assert_eq!(Line::through(&[1.0, 1.0], &[2.0, 4.0]).intercept_ms, 3.0);
        assert_eq!((line.at(2.0), line.at(-9.0)), (7.0, 0.0));
        assert!(line.at(f64::NAN).is_nan());
    }
}
