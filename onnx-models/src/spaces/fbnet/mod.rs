//! FBNet: 22 positions, each with one of nine candidate blocks.

mod parse;

use std::fmt;

use rand_xoshiro::Xoshiro256PlusPlus;

pub use parse::FbNetError;

use crate::spaces::SearchSpace;
use crate::spaces::draw::choose;

/// A candidate block (paper, Table A.1; the table prints kernel and expansion in each other's
/// columns, the names are right).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say kernel, expansion and groups")]
pub enum Choice {
    K3E1,
    K3E1G2,
    K3E3,
    K3E6,
    K5E1,
    K5E1G2,
    K5E3,
    K5E6,
    /// The input itself, or where the shape changes a 1x1 convolution, batch normalisation
    /// and ReLU.
    Skip,
}

/// An inverted residual: 1x1 convolution, depthwise convolution, 1x1 convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MbConv {
    /// Height and width of the depthwise kernel.
    pub kernel: usize,
    /// Channels of the depthwise convolution, as a multiple of the input's.
    pub expansion: usize,
    /// Groups of both 1x1 convolutions; with more than one, channels are shuffled after the
    /// first.
    pub groups: usize,
}

impl Choice {
    /// All nine, in the order of the published indices.
    pub const ALL: [Self; 9] = [
        Self::K3E1,
        Self::K3E1G2,
        Self::K3E3,
        Self::K3E6,
        Self::K5E1,
        Self::K5E1G2,
        Self::K5E3,
        Self::K5E6,
        Self::Skip,
    ];

    /// The published name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::K3E1 => "k3_e1",
            Self::K3E1G2 => "k3_e1_g2",
            Self::K3E3 => "k3_e3",
            Self::K3E6 => "k3_e6",
            Self::K5E1 => "k5_e1",
            Self::K5E1G2 => "k5_e1_g2",
            Self::K5E3 => "k5_e3",
            Self::K5E6 => "k5_e6",
            Self::Skip => "skip",
        }
    }

    /// The published index: the place in [`Choice::ALL`].
    #[must_use]
    pub const fn ordinal(self) -> usize {
        self as usize
    }

    /// The block's numbers; nothing for `skip`.
    #[must_use]
    pub const fn mb_conv(self) -> Option<MbConv> {
        let (kernel, expansion, groups) = match self {
            Self::K3E1 => (3, 1, 1),
            Self::K3E1G2 => (3, 1, 2),
            Self::K3E3 => (3, 3, 1),
            Self::K3E6 => (3, 6, 1),
            Self::K5E1 => (5, 1, 1),
            Self::K5E1G2 => (5, 1, 2),
            Self::K5E3 => (5, 3, 1),
            Self::K5E6 => (5, 6, 1),
            Self::Skip => return None,
        };
        Some(MbConv { kernel, expansion, groups })
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// An architecture: one choice per position. It is displayed as the choices' names joined by
/// commas, and read from that or from the list of indices, in brackets or without.
///
/// ```
/// use tenshot_onnx_models::spaces::fbnet::{Choice, Network};
///
/// let network: Network = "[7, 8, 1, 8, 4, 8, 8, 8, 7, 4, 1, 4, 7, 3, 2, 7, 3, 2, 4, 2, 4, 5]".parse()?;
/// assert_eq!(network.choices()[0], Choice::K5E6);
/// assert!(network.to_string().starts_with("k5_e6,skip,k3_e1_g2,skip,k5_e1,"));
/// # Ok::<(), tenshot_onnx_models::spaces::fbnet::FbNetError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Network([Choice; Network::POSITIONS]);

impl Network {
    /// The positions that are chosen for.
    pub const POSITIONS: usize = 22;

    /// The positions of each stage, the first of which may change the shape.
    pub const STAGES: [usize; 7] = [1, 4, 4, 4, 4, 4, 1];

    /// How many architectures there are: 9^22.
    pub const COUNT: u128 = 9_u128.pow(22);

    /// The architecture with these choices.
    #[must_use]
    pub const fn new(choices: [Choice; Self::POSITIONS]) -> Self {
        Self(choices)
    }

    /// The choices, from the input on.
    #[must_use]
    pub const fn choices(&self) -> &[Choice; Self::POSITIONS] {
        &self.0
    }

    /// An architecture drawn uniformly.
    pub(crate) fn random(generator: &mut Xoshiro256PlusPlus) -> Self {
        Self(std::array::from_fn(|_| choose(generator, &Choice::ALL)))
    }
}

impl fmt::Display for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, choice) in self.0.iter().enumerate() {
            write!(formatter, "{}{choice}", if position == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

/// The paper's reference architectures in their published order, one a line.
pub(crate) const PAPER_REFERENCES: &str = include_str!("paper_references.txt");

impl SearchSpace for Network {
    type Error = FbNetError;

    const NAME: &'static str = "fbnet";
    const SIZE: u128 = Self::COUNT;

    fn read(text: &str) -> Result<Self, FbNetError> {
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
    use super::*;

    #[test]
    fn names_say_what_the_numbers_are() {
        assert!(Choice::ALL.iter().enumerate().all(|(index, choice)| choice.ordinal() == index));
        for choice in Choice::ALL {
            let name = choice.mb_conv().map_or("skip".to_owned(), |MbConv { kernel, expansion, groups }| {
                let groups = if groups == 1 { String::new() } else { format!("_g{groups}") };
                format!("k{kernel}_e{expansion}{groups}")
            });
            assert_eq!(choice.name(), name);
        }
    }

    #[test]
    fn stages_cover_the_positions() {
        assert_eq!(Network::STAGES.iter().sum::<usize>(), Network::POSITIONS);
        assert_eq!(Network::COUNT, 984_770_902_183_611_232_881);
    }
}
