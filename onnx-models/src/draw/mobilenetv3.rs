//! A network of MobileNetV3's space as a chain of blocks.

use super::chain::{Block, Chain, Stage};
use crate::spaces::mobilenetv3::Network;

/// Channels out of the first block, and out of each stage, at width multiplier 1.2.
const CHANNELS: [usize; 6] = [24, 32, 48, 96, 136, 192];

const STRIDES: [usize; Network::STAGES] = [2, 2, 2, 1, 2];

const SQUEEZE_EXCITE: [bool; Network::STAGES] = [false, true, false, true, true];

/// With the fixed first block as a stage before the five.
pub(super) fn chain(network: &Network) -> Chain {
    let first = Block::InvertedResidual { kernel: 3, expansion: 1, groups: 1, squeeze_excite: false };
    let mut pixels = network.resolution().div_ceil(2);
    let first = Stage { channels: CHANNELS[0], pixels, halves: false, positions: vec![Some(first)] };
    let stage = |stage: usize| {
        pixels = pixels.div_ceil(STRIDES[stage]);
        let block = |position| {
            network.block(position).map(|block| Block::InvertedResidual {
                kernel: block.kernel(),
                expansion: block.expansion(),
                groups: 1,
                squeeze_excite: SQUEEZE_EXCITE[stage],
            })
        };
        let start = stage * Network::MAXIMUM_DEPTH;
        let positions = (start..start + Network::MAXIMUM_DEPTH).map(block).collect();
        Stage { channels: CHANNELS[stage + 1], pixels, halves: STRIDES[stage] == 2, positions }
    };
    let stages = [first].into_iter().chain((0..Network::STAGES).map(stage)).collect();
    Chain { name: format!("MobileNetV3 at resolution {}", network.resolution()), stages }
}
