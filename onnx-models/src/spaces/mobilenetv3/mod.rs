//! MobileNetV3, the space of Once-for-All (Cai et al., ICLR 2020): resolution, depths of five
//! stages, and kernel size and expansion of up to twenty blocks.

mod parse;

use std::fmt;

use rand_xoshiro::Xoshiro256PlusPlus;

pub use parse::{Key, MobileNetV3Error};

use crate::spaces::draw::choose;

/// An inverted residual: 1x1 convolution, depthwise convolution, 1x1 convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MbConv {
    /// Height and width of the depthwise kernel: 3, 5 or 7.
    pub kernel: usize,
    /// Channels of the depthwise convolution, as a multiple of the input's: 3, 4 or 6.
    pub expansion: usize,
}

/// An architecture. What is written for positions beyond a stage's depth is ignored, so equal
/// networks are equal.
///
/// It is displayed as one line of JSON with the keys of the published files, in which every
/// unused position has kernel size 3 and expansion 3 ([`Network::UNUSED`]):
///
/// ```
/// use tenshot_onnx_models::spaces::mobilenetv3::Network;
///
/// let network = Network::new(160, [2, 2, 2, 2, 3], [5; 20], [4; 20])?;
/// assert_eq!(
///     network.to_string(),
///     r#"{"ks":[5,5,3,3,5,5,3,3,5,5,3,3,5,5,3,3,5,5,5,3],"e":[4,4,3,3,4,4,3,3,4,4,3,3,4,4,3,3,4,4,4,3],"d":[2,2,2,2,3],"r":160}"#
/// );
/// assert_eq!(network.to_string().parse(), Ok(network));
/// # Ok::<(), tenshot_onnx_models::spaces::mobilenetv3::MobileNetV3Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Network {
    resolution: u8,
    depths: [u8; Network::STAGES],
    kernels: [u8; Network::POSITIONS],
    expansions: [u8; Network::POSITIONS],
}

impl Network {
    /// The stages.
    pub const STAGES: usize = 5;

    /// The most blocks of a stage.
    pub const MAXIMUM_DEPTH: usize = 4;

    /// The positions of blocks, [`Network::MAXIMUM_DEPTH`] a stage.
    pub const POSITIONS: usize = Self::STAGES * Self::MAXIMUM_DEPTH;

    /// What is written for a position without a block.
    pub const UNUSED: MbConv = MbConv { kernel: 3, expansion: 3 };

    /// How many distinct architectures there are: 25 resolutions, and for each of five stages
    /// two, three or four blocks of nine kinds.
    pub const COUNT: u128 = 25 * (9_u128.pow(2) + 9_u128.pow(3) + 9_u128.pow(4)).pow(5);

    /// The height and width of images, in pixels.
    #[must_use]
    pub const fn resolution(&self) -> usize {
        self.resolution as usize
    }

    /// The blocks of each stage.
    #[must_use]
    pub fn depths(&self) -> [usize; Self::STAGES] {
        self.depths.map(usize::from)
    }

    /// The block at a position; nothing where the position is unused. Stage s (from 0) has the
    /// positions from 4 s to 4 s + 3.
    #[must_use]
    pub fn block(&self, position: usize) -> Option<MbConv> {
        let depth = self.depths.get(position / Self::MAXIMUM_DEPTH)?;
        if position % Self::MAXIMUM_DEPTH >= usize::from(*depth) {
            return None;
        }
        Some(MbConv { kernel: self.kernels[position].into(), expansion: self.expansions[position].into() })
    }

    /// The positions in use with their blocks, from the input on.
    pub fn blocks(&self) -> impl Iterator<Item = (usize, MbConv)> {
        (0..Self::POSITIONS).filter_map(|position| Some((position, self.block(position)?)))
    }

