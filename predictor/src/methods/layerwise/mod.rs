//! `layerwise`: the latency of a network as the sum of its blocks'.

mod least_squares;
mod profiled;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tenshot_onnx_models::{Architecture, Block, BlockTable, Kernel, Space, all_blocks, for_each_block, kernel_table};

use self::least_squares::non_negative_least_squares;
use super::{AdaptError, AdaptedMethod, MethodName, TrainedMethod, check_space};
use crate::prediction::Prediction;
use crate::support::Support;

pub use profiled::{ProfiledNetwork, ProfilesError};

/// The look-up table of layers: latencies of blocks, added up.
///
/// Where a device profiles whole networks node by node, the blocks' latencies are measured
/// ([`Layerwise::from_profiles`]). Where it measures networks alone, they are the non-negative
/// least squares solution: those whose sums come closest to the measured networks; blocks that no
/// measured network has count nothing. [`LayerTable::origin`] says which it was. It learns nothing
/// from other devices and has no intervals.
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

    /// Fits the blocks' latencies to measured networks.
    ///
    /// # Errors
    /// Measurements of another space.
    pub fn adapt_to(&self, support: &Support) -> Result<LayerTable, AdaptError> {
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
        let blocks_ms = BlockTable::new(self.space(), form, of_block);
        Ok(LayerTable { blocks_ms, rest_ms: 0.0, origin: LayerTimes::Fitted { measurements: measured.len() } })
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
        Ok(Box::new(self.adapt_to(support)?))
    }

    fn expected_cost(&self, architectures: &[Architecture]) -> Vec<f64> {
        architectures.iter().map(|architecture| self.flops.sum(architecture)).collect()
    }
}

/// Where the latencies of blocks come from. It is displayed as a phrase that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LayerTimes {
    /// Per-node profiles of so many networks, which together have every block of the space.
    Profiled {
        /// How many.
        networks: usize,
    },
    /// Non-negative least squares on the latencies of so many whole networks.
    Fitted {
        /// How many.
        measurements: usize,
    },
}

impl fmt::Display for LayerTimes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Profiled { networks: 1 } => formatter.write_str("from the per-node profile of 1 network"),
            Self::Profiled { networks } => write!(formatter, "from per-node profiles of {networks} networks"),
            Self::Fitted { measurements } => {
                write!(formatter, "by non-negative least squares on {measurements} measurements")
            }
        }
    }
}

/// What every block takes on a device: `layerwise` that knows it.
#[derive(Debug, Clone)]
pub struct LayerTable {
    blocks_ms: BlockTable<f64>,
    /// What a network takes beside its blocks.
    rest_ms: f64,
    origin: LayerTimes,
}

impl LayerTable {
    /// From the latencies of all blocks of the form that latencies are those of, in their order; `None` where there
    /// is not one for each.
    pub(crate) fn of_blocks(space: Space, in_order_ms: &[f64], rest_ms: f64, origin: LayerTimes) -> Option<Self> {
        let form = space.latency_form();
        let blocks = all_blocks(space, form);
        let of: BTreeMap<Block, f64> = blocks.iter().copied().zip(in_order_ms.iter().copied()).collect();
        let fits = blocks.len() == in_order_ms.len();
        let of_block = |block| of.get(&block).copied().unwrap_or(0.0);
        fits.then(|| Self { blocks_ms: BlockTable::new(space, form, of_block), rest_ms, origin })
    }

    /// The latencies of all blocks, in their order.
    pub(crate) fn in_order_of_blocks(&self) -> Vec<f64> {
        let blocks = all_blocks(self.blocks_ms.space(), self.blocks_ms.form());
        blocks.iter().map(|block| self.blocks_ms.get(block).copied().unwrap_or(0.0)).collect()
    }

    /// Where the latencies come from.
    pub fn origin(&self) -> LayerTimes {
        self.origin
    }

    /// The latency of one run of each block, in milliseconds.
    pub fn blocks_ms(&self) -> &BlockTable<f64> {
        &self.blocks_ms
    }

    /// What a network takes beside its blocks, in milliseconds: time that a profile gives to no
    /// node of the network; none where the latencies were fitted.
    pub fn rest_ms(&self) -> f64 {
        self.rest_ms
    }
}

impl AdaptedMethod for LayerTable {
    fn predict(&self, architectures: &[Architecture]) -> Vec<Prediction> {
        let is_own = |one: &Architecture| one.space() == self.blocks_ms.space();
        let mean_ms = |one| if is_own(one) { self.rest_ms + self.blocks_ms.sum(one) } else { f64::NAN };
        architectures.iter().map(|one| Prediction { mean_ms: mean_ms(one), interval_ms: None }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::SupportMeasurement;

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
        let adapted = layerwise.adapt_to(&support).unwrap();
        for (prediction, architecture) in adapted.predict(unseen).iter().zip(unseen) {
            let expected = truth.sum(architecture);
            assert!((prediction.mean_ms / expected - 1.0).abs() < 0.01, "{architecture}: {expected}");
        }
        insta::assert_snapshot!(adapted.origin(), @"by non-negative least squares on 100 measurements");
        assert!(adapted.means_ms(&Space::FbNet.sample(0, 1).unwrap())[0].is_nan());
    }
}
