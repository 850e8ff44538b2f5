//! What an evaluation reports.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use tenshot_onnx_models::{Architecture, Space};

use super::{LeaveOut, ReferenceChoice};
use crate::help::Parts;
use crate::methods::MethodName;
use crate::metrics::{Statistic, coverage_90, kendall, mape, spearman, width_90, within};
use crate::prediction::{Prediction, interval_pairs};

/// The outcome of an evaluation. Every statistic is over repeats.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The space.
    pub space: Space,
    /// The method.
    pub method: MethodName,
    /// Which parts of `help` were on, where some were left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<Parts>,
    /// Measurements per device.
    pub shots: usize,
    /// How the references were chosen.
    pub references: ReferenceChoice,
    /// How many runs: each has a reference set, or a seed, or training devices of its own.
    pub repeats: usize,
    /// Positions of the architectures that were predicted, in the pool.
    pub queries: Range<usize>,
    /// The seed of everything random.
    pub seed: u64,
    /// Devices that were trained on; none where they differ from target to target.
    pub train: Vec<String>,
    /// What was left out of training for each target, where every device was one in turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leave_out: Option<LeaveOut>,
    /// How many devices were trained on, where these were drawn at random.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool_size: Option<usize>,
    /// Devices that were tested on.
    pub devices: Vec<DeviceReport>,
    /// Means over the devices.
    pub mean: Scores,
}

/// The scores on one device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeviceReport {
    /// The device.
    pub device: String,
    /// Its scores.
    #[serde(flatten)]
    pub scores: Scores,
    /// The predictions of the first repeat, where they were to be kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub predictions: Vec<QueryPrediction>,
}

/// A predicted architecture.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct QueryPrediction {
    /// The architecture.
    pub architecture: Architecture,
    /// Its measured latency in milliseconds.
    pub measured_ms: f64,
    /// Its predicted latency.
    #[serde(flatten)]
    pub predicted: Prediction,
}

/// How good predictions are, over repeats.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// Spearman's rank correlation.
    pub spearman: Statistic,
    /// Kendall's tau-b.
    pub kendall: Statistic,
    /// Mean absolute relative error, a fraction, without architectures that do no work, whose
    /// published latencies are near zero on some devices.
    pub mape: Statistic,
    /// The same with them.
    pub mape_all: Statistic,
    /// Share of predictions within 5%.
    pub within_5: Statistic,
    /// Share of predictions within 10%.
    pub within_10: Statistic,
    /// Share of measured latencies inside the 90% interval, where the method has intervals.
    pub coverage_90: Option<Statistic>,
    /// Median width of the 90% interval relative to the measured latency.
    pub width_90: Option<Statistic>,
}

/// How many numbers a run has: the fields of [`Scores`].
const NUMBERS: usize = 8;

/// The scores of a single run, in the order of the fields of [`Scores`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct RunScores([Option<f64>; NUMBERS]);

impl RunScores {
    /// Compares predictions with what was measured; `works` says which architectures do work.
    pub(super) fn of(predictions: &[Prediction], measured: &[f64], works: &[bool]) -> Self {
        let predicted: Vec<f64> = predictions.iter().map(|prediction| prediction.mean_ms).collect();
        let working = |values: &[f64]| -> Vec<f64> {
            values.iter().zip(works).filter(|(_, works)| **works).map(|(value, _)| *value).collect()
        };
        let intervals = interval_pairs(predictions);
        Self([
            Some(spearman(&predicted, measured)),
            Some(kendall(&predicted, measured)),
            Some(mape(&working(&predicted), &working(measured))),
            Some(mape(&predicted, measured)),
            Some(within(&predicted, measured, 0.05)),
            Some(within(&predicted, measured, 0.10)),
            intervals.as_ref().map(|intervals| coverage_90(intervals, measured)),
            intervals.as_ref().map(|intervals| width_90(intervals, measured)),
        ])
    }

    /// The mean over the devices of one repeat; a number that one of them lacks is `None`.
    pub(super) fn mean(devices: &[Self]) -> Self {
        let number = |number: usize| {
            let values: Option<Vec<f64>> = devices.iter().map(|device| device.0[number]).collect();
            values.and_then(|values| Statistic::of(&values)).map(|statistic| statistic.mean)
        };
        Self(std::array::from_fn(number))
    }
}

impl Scores {
    /// The statistics over repeats; `None` where there are no repeats.
    pub(super) fn over(repeats: &[RunScores]) -> Option<Self> {
        let statistic = |number: usize| {
            let values: Option<Vec<f64>> = repeats.iter().map(|repeat| repeat.0[number]).collect();
            Statistic::of(&values?)
        };
        Some(Self {
            spearman: statistic(0)?,
            kendall: statistic(1)?,
            mape: statistic(2)?,
            mape_all: statistic(3)?,
            within_5: statistic(4)?,
            within_10: statistic(5)?,
            coverage_90: statistic(6),
            width_90: statistic(7),
        })
    }
}
