//! Source predictors of spaces too large to list: ridge regressions on the features of an
//! architecture's blocks, so that a source is one number per block.

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use super::block_features::BlockFeatures;
use super::ridge::{Regression, Ridge};
use super::{HeldOut, mean, training_latencies, training_of};
use crate::block_columns::{BlockColumns, BlockNumbers};
use crate::pool::{Pool, PoolDevice};

/// Relative latencies on `devices` by block, and leave-one-out predictions of all training
/// architectures. `None` where a regression has no solution.
pub(super) fn fit(pool: &Pool, devices: &[&PoolDevice]) -> Option<(BlockColumns, HeldOut)> {
    let numbers = BlockNumbers::of(pool.space());
    let features = BlockFeatures::of(&numbers);
    let (architectures, measured) = training_of(pool, devices);
    let rows: Vec<Vec<f64>> = architectures.iter().map(|one| features.row(&numbers, one)).collect();
    // Devices that measured the same architectures share what does not depend on latencies.
    let mut designs = measured.clone();
    designs.dedup();
    let ridges: Vec<Option<Ridge>> = designs.par_iter().map(|range| Ridge::new(&rows[range.clone()])).collect();
    let mut sources = Vec::with_capacity(devices.len());
    for (device, range) in devices.iter().zip(&measured) {
        let design = designs.iter().position(|other| other == range)?;
        let regression = ridges[design].as_ref()?.fit(training_latencies(pool, device));
        let mut predicted: Vec<f64> = rows.iter().map(|row| predict(&regression, row)).collect();
        predicted[range.clone()].copy_from_slice(&regression.held_out);
        let mean = mean(predicted.iter().copied());
        let by_block = features.weigh(&regression.weights).into_iter().map(|value| value / mean).collect();
        predicted.iter_mut().for_each(|value| *value /= mean);
        sources.push(Source { by_block, constant: regression.intercept / mean, held_out: predicted });
    }
    let by_block = |block: usize| sources.iter().map(move |source: &Source| source.by_block[block] as f32);
    let values = (0..numbers.count()).flat_map(by_block).collect();
    let constants = sources.iter().map(|source| source.constant as f32).collect();
    let by_row = |row: usize| sources.iter().map(move |source: &Source| source.held_out[row]);
    let held_out = HeldOut { relative: (0..rows.len()).flat_map(by_row).collect() };
    Some((BlockColumns::new(numbers, values, constants)?, held_out))
}

/// A source's relative latencies.
struct Source {
    by_block: Vec<f64>,
    constant: f64,
    held_out: Vec<f64>,
}

fn predict(regression: &Regression, row: &[f64]) -> f64 {
    regression.intercept + regression.weights.iter().zip(row).map(|(weight, value)| weight * value).sum::<f64>()
}
