//! What source predictors know of a block: features that blocks of one kind share.

use std::collections::HashMap;

use tenshot_onnx_models::{Architecture, with_space};

use crate::block_columns::BlockNumbers;
use crate::spaces::PredictorSpace;

/// The features of every block of a space.
pub(super) struct BlockFeatures {
    /// By block: which features it has, and their values.
    by_block: Vec<Vec<(usize, f64)>>,
    width: usize,
}

impl BlockFeatures {
    pub(super) fn of(numbers: &BlockNumbers) -> Self {
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut place = |name: String| {
            let next = known.len();
            *known.entry(name).or_insert(next)
        };
        let blocks = numbers.blocks();
        let named = with_space!(numbers.space(), S => S::block_features);
        let by_block = blocks.iter().map(|block| {
            named(block).into_iter().map(|(name, value)| (place(name), value)).collect::<Vec<(usize, f64)>>()
        });
        let by_block: Vec<_> = by_block.collect();
        Self { by_block, width: known.len() }
    }

    /// The features of an architecture: the sums of its blocks'.
    pub(super) fn row(&self, numbers: &BlockNumbers, architecture: &Architecture) -> Vec<f64> {
        let mut row = vec![0.0; self.width];
        numbers.for_each(architecture, |number, times| {
            self.by_block[number].iter().for_each(|&(feature, value)| row[feature] += value * times);
        });
        row
    }

    /// What each block adds to the latency, given the weights of the features.
    pub(super) fn weigh(&self, weights: &[f64]) -> Vec<f64> {
        let of_block =
            |features: &Vec<(usize, f64)>| features.iter().map(|&(feature, value)| value * weights[feature]).sum();
        self.by_block.iter().map(of_block).collect()
    }
}
