//! MobileNetV3, the space of Once-for-All (Cai et al., ICLR 2020): resolution, depths of five
//! stages, and kernel size and expansion of up to twenty blocks.

mod parse;

use std::fmt;

use rand_xoshiro::Xoshiro256PlusPlus;

pub use parse::{Key, MobileNetV3Error};

use crate::spaces::SearchSpace;
use crate::spaces::draw::choose;

/// An inverted residual: 1x1 convolution, depthwise convolution, 1x1 convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MbConv {
    kernel: u8,
    expansion: u8,
}

impl MbConv {
    /// All nine, the expansion changing fastest.
    pub const ALL: [Self; 9] = {
        let mut all = [Self { kernel: 0, expansion: 0 }; 9];
        let mut i = 0;
        while i < all.len() {
            all[i] = Self { kernel: KERNELS[i / 3], expansion: EXPANSIONS[i % 3] };
            i += 1;
        }
        all
    };

    /// Height and width of the depthwise kernel: 3, 5 or 7.
    #[must_use]
    pub const fn kernel(&self) -> usize {
        self.kernel as usize
    }

    /// Channels of the depthwise convolution, as a multiple of the input's: 3, 4 or 6.
    #[must_use]
    pub const fn expansion(&self) -> usize {
        self.expansion as usize
    }
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
    blocks: [MbConv; Network::POSITIONS],
}

impl Network {
    /// The stages.
    pub const STAGES: usize = 5;

    /// The most blocks of a stage.
    pub const MAXIMUM_DEPTH: usize = 4;

    /// The positions of blocks, [`Network::MAXIMUM_DEPTH`] a stage.
    pub const POSITIONS: usize = Self::STAGES * Self::MAXIMUM_DEPTH;

    /// What is written for a position without a block.
    pub const UNUSED: MbConv = MbConv::ALL[0];

    /// How many distinct architectures there are: 25 resolutions, and for each of five stages
    /// two, three or four blocks of nine kinds.
    pub const COUNT: u128 = 25 * (9_u128.pow(2) + 9_u128.pow(3) + 9_u128.pow(4)).pow(5);

    /// Every resolution, in pixels: 128 to 224 in steps of 4.
    pub fn resolutions() -> impl Iterator<Item = usize> {
        RESOLUTIONS.into_iter().map(usize::from)
    }

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
        self.blocks.get(position).copied()
    }

    /// The positions in use with their blocks, from the input on.
    pub fn blocks(&self) -> impl Iterator<Item = (usize, MbConv)> {
        (0..Self::POSITIONS).filter_map(|position| Some((position, self.block(position)?)))
    }

    /// The architectures of greatest depth with these blocks, one for every resolution.
    pub(crate) fn deepest(blocks: [MbConv; Self::POSITIONS]) -> impl Iterator<Item = Self> {
        let depths = [DEPTHS[DEPTHS.len() - 1]; Self::STAGES];
        RESOLUTIONS.into_iter().map(move |resolution| Self { resolution, depths, blocks })
    }

    /// An architecture of which every setting is drawn uniformly by itself, as Once-for-All
    /// samples. (Architectures drawn uniformly would nearly all be of the greatest depth.)
    pub(crate) fn random(generator: &mut Xoshiro256PlusPlus) -> Self {
        let resolution = choose(generator, &RESOLUTIONS);
        let depths = std::array::from_fn(|_| choose(generator, &DEPTHS));
        let blocks = std::array::from_fn(|_| choose(generator, &MbConv::ALL));
        let drawn = Self { resolution, depths, blocks };
        Self { blocks: std::array::from_fn(|position| drawn.block(position).unwrap_or(Self::UNUSED)), ..drawn }
    }
}

const DEPTHS: [u8; 3] = [2, 3, 4];
const KERNELS: [u8; 3] = [3, 5, 7];
const EXPANSIONS: [u8; 3] = [3, 4, 6];
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
        let kernels = list(&self.blocks.map(|block| block.kernel));
        let expansions = list(&self.blocks.map(|block| block.expansion));
        let depths = list(&self.depths);
        write!(formatter, r#"{{"ks":{kernels},"e":{expansions},"d":{depths},"r":{}}}"#, self.resolution)
    }
}

fn list(numbers: &[u8]) -> String {
    let numbers: Vec<_> = numbers.iter().map(ToString::to_string).collect();
    format!("[{}]", numbers.join(","))
}

/// The paper's reference architectures in their published order, one a line.
pub(crate) const PAPER_REFERENCES: &str = include_str!("paper_references.txt");

impl SearchSpace for Network {
    type Error = MobileNetV3Error;

    const NAME: &'static str = "mobilenetv3";
    const SIZE: u128 = Self::COUNT;

    fn read(text: &str) -> Result<Self, MobileNetV3Error> {
        text.parse()
    }

    fn enumerate() -> Option<Box<dyn Iterator<Item = Self> + Send>> {
        None
    }

    fn draw(generator: &mut Xoshiro256PlusPlus) -> Self {
        Self::random(generator)
    }

    fn paper_references() -> Option<Vec<Self>> {
        Some(PAPER_REFERENCES.lines().filter_map(|line| line.parse().ok()).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rand_xoshiro::rand_core::SeedableRng;

    use super::*;

    #[test]
    fn the_space_has_its_settings() {
        assert_eq!((RESOLUTIONS[0], RESOLUTIONS[24]), (128, 224));
        assert_eq!(Network::UNUSED, MbConv { kernel: 3, expansion: 3 });
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
