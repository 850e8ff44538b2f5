//! What the prior knows of every architecture of an enumerated space: one row each.

use tenshot_onnx_models::spaces::nasbench201::Cell;

use super::features::{COUNTS, operation_counts};
use super::simulated::IN_PRIOR;
use crate::sources::SourceTable;

/// Per-architecture knowledge of a pool, in the canonical order of the space.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    sources: SourceTable,
    simulated_mean: Vec<f32>,
    counts: Vec<[u8; COUNTS]>,
    /// The rows of the training architectures, in the pool's order.
    training: Vec<usize>,
    moments: Moments,
}

/// Means and variances of columns over the training architectures.
#[derive(Debug, Clone)]
pub(crate) struct Moments {
    pub(crate) sources: Vec<(f64, f64)>,
    pub(crate) counts: [(f64, f64); COUNTS],
    /// The simulated devices' variances, summed.
    pub(crate) simulated_variance: f64,
    /// How many simulated devices there are.
    pub(crate) simulated_devices: usize,
}

impl Table {
    /// The table of an enumerated space; `None` where a column does not have one value per
    /// architecture, or there is no such training row.
    pub(crate) fn new(
        sources: SourceTable,
        simulated_mean: Vec<f32>,
        simulated_variance: f64,
        training: Vec<usize>,
    ) -> Option<Self> {
        let counts: Vec<[u8; COUNTS]> = sources.space().enumerate()?.map(|one| operation_counts(&one)).collect();
        let rows = counts.len();
        let fits = simulated_mean.len() == rows && !training.is_empty() && training.iter().all(|&row| row < rows);
        if !fits {
            return None;
        }
        let source = |source: usize| moments(training.iter().map(|&row| f64::from(sources.row(row)[source])));
        let count = |count: usize| moments(training.iter().map(|&row| f64::from(counts[row][count])));
        let moments = Moments {
            sources: (0..sources.count()).map(source).collect(),
            counts: std::array::from_fn(count),
            simulated_variance,
            simulated_devices: IN_PRIOR,
        };
        Some(Self { sources, simulated_mean, counts, training, moments })
    }

    /// The sources with their relative latencies.
    pub(crate) fn source_table(&self) -> &SourceTable {
        &self.sources
    }

    /// Latencies by the sources' predictors, relative to their means.
    pub(crate) fn sources(&self, row: usize) -> &[f32] {
        self.sources.row(row)
    }

    /// The mean simulated device's relative latency, for all rows.
    pub(crate) fn simulated_means(&self) -> &[f32] {
        &self.simulated_mean
    }

    /// The mean simulated device's relative latency.
    pub(crate) fn simulated_mean(&self, row: usize) -> f32 {
        self.simulated_mean[row]
    }

    /// Operation counts.
    pub(crate) fn counts(&self, row: usize) -> &[u8; COUNTS] {
        &self.counts[row]
    }

    /// The rows of the training architectures.
    pub(crate) fn training(&self) -> &[usize] {
        &self.training
    }

    /// The training rows of cells that do work.
    pub(crate) fn live_training(&self) -> Vec<usize> {
        let is_live = |&row: &usize| Cell::from_ordinal(row).is_some_and(|cell| !cell.is_dead());
        self.training.iter().copied().filter(is_live).collect()
    }

    /// Means and variances over the training architectures.
    pub(crate) fn moments(&self) -> &Moments {
        &self.moments
    }
}

fn moments(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let count = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / count;
    (mean, values.map(|value| (value - mean).powi(2)).sum::<f64>() / count)
}
