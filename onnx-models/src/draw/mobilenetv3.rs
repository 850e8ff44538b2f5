//! A network of MobileNetV3's space as a chain of blocks.

use super::Drawn;
use super::inverted_residuals::{self, Block, Chain, Stage};
use super::sheet::Drawing;
use crate::networks::Form;
use crate::networks::mobilenetv3::{SQUEEZE_EXCITE, STEM_STRIDE, STRIDES, Widths};
use crate::spaces::mobilenetv3::Network;

/// With this form's widths, and the fixed first block as a stage before the five.
pub(super) fn chain(network: &Network, form: Form) -> Chain {
    let widths = Widths::of(form);
    let fixed = Block::InvertedResidual { kernel: 3, expansion: 1, groups: 1, squeeze_excite: false };
    let mut pixels = network.resolution().div_ceil(STEM_STRIDE);
    let fixed = Stage { channels: widths.fixed, pixels, halves: false, positions: vec![Some(fixed)] };
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
        Stage { channels: widths.stages[stage], pixels, halves: STRIDES[stage] == 2, positions }
    };
    let stages = [fixed].into_iter().chain((0..Network::STAGES).map(stage)).collect();
    Chain { name: format!("MobileNetV3 at resolution {}", network.resolution()), stages }
}

impl Drawn for Network {
    fn drawing(&self, form: Form) -> Drawing {
        inverted_residuals::drawing(&chain(self, form))
    }
}
