//! The scale of a device's latencies: their mean and deviation.

use serde::{Deserialize, Serialize};

/// Mean and standard deviation of measured latencies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Standardisation {
    mean_ms: f64,
    deviation_ms: f64,
}

impl Standardisation {
    /// The mean and the standard deviation of these latencies. Where all are equal, the deviation is one, which leaves
    /// them equal.
    pub(super) fn of(latencies_ms: &[f64]) -> Self {
        let count = latencies_ms.len() as f64;
        let mean_ms = latencies_ms.iter().sum::<f64>() / count;
        let variance = latencies_ms.iter().map(|latency_ms| (latency_ms - mean_ms).powi(2)).sum::<f64>() / count;
        Self { mean_ms, deviation_ms: if variance > 0.0 { variance.sqrt() } else { 1.0 } }
    }

    /// Latencies as a network learns them.
    pub(super) fn standardised(&self, latencies_ms: &[f64]) -> Vec<f32> {
        latencies_ms.iter().map(|latency_ms| ((latency_ms - self.mean_ms) / self.deviation_ms) as f32).collect()
    }

    /// Back to milliseconds, at least zero; what is not a number stays so.
    pub(super) fn latency_ms(&self, standardised: f32) -> f64 {
        (self.mean_ms + self.deviation_ms * f64::from(standardised)).clamp(0.0, f64::INFINITY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latencies_come_back_and_none_is_negative() {
        let standardisation = Standardisation::of(&[2.0, 4.0, 6.0, 8.0]);
        let back: Vec<f64> =
            standardisation.standardised(&[2.0, 5.0]).into_iter().map(|one| standardisation.latency_ms(one)).collect();
        assert!((back[0] - 2.0).abs() < 1e-6 && (back[1] - 5.0).abs() < 1e-6, "{back:?}");
        assert_eq!(standardisation.latency_ms(-100.0), 0.0);
        assert!(standardisation.latency_ms(f32::NAN).is_nan());
        assert_eq!(Standardisation::of(&[3.0, 3.0]).standardised(&[3.0]), [0.0]);
    }
}
