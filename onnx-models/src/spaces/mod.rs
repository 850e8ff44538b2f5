//! The search spaces: what architectures there are, and how they are written.

mod architecture;
mod draw;
mod excerpt;
pub mod fbnet;
pub mod hat;
pub mod mobilenetv3;
pub mod nasbench201;
mod search_space;

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use architecture::{Architecture, ArchitectureError};
pub use search_space::SearchSpace;

use crate::with_space;

/// A search space of the paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub enum Space {
    /// NAS-Bench-201 (Dong and Yang, ICLR 2020): 15,625 cells on CIFAR-sized images.
    NasBench201,
    /// FBNet (Wu et al., CVPR 2019): nine candidate blocks at each of 22 positions.
    FbNet,
    /// MobileNetV3 as Once-for-All searches it (Cai et al., ICLR 2020): resolution, depths, kernel
    /// sizes and expansions.
    MobileNetV3,
    /// HAT (Wang et al., ACL 2020): Transformers for translation.
    Hat,
}

impl Space {
    /// Every space that this version knows.
    pub const ALL: &'static [Self] = &[Self::NasBench201, Self::FbNet, Self::MobileNetV3, Self::Hat];

    /// The name by which files, flags and wire messages call the space.
    #[must_use]
    pub const fn name(self) -> &'static str {
        with_space!(self, S => S::NAME)
    }

    /// How many architectures the space has.
    #[must_use]
    pub const fn size(self) -> u128 {
        with_space!(self, S => S::SIZE)
    }

    /// Reads an architecture: for NAS-Bench-201 a cell string, or the benchmark's index; for FBNet
    /// the names of 22 blocks joined by commas, or their indices; for MobileNetV3 the JSON of its
    /// published files; for HAT the JSON or YAML of its subtransformer files.
    ///
    /// # Errors
    /// The place in the text where it stops being an architecture, or the range of indices.
    pub fn parse(self, text: &str) -> Result<Architecture, ArchitectureError> {
        with_space!(self, S => Ok(S::read(text)?.into()))
    }

    /// Every architecture of the space, in its canonical order; nothing where there are too many
    /// to list.
    #[must_use]
    pub fn enumerate(self) -> Option<Box<dyn Iterator<Item = Architecture> + Send>> {
        with_space!(self, S => {
            let all = S::enumerate()?;
            Some(Box::new(all.map(Architecture::from)))
        })
    }

    /// `count` distinct architectures, drawn uniformly; of MobileNetV3 and HAT, every setting is.
    ///
    /// The same seed gives the same architectures on every platform, and a shorter sample is
    /// the beginning of a longer one.
    ///
    /// # Errors
    /// When the space has fewer than `count` architectures.
    pub fn sample(self, seed: u64, count: usize) -> Result<Vec<Architecture>, SampleError> {
        if count as u128 > self.size() {
            return Err(SampleError { space: self, count });
        }
        let mut generator = Xoshiro256PlusPlus::seed_from_u64(seed);
        let (mut seen, mut sample) = (HashSet::new(), Vec::new());
        while sample.len() < count {
            let architecture = with_space!(self, S => S::draw(&mut generator).into());
            if seen.insert(architecture) {
                sample.push(architecture);
            }
        }
        Ok(sample)
    }
}

impl fmt::Display for Space {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl From<Space> for &'static str {
    fn from(space: Space) -> Self {
        space.name()
    }
}

impl FromStr for Space {
    type Err = UnknownSpace;

    fn from_str(text: &str) -> Result<Self, UnknownSpace> {
        let known = Self::ALL.iter().find(|space| space.name() == text);
        known.copied().ok_or_else(|| UnknownSpace { name: text.to_owned() })
    }
}

impl TryFrom<String> for Space {
    type Error = UnknownSpace;

    fn try_from(text: String) -> Result<Self, UnknownSpace> {
        text.parse()
    }
}

/// A name that no space has.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("unknown search space `{name}`, expected {}", known_spaces())]
pub struct UnknownSpace {
    /// The name as it was given.
    pub name: String,
}

fn known_spaces() -> String {
    let names: Vec<_> = Space::ALL.iter().map(|space| space.name()).collect();
    names.join(" or ")
}

/// More distinct architectures than the space has.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{count} distinct architectures asked for, but {space} has {}", space.size())]
pub struct SampleError {
    /// The space to draw from.
    pub space: Space,
    /// How many were asked for.
    pub count: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_space_is_written_and_read_by_name() {
        let json = serde_json::to_string(&Space::NasBench201).unwrap();
        assert_eq!(json, r#""nasbench201""#);
        assert_eq!(serde_json::from_str::<Space>(&json).unwrap(), Space::NasBench201);
    }

    #[test]
    fn an_unknown_space_lists_the_known_ones() {
        let error = "nasbench101".parse::<Space>().unwrap_err();
        insta::assert_snapshot!(error, @"unknown search space `nasbench101`, expected nasbench201 or fbnet or mobilenetv3 or hat");
    }

    #[test]
    fn enumeration_is_complete_and_ordered() {
        let all: Vec<_> = Space::NasBench201.enumerate().unwrap().collect();
        assert_eq!(all.len() as u128, Space::NasBench201.size());
        assert!(all.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn samples_are_distinct_repeatable_and_nested() {
        let long = Space::NasBench201.sample(7, 200).unwrap();
        let short = Space::NasBench201.sample(7, 20).unwrap();
        assert_eq!(long.iter().collect::<HashSet<_>>().len(), 200);
        assert_eq!(short, long[..20]);
        assert_ne!(short, Space::NasBench201.sample(8, 20).unwrap());
    }

    #[test]
    fn a_sample_is_the_same_on_every_platform() {
        let sample = Space::NasBench201.sample(0, 3).unwrap();
        let cells: Vec<_> = sample.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(cells.join("\n"), @r#"
|skip_connect~0|+|skip_connect~0|skip_connect~1|+|none~0|nor_conv_1x1~1|none~2|
|avg_pool_3x3~0|+|avg_pool_3x3~0|skip_connect~1|+|none~0|skip_connect~1|none~2|
|none~0|+|none~0|none~1|+|nor_conv_1x1~0|nor_conv_3x3~1|none~2|
"#);
    }

    #[test]
    fn a_sample_cannot_exceed_the_space() {
        let error = Space::NasBench201.sample(0, 15_626).unwrap_err();
        insta::assert_snapshot!(error, @"15626 distinct architectures asked for, but nasbench201 has 15625");
        assert_eq!(Space::NasBench201.sample(0, 15_625).unwrap().len(), 15_625);
    }
}
