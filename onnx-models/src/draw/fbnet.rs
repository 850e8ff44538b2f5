//! A network of FBNet's space as a chain of blocks.

use super::chain::{Block, Chain, Stage};
use crate::spaces::fbnet::{Choice, Network};

/// Channels into the first stage, and out of each.
const CHANNELS: [usize; 8] = [16, 16, 24, 32, 64, 112, 184, 352];

/// Height and width into the first stage, and out of each, in the form for images of 32 x 32.
const PIXELS: [usize; 8] = [32, 32, 32, 16, 8, 8, 4, 4];

pub(super) fn chain(network: &Network) -> Chain {
    let mut choices = network.choices().iter();
    let shapes = CHANNELS.windows(2).zip(PIXELS.windows(2)).zip(Network::STAGES);
    let stage = |((channels, pixels), positions): ((&[usize], &[usize]), usize)| {
        let reshapes = channels[0] != channels[1] || pixels[0] != pixels[1];
        let block = |(index, choice): (usize, &Choice)| match choice.mb_conv() {
            Some(block) => Block::InvertedResidual {
                kernel: block.kernel,
                expansion: block.expansion,
                groups: block.groups,
                squeeze_excite: false,
            },
            None if index == 0 && reshapes => Block::Convolution1x1,
            None => Block::Identity,
        };
        let positions = choices.by_ref().take(positions).enumerate().map(block).map(Some).collect();
        Stage { channels: channels[1], pixels: pixels[1], halves: pixels[0] != pixels[1], positions }
    };
    Chain { name: "FBNet".to_owned(), stages: shapes.map(stage).collect() }
}
