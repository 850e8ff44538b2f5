//! Source devices: what each device of a pool is expected to take for every architecture.

mod block_features;
mod blocks;
mod cell_distance;
mod cells;
mod ridge;
mod simplex;

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tenshot_onnx_models::spaces::nasbench201::Cell;
use tenshot_onnx_models::{Architecture, Space, with_space};

use crate::block_columns::BlockColumns;
use crate::pool::{Platform, Pool, PoolDevice, latency_hash};
use crate::spaces::{ModelledBy, PredictorSpace};
use crate::train_error::TrainError;
use cells::{CellDistances, predict_sources};

/// The fewest training architectures that source predictors are fitted on.
pub const FEWEST_TRAINING: usize = 20;

/// A source device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceFacts {
    /// The device's name.
    pub name: String,
    /// Its model; devices of one model differ in a setting, such as the batch size.
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
        let latencies_ms = training_latencies(pool, device);
        Self {
            name: device.name.clone(),
            model: device.model.clone(),
            platform: device.platform.clone(),
            mean_ms: mean(latencies_ms.iter().copied()),
            latencies_sha256: latency_hash(latencies_ms),
        }
    }
}

/// Predicted latencies of every architecture of a space on each source device, relative to the
/// device's mean over the training architectures. Cheap to clone.
#[derive(Debug, Clone)]
pub struct SourceTable {
    space: Space,
    facts: Arc<Vec<SourceFacts>>,
    relative: Relative,
    held_out: Option<Arc<HeldOut>>,
}

/// Relative latencies by source.
#[derive(Debug, Clone)]
pub(crate) enum Relative {
    /// Of an enumerated space: row by row in its canonical order.
    Enumerated(Arc<Vec<f32>>),
    /// Of a space whose architectures are too many: by block.
    Blocks(Arc<BlockColumns>),
}

/// Leave-one-out predictions of the training architectures: each without its own measurement.
/// They are known from fitting alone, and are not stored.
#[derive(Debug)]
pub(crate) struct HeldOut {
    /// Row by row in the order of [`training_of`] the pool's devices.
    pub(crate) relative: Vec<f64>,
}

impl SourceTable {
    /// Fits a predictor for each of `devices`, devices of `pool`, on their latencies of the
    /// pool's training architectures alone.
    ///
    /// # Errors
    /// No devices, or too few training architectures.
    pub fn fit(pool: &Pool, devices: &[&PoolDevice]) -> Result<Self, TrainError> {
        let count = pool.ranges().training.len();
        if devices.is_empty() {
            return Err(TrainError::NoDevices);
        }
        if count < FEWEST_TRAINING {
            return Err(TrainError::TooFew { found: count, fewest: FEWEST_TRAINING });
        }
        let space = pool.space();
        let (relative, held_out) = match with_space!(space, S => S::MODELLED_BY) {
            ModelledBy::Cell => (Relative::Enumerated(Arc::new(fit_cells(pool, devices)?)), None),
            ModelledBy::Block => {
                let (columns, held_out) = blocks::fit(pool, devices).ok_or(TrainError::Space { space })?;
                (Relative::Blocks(Arc::new(columns)), Some(Arc::new(held_out)))
            }
        };
        let facts = devices.iter().map(|device| SourceFacts::of(pool, device));
        Ok(Self { space, facts: Arc::new(facts.collect()), relative, held_out })
    }

