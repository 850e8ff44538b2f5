//! The raw columns of architectures, with their moments over the training architectures.

use std::sync::Arc;

use tenshot_onnx_models::Architecture;

use super::raw_columns::{OtherColumns, RawColumns};
use super::simulated::{IN_PRIOR, Simulation};
use crate::block_columns::BlockColumns;
use crate::sources::{Relative, SourceTable};

/// The most training architectures that are kept for the design of references.
const MOST_KEPT: usize = 1_000;

/// What the prior knows of architectures from a pool.
#[derive(Debug, Clone)]
pub(crate) struct TrainingTable {
    rows: Arc<RawColumns>,
    moments: Moments,
    /// Training architectures: all, or where they are many, some at even distances.
    kept: Vec<Architecture>,
}

/// Means and variances over the training architectures.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Moments {
    /// Of every raw column.
    pub(crate) columns: Vec<(f64, f64)>,
    /// The simulated devices' variances, summed.
    pub(crate) simulated_variance: f64,
    /// How many simulated devices there are.
    pub(crate) simulated_devices: usize,
}

impl Moments {
    fn new(columns: Vec<(f64, f64)>, simulated_variance: f64) -> Self {
        Self { columns, simulated_variance, simulated_devices: IN_PRIOR }
    }
}

/// Raw columns of training architectures, row by row.
#[derive(Debug, Clone)]
pub(crate) struct TrainingRows {
    width: usize,
    values: Vec<f64>,
}

impl TrainingRows {
    pub(crate) fn count(&self) -> usize {
        self.values.len() / self.width
    }

    pub(crate) fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.width..(row + 1) * self.width]
    }

    fn moments(&self) -> Vec<(f64, f64)> {
        (0..self.width).map(|column| moments((0..self.count()).map(|row| self.row(row)[column]))).collect()
    }
}

impl TrainingTable {
    /// The table of freshly fitted sources with all rows of the training architectures; `None`
    /// where those are of another space.
    pub(crate) fn train(
        sources: &SourceTable,
        simulation: &Simulation,
        training: &[Architecture],
    ) -> Option<(Self, TrainingRows)> {
        let other = other_columns(sources, simulation, training)?;
        let rows = RawColumns::new(sources.clone(), other)?;
        let mut values = Vec::with_capacity(training.len() * rows.width());
        for architecture in training {
            values.extend(rows.raw(architecture)?);
        }
        let mut training_rows = TrainingRows { width: rows.width(), values };
        if let Some(held_out) = sources.held_out() {
            let held_out = held_out.relative.chunks(sources.count());
            for (row, held_out) in training_rows.values.chunks_mut(rows.width()).zip(held_out) {
                row[..held_out.len()].copy_from_slice(held_out);
            }
        }
        let moments = Moments::new(training_rows.moments(), simulation.variance(training));
        let kept = match sources.all() {
            Relative::Enumerated(_) => training.to_vec(),
            Relative::Blocks(_) => evenly(training.len(), MOST_KEPT).map(|place| training[place]).collect(),
        };
        Some((Self { rows: Arc::new(rows), moments, kept }, training_rows))
    }

    /// The table of an enumerated space as it was stored; `None` where the parts do not fit.
    pub(crate) fn of_cells(
        sources: SourceTable,
        simulated_mean: Vec<f32>,
        simulated_variance: f64,
        training: Vec<Architecture>,
    ) -> Option<Self> {
        let rows = RawColumns::new(sources, OtherColumns::Cells { simulated_mean })?;
        let values: Option<Vec<Vec<f64>>> = training.iter().map(|one| rows.raw(one)).collect();
        let training_rows = TrainingRows { width: rows.width(), values: values?.concat() };
        if training.is_empty() {
            return None;
        }
        Some(Self {
            rows: Arc::new(rows),
            moments: Moments::new(training_rows.moments(), simulated_variance),
            kept: training,
        })
    }

    /// The table of a space by blocks as it was stored; `None` where the parts do not fit.
    pub(crate) fn of_blocks(
        sources: SourceTable,
        simulated: BlockColumns,
        moments: Vec<(f64, f64)>,
        simulated_variance: f64,
        kept: Vec<Architecture>,
    ) -> Option<Self> {
        let rows = RawColumns::new(sources, OtherColumns::Blocks { simulated })?;
        let fits = moments.len() == rows.width() && kept.iter().all(|one| one.space() == rows.sources().space());
        fits.then(|| Self { rows: Arc::new(rows), moments: Moments::new(moments, simulated_variance), kept })
    }

    pub(crate) fn rows(&self) -> &RawColumns {
        &self.rows
    }

    /// The raw columns, shared.
    pub(crate) fn shared_rows(&self) -> Arc<RawColumns> {
        Arc::clone(&self.rows)
    }

    /// Means and variances over the training architectures.
    pub(crate) fn moments(&self) -> &Moments {
        &self.moments
    }

    /// Training architectures.
    pub(crate) fn kept(&self) -> &[Architecture] {
        &self.kept
    }
}

/// The columns of the space beside those of the sources.
fn other_columns(sources: &SourceTable, simulation: &Simulation, training: &[Architecture]) -> Option<OtherColumns> {
    let mean = simulation.mean();
    match sources.all() {
        Relative::Enumerated(_) => {
            let all: Vec<Architecture> = sources.space().enumerate()?.collect();
            let simulated_mean = simulation.relative(&mean, &all).into_iter().map(|value| value as f32).collect();
            Some(OtherColumns::Cells { simulated_mean })
        }
        Relative::Blocks(columns) => {
            let mut devices = simulation.components(training);
            devices.push(mean);
            let numbers = columns.numbers().clone();
            let of_block = |block: usize| devices.iter().map(move |device| device.by_block[block] as f32);
            let values = (0..numbers.count()).flat_map(of_block).collect();
            let constants = devices.iter().map(|device| device.constant as f32).collect();
            Some(OtherColumns::Blocks { simulated: BlockColumns::new(numbers, values, constants)? })
        }
    }
}

/// At most `most` of `count` positions, evenly spread.
pub(crate) fn evenly(count: usize, most: usize) -> impl Iterator<Item = usize> {
    let kept = count.min(most);
    (0..kept).map(move |place| place * count / kept)
}

fn moments(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let count = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / count;
    (mean, values.map(|value| (value - mean).powi(2)).sum::<f64>() / count)
}
