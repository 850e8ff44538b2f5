//! A network of FBNet's space as a chain of blocks.

use super::Drawn;
use super::inverted_residuals::{self, Block, Chain, Stage};
use super::sheet::Drawing;
use crate::networks::Form;
use crate::networks::fbnet::{Layer, layers};
use crate::spaces::fbnet::{Choice, Network};

/// The stages as this form has them.
pub(super) fn chain(network: &Network, form: Form) -> Chain {
    let layers = layers(form);
    let mut positions = network.choices().iter().zip(&layers);
    let stage = |count| {
        let positions: Vec<_> = positions.by_ref().take(count).collect();
        let (channels, pixels) = positions.last().map_or((0, 0), |(_, last)| (last.outputs, last.next().0));
        let halves = positions.iter().any(|(_, layer)| layer.stride == 2);
        let positions = positions.into_iter().map(|(choice, layer)| Some(block(*choice, layer))).collect();
        Stage { channels, pixels, halves, positions }
    };
    Chain { name: "FBNet".to_owned(), stages: Network::STAGES.map(stage).into() }
}

fn block(choice: Choice, layer: &Layer) -> Block {
    match choice.mb_conv() {
        Some(block) => Block::InvertedResidual {
            kernel: block.kernel,
            expansion: block.expansion,
            groups: block.groups,
            squeeze_excite: false,
        },
        None if layer.is_identity(choice) => Block::Identity,
        None => Block::Convolution1x1,
    }
}

impl Drawn for Network {
    fn drawing(&self, form: Form) -> Drawing {
        inverted_residuals::drawing(&chain(self, form))
    }
}