    /// The table as it was stored; `None` where it does not have one number per device and
    /// architecture (or block).
    pub(crate) fn from_parts(space: Space, facts: Vec<SourceFacts>, relative: Relative) -> Option<Self> {
        let fits = match &relative {
            Relative::Enumerated(rows) => rows.len() as u128 == facts.len() as u128 * space.size(),
            Relative::Blocks(columns) => columns.width() == facts.len() && columns.numbers().space() == space,
        };
        (fits && !facts.is_empty()).then(|| Self { space, facts: Arc::new(facts), relative, held_out: None })
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

    /// All relative latencies.
    pub(crate) fn all(&self) -> &Relative {
        &self.relative
    }

    /// Leave-one-out predictions of the training architectures, where the table was just fitted and
    /// its own predictions of them are not leave-one-out already.
    pub(crate) fn held_out(&self) -> Option<&HeldOut> {
        self.held_out.as_deref()
    }

    /// The relative latencies of a row of an enumerated space on all sources.
    pub(crate) fn relative_row(&self, row: usize) -> Option<&[f32]> {
        let count = self.count();
        match &self.relative {
            Relative::Enumerated(rows) => rows.get(row * count..(row + 1) * count),
            Relative::Blocks(_) => None,
        }
    }

    /// Relative latencies of an architecture on all sources; `None` for one of another space.
    pub(crate) fn row(&self, architecture: &Architecture) -> Option<Vec<f64>> {
        match &self.relative {
            Relative::Enumerated(_) => {
                let row = self.relative_row(row_of(architecture)?)?;
                Some(row.iter().map(|&value| f64::from(value)).collect())
            }
            Relative::Blocks(columns) => (architecture.space() == self.space).then(|| columns.row(architecture)),
        }
    }

    /// Relative latencies of architectures on one source; not a number for those of another
    /// space.
    pub fn relative(&self, source: usize, architectures: &[Architecture]) -> Vec<f64> {
        architectures.iter().map(|one| self.row(one).map_or(f64::NAN, |row| row[source])).collect()
    }

    /// Mean relative latencies of architectures over all sources.
    pub fn mean_relative(&self, architectures: &[Architecture]) -> Vec<f64> {
        let of_row = |row: Vec<f64>| mean(row.into_iter());
        architectures.iter().map(|one| self.row(one).map_or(f64::NAN, of_row)).collect()
    }
}

/// Relative latencies of all cells on `devices`, row by row.
fn fit_cells(pool: &Pool, devices: &[&PoolDevice]) -> Result<Vec<f32>, TrainError> {
    let unsupported = || TrainError::Space { space: pool.space() };
    let rows: Vec<usize> = shared_training(pool).iter().map(row_of).collect::<Option<_>>().ok_or_else(unsupported)?;
    let all = pool.space().enumerate().into_iter().flatten();
    let cells: Vec<Cell> = all.filter_map(|one| one.as_cell().copied()).collect();
    let measured: Vec<Vec<f64>> = devices.iter().map(|device| training_latencies(pool, device).to_vec()).collect();
    let predicted = predict_sources(&CellDistances::new(&cells, &rows), &measured);
    let means: Vec<f64> = predicted.iter().map(|of_device| mean(rows.iter().map(|&row| of_device[row]))).collect();
    let relative = (0..cells.len())
        .flat_map(|row| predicted.iter().zip(&means).map(move |(of_device, mean)| (of_device[row] / mean) as f32));
    Ok(relative.collect())
}

/// The training architectures that all devices share.
fn shared_training(pool: &Pool) -> &[Architecture] {
    &pool.architectures()[pool.ranges().training.clone()]
}

/// The training architectures of a device.
pub(crate) fn training_architectures<'a>(pool: &'a Pool, device: &'a PoolDevice) -> &'a [Architecture] {
    &pool.architectures_of(device)[pool.ranges().training.clone()]
}

/// A device's latencies of its training architectures, in milliseconds.
pub(crate) fn training_latencies<'a>(pool: &Pool, device: &'a PoolDevice) -> &'a [f64] {
    &device.latencies_ms[pool.ranges().training.clone()]
}

/// All training architectures of some devices, and which of them each device measured.
pub(crate) fn training_of(pool: &Pool, devices: &[&PoolDevice]) -> (Vec<Architecture>, Vec<Range<usize>>) {
    if pool.is_shared() {
        let shared = shared_training(pool);
        return (shared.to_vec(), vec![0..shared.len(); devices.len()]);
    }
    let count = pool.ranges().training.len();
    let measured = (0..devices.len()).map(|device| device * count..(device + 1) * count).collect();
    let architectures = devices.iter().flat_map(|device| training_architectures(pool, device));
    (architectures.copied().collect(), measured)
}

/// The row of an architecture in tables of its space; `None` where the space has no tables.
pub(crate) fn row_of(architecture: &Architecture) -> Option<usize> {
    architecture.as_cell().map(Cell::ordinal)
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0usize), |(sum, count), value| (sum + value, count + 1));
    sum / count as f64
}
