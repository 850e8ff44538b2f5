//! Reads architectures of FBNet, and says which position is wrong.

use std::str::FromStr;

use thiserror::Error;

use super::{Choice, Network};
use crate::spaces::excerpt::excerpt;

/// A text that is no architecture of FBNet.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FbNetError {
    /// No block has this name or index.
    #[error(
        "position {position} of {}: found `{found}`, expected {} (or an index, 0 to {})",
        Network::POSITIONS, Choice::ALL.map(Choice::name).join(", "), Choice::ALL.len() - 1
    )]
    Choice {
        /// The position, counted from 1.
        position: usize,
        /// What stands there.
        found: String,
    },
    /// Too few or too many blocks.
    #[error("{count} blocks, expected {} joined by commas", Network::POSITIONS)]
    Count {
        /// How many there are.
        count: usize,
    },
}

impl FromStr for Network {
    type Err = FbNetError;

    fn from_str(text: &str) -> Result<Self, FbNetError> {
        let text = text.trim();
        let list = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
        let mut choices = [Choice::Skip; Self::POSITIONS];
        for ((choice, position), word) in choices.iter_mut().zip(1..).zip(list.split(',')) {
            let word = word.trim();
            *choice = named_or_indexed(word).ok_or_else(|| FbNetError::Choice { position, found: excerpt(word) })?;
        }
        match list.split(',').count() {
            Self::POSITIONS => Ok(Self(choices)),
            count => Err(FbNetError::Count { count }),
        }
    }
}

fn named_or_indexed(word: &str) -> Option<Choice> {
    let digits = word.bytes().all(|byte| byte.is_ascii_digit());
    let indexed = || Choice::ALL.get(word.parse::<usize>().ok().filter(|_| digits)?).copied();
    Choice::ALL.into_iter().find(|choice| choice.name() == word).or_else(indexed)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::{Strategy, any, proptest};
    use proptest::{array, sample};

    use super::*;

    fn networks() -> impl Strategy<Value = Network> {
        array::uniform22(sample::select(&Choice::ALL)).prop_map(Network::new)
    }

    fn indices(network: &Network) -> String {
        network.choices().map(|choice| choice.ordinal().to_string()).join(", ")
    }

    fn error(text: &str) -> String {
        text.parse::<Network>().unwrap_err().to_string()
    }

    #[test]
    fn a_wrong_block_is_named_with_its_position() {
        let names = "k5_e6,skip,k3_e1_g2,skip,k7_e1,skip";
        insta::assert_snapshot!(error(names), @"position 5 of 22: found `k7_e1`, expected k3_e1, k3_e1_g2, k3_e3, k3_e6, k5_e1, k5_e1_g2, k5_e3, k5_e6, skip (or an index, 0 to 8)");
        insta::assert_snapshot!(error("[0, 1, 9]"), @"position 3 of 22: found `9`, expected k3_e1, k3_e1_g2, k3_e3, k3_e6, k5_e1, k5_e1_g2, k5_e3, k5_e6, skip (or an index, 0 to 8)");
        insta::assert_snapshot!(error("+1"), @"position 1 of 22: found `+1`, expected k3_e1, k3_e1_g2, k3_e3, k3_e6, k5_e1, k5_e1_g2, k5_e3, k5_e6, skip (or an index, 0 to 8)");
        insta::assert_snapshot!(error(""), @"position 1 of 22: found ``, expected k3_e1, k3_e1_g2, k3_e3, k3_e6, k5_e1, k5_e1_g2, k5_e3, k5_e6, skip (or an index, 0 to 8)");
    }

    #[test]
    fn a_wrong_count_is_told() {
        insta::assert_snapshot!(error(&["skip"; 21].join(",")), @"21 blocks, expected 22 joined by commas");
        insta::assert_snapshot!(error(&["skip"; 23].join(",")), @"23 blocks, expected 22 joined by commas");
    }

    #[test]
    fn the_published_names_and_indices_are_the_same_networks() {
        #[derive(serde::Deserialize)]
        struct Metainfo {
            arch: Vec<Published>,
        }
        #[derive(serde::Deserialize)]
        struct Published {
            op_idx_list: Vec<usize>,
            arch_str: Vec<String>,
        }
        let Some(shared) = std::env::var_os("TENSHOT_SHARED") else {
            eprintln!("skipped: TENSHOT_SHARED is not set");
            return;
        };
        let file = std::fs::File::open(Path::new(&shared).join("data/help/fbnet/metainfo.pt")).unwrap();
        let mut archive = zip::ZipArchive::new(file).unwrap();
        let pickle = archive.by_name("archive/data.pkl").unwrap();
        let metainfo: Metainfo = serde_pickle::from_reader(pickle, serde_pickle::DeOptions::new()).unwrap();
        assert_eq!(metainfo.arch.len(), 5_000);
        for Published { op_idx_list, arch_str } in metainfo.arch {
            let network: Network = format!("{op_idx_list:?}").parse().unwrap();
            assert_eq!(network.to_string(), arch_str.join(","));
        }
    }

    proptest! {
        #[test]
        fn every_network_is_read_as_it_is_written(network in networks()) {
            assert_eq!(network.to_string().parse(), Ok(network));
            assert_eq!(indices(&network).parse(), Ok(network));
            assert_eq!(format!(" [{}]\n", indices(&network)).parse(), Ok(network));
        }

        #[test]
        fn any_text_is_read_or_refused(network in networks(), text in any::<String>(), cut in 0_usize..160) {
            let _ = text.parse::<Network>();
            let mut near = network.to_string();
            near.truncate(cut);
            near.push_str(&text);
            if let Ok(read) = near.parse::<Network>() {
                assert_eq!(read.to_string().parse(), Ok(read));
            }
        }
    }
}