    /// An architecture of which every setting is drawn uniformly by itself, as Once-for-All
    /// samples. (Architectures drawn uniformly would nearly all be of the greatest depth.)
    #[cfg_attr(not(test), expect(dead_code, reason = "until `Space::sample` draws it"))]
    pub(crate) fn random(generator: &mut Xoshiro256PlusPlus) -> Self {
        let mut network = Self {
            resolution: choose(generator, &RESOLUTIONS),
            depths: std::array::from_fn(|_| choose(generator, &DEPTHS)),
            kernels: [0; Self::POSITIONS],
            expansions: [0; Self::POSITIONS],
        };
        network.kernels.fill_with(|| choose(generator, &KERNELS));
        network.expansions.fill_with(|| choose(generator, &EXPANSIONS));
        network.canonical()
    }

    /// With [`Network::UNUSED`] at every unused position.
    fn canonical(mut self) -> Self {
        let positions =
            self.kernels.chunks_mut(Self::MAXIMUM_DEPTH).zip(self.expansions.chunks_mut(Self::MAXIMUM_DEPTH));
        for ((kernels, expansions), depth) in positions.zip(self.depths) {
            kernels.iter_mut().skip(depth.into()).for_each(|kernel| *kernel = KERNELS[0]);
            expansions.iter_mut().skip(depth.into()).for_each(|expansion| *expansion = EXPANSIONS[0]);
        }
        self
    }
}

const DEPTHS: [u8; 3] = [2, 3, 4];
/// The first is that of [`Network::UNUSED`].
const KERNELS: [u8; 3] = [3, 5, 7];
/// The first is that of [`Network::UNUSED`].
const EXPANSIONS: [u8; 3] = [3, 4, 6];
/// 128 to 224 in steps of 4.
const RESOLUTIONS: [u8; 25] = {
    let mut resolutions = [128; 25];
    let mut i = 1;
    while i < resolutions.len() {
        resolutions[i] = resolutions[i - 1] + 4;
        i += 1;
    }
    resolutions
};

impl fmt::Display for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [kernels, expansions, depths] = [&self.kernels[..], &self.expansions, &self.depths].map(list);
        write!(formatter, r#"{{"ks":{kernels},"e":{expansions},"d":{depths},"r":{}}}"#, self.resolution)
    }
}

fn list(numbers: &[u8]) -> String {
    let numbers: Vec<_> = numbers.iter().map(ToString::to_string).collect();
    format!("[{}]", numbers.join(","))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rand_xoshiro::rand_core::SeedableRng;

    use super::*;

    #[test]
    fn the_space_has_its_settings() {
        assert_eq!((RESOLUTIONS[0], RESOLUTIONS[24]), (128, 224));
        assert_eq!(Network::UNUSED, MbConv { kernel: KERNELS[0].into(), expansion: EXPANSIONS[0].into() });
        assert_eq!(Network::COUNT, 543_966_387_314_312_146_275);
    }

    #[test]
    fn blocks_are_those_within_the_depths() {
        let network = Network::new(128, [2, 3, 4, 2, 2], [7; 20], [6; 20]).unwrap();
        let positions: Vec<_> = network.blocks().map(|(position, _)| position).collect();
        assert_eq!(positions, [0, 1, 4, 5, 6, 8, 9, 10, 11, 12, 13, 16, 17]);
        assert_eq!(network.block(1), Some(MbConv { kernel: 7, expansion: 6 }));
        assert_eq!((network.block(2), network.block(20)), (None, None));
    }

    #[test]
    fn draws_reach_every_setting() {
        let mut generator = Xoshiro256PlusPlus::seed_from_u64(0);
        let drawn: Vec<_> = (0..500).map(|_| Network::random(&mut generator)).collect();
        assert_eq!(drawn.iter().map(Network::resolution).collect::<HashSet<_>>().len(), 25);
        for stage in 0..Network::STAGES {
            assert_eq!(drawn.iter().map(|network| network.depths()[stage]).collect::<HashSet<_>>().len(), 3);
        }
        for position in 0..Network::POSITIONS {
            let blocks: HashSet<_> = drawn.iter().filter_map(|network| network.block(position)).collect();
            assert_eq!(blocks.len(), 9, "position {position}");
        }
    }
}
