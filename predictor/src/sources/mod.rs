//! Source devices: what each device of a pool is expected to take for every architecture.

mod cell_distance;
mod fit;
mod simplex;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tenshot_onnx_models::spaces::nasbench201::Cell;
use tenshot_onnx_models::{Architecture, Space};

use crate::pool::{Platform, Pool, PoolDevice, latency_hash};
use fit::{CellDistances, predict_sources};

/// The fewest training architectures that source predictors are fitted on.
pub const FEWEST_TRAINING: usize = 20;

/// A source device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceFacts {
    /// The device's name.
    pub name: String,
    /// The model that it is a setting of.
    pub model: String,
    /// Its kind.
    pub platform: Platform,
    /// Its mean measured latency over the training architectures, in milliseconds.
    pub mean_ms: f64,
    /// SHA-256 of the training latencies.
    pub latencies_sha256: String,
}

impl SourceFacts {
    /// The facts of a device of a pool.
    pub(crate) fn of(pool: &Pool, device: &PoolDevice) -> Self {
        let latencies_ms = &device.latencies_ms[pool.ranges().training.clone()];
        Self {
            name: device.name.clone(),
            model: device.model.clone(),
            platform: device.platform.clone(),
            mean_ms: mean(latencies_ms.iter().copied()),
            latencies_sha256: latency_hash(latencies_ms),
        }
    }
}

/// Predicted latencies of every architecture of an enumerated space on each source device,
/// relative to the device's mean over the training architectures. Cheap to clone.
#[derive(Debug, Clone)]
pub struct SourceTable {
    space: Space,
    facts: Arc<Vec<SourceFacts>>,
    /// Row by row in the canonical order of the space.
    relative: Arc<Vec<f32>>,
}

/// Why nothing could be trained.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum TrainError {
    #[error("there is no device to train on")]
    NoDevices,
    #[error("{count} training architectures are too few; training takes {FEWEST_TRAINING} or more")]
    TooFew { count: usize },
    #[error("space {space} cannot be trained on yet")]
    Space { space: Space },
}

impl SourceTable {
    /// Fits a predictor for each of `devices`, devices of `pool`, on their latencies of the
    /// pool's training architectures alone.
    ///
    /// # Errors
    ///
    /// No devices, or too few training architectures.
    pub fn fit(pool: &Pool, devices: &[&PoolDevice]) -> Result<Self, TrainError> {
        let training = &pool.architectures()[pool.ranges().training.clone()];
        if devices.is_empty() {
            return Err(TrainError::NoDevices);
        }
        if training.len() < FEWEST_TRAINING {
            return Err(TrainError::TooFew { count: training.len() });
        }
        let rows: Option<Vec<usize>> = training.iter().map(row_of).collect();
        let rows = rows.ok_or(TrainError::Space { space: pool.space() })?;
        let all = pool.space().enumerate().into_iter().flatten();
        let cells: Vec<Cell> = all.filter_map(|one| one.as_cell().copied()).collect();
        let measured: Vec<Vec<f64>> =
            devices.iter().map(|device| device.latencies_ms[pool.ranges().training.clone()].to_vec()).collect();
        let predicted = predict_sources(&CellDistances::new(&cells, &rows), &measured);
        let means: Vec<f64> = predicted.iter().map(|of_device| mean(rows.iter().map(|&row| of_device[row]))).collect();
        let relative = (0..cells.len())
            .flat_map(|row| predicted.iter().zip(&means).map(move |(of_device, mean)| (of_device[row] / mean) as f32))
            .collect();
        let facts = devices.iter().map(|device| SourceFacts::of(pool, device));
        Ok(Self { space: pool.space(), facts: Arc::new(facts.collect()), relative: Arc::new(relative) })
    }

    /// The table as it was stored; `None` where it does not have one number per device and
    /// architecture, or an architecture's row would be missing.
    pub(crate) fn from_parts(space: Space, facts: Vec<SourceFacts>, relative: Vec<f32>) -> Option<Self> {
        let fits = !facts.is_empty() && relative.len() as u128 == facts.len() as u128 * space.size();
        fits.then(|| Self { space, facts: Arc::new(facts), relative: Arc::new(relative) })
    }

    /// The table of some of the sources, by position.
    pub fn select(&self, sources: &[usize]) -> Self {
        let facts = sources.iter().map(|&source| self.facts[source].clone()).collect();
        let relative = self.relative.chunks(self.count()).flat_map(|row| sources.iter().map(|&source| row[source]));
        Self { space: self.space, facts: Arc::new(facts), relative: Arc::new(relative.collect()) }
    }

    /// The space.
    pub fn space(&self) -> Space {
        self.space
    }

    /// The source devices.
    pub fn facts(&self) -> &[SourceFacts] {
        &self.facts
    }

    /// How many sources there are.
    pub fn count(&self) -> usize {
        self.facts.len()
    }

    /// The relative latencies of a row on all sources.
    pub(crate) fn row(&self, row: usize) -> &[f32] {
        let count = self.facts.len();
        &self.relative[row * count..(row + 1) * count]
    }

    /// All relative latencies, row by row.
    pub(crate) fn all(&self) -> &[f32] {
        &self.relative
    }

    /// Relative latencies of architectures on one source; not a number for those of another
    /// space.
    pub fn relative(&self, source: usize, architectures: &[Architecture]) -> Vec<f64> {
        let of_row = |row: usize| f64::from(self.row(row)[source]);
        architectures.iter().map(|one| row_of(one).map_or(f64::NAN, of_row)).collect()
    }

    /// Mean relative latencies of architectures over all sources.
    pub fn mean_relative(&self, architectures: &[Architecture]) -> Vec<f64> {
        let of_row = |row: usize| mean(self.row(row).iter().map(|&relative| f64::from(relative)));
        architectures.iter().map(|one| row_of(one).map_or(f64::NAN, of_row)).collect()
    }
}

/// The row of an architecture in tables of its space; `None` where the space has no tables.
pub(crate) fn row_of(architecture: &Architecture) -> Option<usize> {
    architecture.as_cell().map(Cell::ordinal)
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0usize), |(sum, count), value| (sum + value, count + 1));
    sum / count as f64
}
