//! Certificates: how well an adapted predictor does on probes that it never saw.

use serde::{Deserialize, Serialize};

use crate::metrics::{coverage_90, mape, spearman, width_90};
use crate::prediction::{Prediction, interval_pairs};

/// How well predictions agree with measurements that the predictor was not adapted from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Certificate {
    /// How many architectures were measured.
    pub probes: usize,
    /// Mean absolute error in milliseconds.
    pub mean_error_ms: f64,
    /// Mean absolute error relative to the measured latency, a fraction.
    pub mape: f64,
    /// Spearman's rank correlation.
    pub spearman: f64,
    /// Share of measured latencies inside the 90% interval, where there are intervals.
    pub coverage_90: Option<f64>,
    /// Median width of the 90% interval relative to the measured latency.
    pub width_90: Option<f64>,
}

/// Predictions and measurements that do not stand in pairs, or none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{predictions} predictions cannot be judged by {measurements} measurements; give one for each")]
pub struct CertificateError {
    /// How many predictions there are.
    pub predictions: usize,
    /// How many measurements there are.
    pub measurements: usize,
}

impl Certificate {
    /// Compares predictions with measured latencies, pair by pair.
    ///
    /// # Errors
    /// Lists of different lengths, or empty ones.
    pub fn of(predictions: &[Prediction], measured_ms: &[f64]) -> Result<Self, CertificateError> {
        let (probes, measured) = (predictions.len(), measured_ms);
        if probes == 0 || probes != measured.len() {
            return Err(CertificateError { predictions: probes, measurements: measured.len() });
        }
        let predicted: Vec<f64> = predictions.iter().map(|prediction| prediction.mean_ms).collect();
        let errors = predicted.iter().zip(measured).map(|(predicted, measured)| (predicted - measured).abs());
        let intervals = interval_pairs(predictions);
        Ok(Self {
            probes,
            mean_error_ms: errors.sum::<f64>() / probes as f64,
            mape: mape(&predicted, measured),
            spearman: spearman(&predicted, measured),
            coverage_90: intervals.as_ref().map(|intervals| coverage_90(intervals, measured)),
            width_90: intervals.as_ref().map(|intervals| width_90(intervals, measured)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prediction::Interval;

    #[test]
    fn compares_pair_by_pair() {
        let interval = |mean_ms: f64| Interval { low: mean_ms - 1.0, high: mean_ms + 1.0 };
        let prediction = |mean_ms: f64| Prediction { mean_ms, interval_ms: Some(interval(mean_ms)) };
        let predictions = [prediction(9.0), prediction(22.0), prediction(30.0)];
        let certificate = Certificate::of(&predictions, &[10.0, 20.0, 30.0]).unwrap();
        insta::assert_debug_snapshot!(certificate, @r"
        Certificate {
            probes: 3,
            mean_error_ms: 1.0,
            mape: 0.06666666666666667,
            spearman: 1.0,
            coverage_90: Some(
                0.6666666666666666,
            ),
            width_90: Some(
                0.1,
            ),
        }
        ");
        insta::assert_snapshot!(Certificate::of(&predictions, &[1.0]).unwrap_err(), @"3 predictions cannot be judged by 1 measurements; give one for each");
        assert!(Certificate::of(&[], &[]).is_err());
    }

    #[test]
    fn has_no_coverage_without_intervals() {
        let prediction = Prediction { mean_ms: 1.0, interval_ms: None };
        assert_eq!(Certificate::of(&[prediction], &[1.0]).unwrap().coverage_90, None);
    }
}
