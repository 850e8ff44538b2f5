//! What a predictor says of one architecture.

use serde::{Deserialize, Serialize};

/// A predicted latency in milliseconds, with a 90% interval where the method knows one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// The expected latency.
    pub mean_ms: f64,
    /// Where 90% of measurements are expected; `None` where the method has no intervals.
    pub interval_ms: Option<Interval>,
}

/// An interval in milliseconds: 5% are expected below it, 5% above.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// The intervals of predictions as pairs, `None` where one has none.
pub(crate) fn interval_pairs(predictions: &[Prediction]) -> Option<Vec<(f64, f64)>> {
    predictions.iter().map(|one| one.interval_ms.map(|interval| (interval.low, interval.high))).collect()
}
