//! `layerwise`: the latency of a network as the sum of its blocks'.

use std::collections::BTreeMap;
use std::sync::Arc;

use tenshot_onnx_models::{Architecture, Block, BlockTable, Kernel, Space, for_each_block, kernel_table};

use super::{AdaptError, AdaptedMethod, MethodName, TrainedMethod, check_space};
use crate::prediction::Prediction;
use crate::support::Support;

/// Sweeps over the blocks, at most.
const SWEEPS: usize = 2_000;
/// A sweep that changes no block's latency by more than this share of the mean is the last.
const TOLERANCE: f64 = 1e-9;

/// The look-up table of layers: latencies of blocks, added up. Without per-node profiles the
/// blocks' latencies are the non-negative least squares solution on the measurements: those whose
/// sums come closest to the measured networks. Blocks that no measured network has count nothing.
/// It learns nothing from other devices and has no intervals.
#[derive(Debug, Clone)]
pub struct Layerwise {
    flops: Arc<BlockTable<f64>>,
}

impl Layerwise {
    /// The method for a space in its default form.
    pub fn new(space: Space) -> Self {
        let flops = |kernels: Vec<Kernel>| kernels.iter().map(|kernel| kernel.flops as f64).sum();
        Self { flops: Arc::new(kernel_table(space).map(flops)) }
    }
}

impl TrainedMethod for Layerwise {
    fn name(&self) -> MethodName {
        MethodName::Layerwise
    }

    fn space(&self) -> Space {
        self.flops.space()
    }

    fn adapt(&self, support: &Support) -> Result<Box<dyn AdaptedMethod>, AdaptError> {
        check_space(support, self.space())?;
        let form = self.flops.form();
        let mut columns: BTreeMap<Block, Vec<f64>> = BTreeMap::new();
        let measured = support.architectures();
        for (row, architecture) in measured.iter().enumerate() {
            for_each_block(architecture, form, |block, times| {
                let column = columns.entry(block).or_insert_with(|| vec![0.0; measured.len()]);
                column[row] += times as f64;
            });
        }
        let (blocks, columns): (Vec<Block>, Vec<Vec<f64>>) = columns.into_iter().unzip();
        let latencies = non_negative_least_squares(&columns, &support.latencies_ms());
        let latencies: BTreeMap<Block, f64> = blocks.into_iter().zip(latencies).collect();
        let of_block = |block| latencies.get(&block).copied().unwrap_or(0.0);
        Ok(Box::new(LatencyTable(BlockTable::new(self.space(), form, of_block))))
    }

    fn expected_cost(&self, architectures: &[Architecture]) -> Vec<f64> {
        architectures.iter().map(|architecture| self.flops.sum(architecture)).collect()
    }
}

/// Latencies of blocks in milliseconds.
#[derive(Debug, Clone)]
struct LatencyTable(BlockTable<f64>);

impl AdaptedMethod for LatencyTable {
    fn predict(&self, architectures: &[Architecture]) -> Vec<Prediction> {
        let prediction = |one| Prediction { mean_ms: self.0.sum(one), interval_ms: None };
        architectures.iter().map(prediction).collect()
    }
}

/// The x >= 0 whose combination of columns comes closest to `target`, by cyclic coordinate
/// descent: every step is the best value of one unknown while the others stand still.
fn non_negative_least_squares(columns: &[Vec<f64>], target: &[f64]) -> Vec<f64> {
    let mut solution = vec![0.0; columns.len()];
    let mut residual = target.to_vec();
    let squares: Vec<f64> = columns.iter().map(|column| dot(column, column)).collect();
    let size = target.iter().sum::<f64>() / target.len().max(1) as f64;
    for _ in 0..SWEEPS {
        let mut largest_step = 0.0_f64;
        for ((unknown, column), square) in solution.iter_mut().zip(columns).zip(&squares) {
            if *square == 0.0 {
                continue;
            }
            let better = f64::max(*unknown + dot(column, &residual) / square, 0.0);
            let step = better - *unknown;
            residual.iter_mut().zip(column).for_each(|(rest, count)| *rest -= step * count);
            *unknown = better;
            largest_step = largest_step.max(step.abs());
        }
        if largest_step <= TOLERANCE * size {
            break;
        }
    }
    solution
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::SupportMeasurement;

    #[test]
    fn unknowns_stay_at_zero_rather_than_below() {
        let columns = [vec![1.0, 0.0, 1.0], vec![0.0, 1.0, 1.0]];
        let exact = non_negative_least_squares(&columns, &[2.0, 3.0, 5.0]);
        assert!((exact[0] - 2.0).abs() < 1e-6 && (exact[1] - 3.0).abs() < 1e-6, "{exact:?}");
        // Without the bound the second would be negative; with it the first is their mean.
        let bounded = non_negative_least_squares(&columns, &[4.0, -3.0, 0.0]);
        assert!((bounded[0] - 2.0).abs() < 1e-6 && bounded[1] == 0.0, "{bounded:?}");
    }

    #[test]
    fn latencies_that_are_sums_of_blocks_are_found_again() {
        let space = Space::NasBench201;
        let layerwise = Layerwise::new(space);
        let truth = kernel_table(space).map(|kernels| kernels.iter().map(|kernel| kernel.bytes as f64 / 1e7).sum());
        let truth: BlockTable<f64> = truth;
        let architectures = space.sample(1, 140).unwrap();
        let (measured, unseen) = architectures.split_at(100);
        let measurement = |one: &Architecture| SupportMeasurement::new(*one, truth.sum(one));
        let support = Support::new(measured.iter().map(measurement).collect()).unwrap();
        let adapted = layerwise.adapt(&support).unwrap();
        for (prediction, architecture) in adapted.predict(unseen).iter().zip(unseen) {
            let expected = truth.sum(architecture);
            assert!((prediction.mean_ms / expected - 1.0).abs() < 0.01, "{architecture}: {expected}");
        }
    }
}
