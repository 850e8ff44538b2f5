//! Latencies of blocks out of per-node profiles.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tenshot_onnx_models::profile::{NodeProfile, ProfileError, block_latencies};
use tenshot_onnx_models::{
    Architecture, Block, BlockTable, BuildError, BuildOptions, Space, all_blocks, for_each_block,
};

use super::{LayerTable, LayerTimes, Layerwise};

/// A network that a device profiled node by node.
///
/// In JSON: `{"space": "nasbench201", "architecture": "9930", "sha256": "…", "runs": 50, "nodes":
/// [{"node": "stem/convolution", "latency_ns": 81250.0}, …]}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProfiledNetwork {
    /// The architecture whose network it is.
    #[serde(flatten)]
    pub architecture: Architecture,
    /// How long each node took.
    #[serde(flatten)]
    pub profile: NodeProfile,
}

/// Why profiles give no latencies of blocks.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ProfilesError {
    /// An empty list.
    #[error("there is no profile; give those of the space's covering networks")]
    None,
    /// Networks of more than one space.
    #[error("the profile of {architecture} is of space {found}, expected {expected} as the first")]
    MixedSpaces {
        /// The first network of another space.
        architecture: String,
        /// Its space.
        found: Space,
        /// The space of the first profile.
        expected: Space,
    },
    /// A profile that does not belong to its network.
    #[error("the profile of {architecture} cannot be added up by block")]
    Profile {
        /// The network.
        architecture: String,
        /// What does not fit.
        source: ProfileError,
    },
    /// The networks cannot be built with these options.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// Blocks whose time no profile tells.
    #[error(
        "{count} blocks of space {space} are in none of the profiled networks, the first is `{first}`; profile the \
         space's covering networks, which have every block"
    )]
    Uncovered {
        /// The space.
        space: Space,
        /// How many blocks.
        count: usize,
        /// One of them.
        first: String,
    },
}

impl Layerwise {
    /// Latencies of blocks from per-node profiles of networks that together have every block of
    /// their space, such as those that [`covering`](tenshot_onnx_models::covering) names. All were
    /// built with `options`. A block that several networks have gets the mean over its runs; a
    /// block without a node in the profile took no time. Time that belongs to no block, as for
    /// copies between layouts, is added to every network: the mean of the profiled.
    ///
    /// # Errors
    /// No profile, profiles of two spaces, one that is not its network's, or blocks that no
    /// profiled network has.
    pub fn from_profiles(profiles: &[ProfiledNetwork], options: &BuildOptions) -> Result<LayerTable, ProfilesError> {
        let space = profiles.first().ok_or(ProfilesError::None)?.architecture.space();
        let form = options.form_of(space)?;
        let mut of_blocks: BTreeMap<Block, Sum> = BTreeMap::new();
        let mut rest_ms = 0.0;
        for ProfiledNetwork { architecture, profile } in profiles {
            if architecture.space() != space {
                let (architecture, found) = (architecture.to_string(), architecture.space());
                return Err(ProfilesError::MixedSpaces { architecture, found, expected: space });
            }
            let latencies = block_latencies(architecture, options, profile)
                .map_err(|source| ProfilesError::Profile { architecture: architecture.to_string(), source })?;
            rest_ms += latencies.unattributed_ms / profiles.len() as f64;
            for_each_block(architecture, form, |block, times| {
                let sum = of_blocks.entry(block).or_default();
                sum.runs += times as f64;
                sum.total_ms += latencies.blocks_ms.get(&block).copied().unwrap_or(0.0) * times as f64;
            });
        }
        check_covered(space, &all_blocks(space, form), &of_blocks)?;
        let mean_ms = |block| of_blocks.get(&block).map_or(0.0, |sum: &Sum| sum.total_ms / sum.runs);
        let blocks_ms = BlockTable::new(space, form, mean_ms);
        Ok(LayerTable { blocks_ms, rest_ms, origin: LayerTimes::Profiled { networks: profiles.len() } })
    }
}

/// What all runs of a block took.
#[derive(Debug, Default)]
struct Sum {
    runs: f64,
    total_ms: f64,
}

fn check_covered(space: Space, all: &[Block], found: &BTreeMap<Block, Sum>) -> Result<(), ProfilesError> {
    let missing: BTreeSet<&Block> = all.iter().filter(|block| !found.contains_key(block)).collect();
    match missing.first() {
        None => Ok(()),
        Some(first) => Err(ProfilesError::Uncovered { space, count: missing.len(), first: first.to_string() }),
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use super::*;
    use crate::methods::AdaptedMethod;
    use tenshot_onnx_models::profile::NodeLatency;
    use tenshot_onnx_models::{covering, graph};

    /// Every node takes as many microseconds as its name is long, and copies take 0.5 ms.
    fn profiled(architecture: Architecture) -> ProfiledNetwork {
        let graph = graph(&architecture, &BuildOptions::default()).unwrap();
        let names = graph.nodes().iter().map(|node| node.name.clone());
        let latency = |node: String| NodeLatency { latency_ns: 1e3 * node.len() as f64, node };
        let copies = NodeLatency { node: "reorder".into(), latency_ns: 5e5 };
        let nodes = names.map(latency).chain([copies]).collect();
        ProfiledNetwork { architecture, profile: NodeProfile { sha256: String::new(), runs: 50, nodes } }
    }

    fn total_ms(profiled: &ProfiledNetwork) -> f64 {
        profiled.profile.nodes.iter().map(|node| node.latency_ns / 1e6).sum()
    }

    #[test]
    fn networks_that_were_never_profiled_are_sums_of_their_blocks() {
        let space = Space::NasBench201;
        let profiles: Vec<_> = covering(space, space.default_form()).into_iter().map(profiled).collect();
        let table = Layerwise::from_profiles(&profiles, &BuildOptions::default()).unwrap();
        assert!((table.rest_ms() - 0.5).abs() < 1e-12);
        assert_eq!(table.origin(), LayerTimes::Profiled { networks: profiles.len() });
        let unseen = space.sample(3, 10).unwrap();
        for (architecture, mean_ms) in unseen.iter().zip(table.means_ms(&unseen)) {
            // Names of equal blocks at different places differ in length by little.
            assert!((mean_ms / total_ms(&profiled(*architecture)) - 1.0).abs() < 0.01, "{architecture}: {mean_ms}");
        }
    }

    #[test]
    fn every_fault_has_its_message() {
        let refused = |profiles: &[ProfiledNetwork]| {
            let error = Layerwise::from_profiles(profiles, &BuildOptions::default()).unwrap_err();
            let cause = error.source().map(|cause| format!(": {cause}"));
            format!("{error}{}", cause.unwrap_or_default())
        };
        let cell = profiled(Space::NasBench201.parse("9").unwrap());
        let other = profiled(Space::FbNet.sample(0, 1).unwrap()[0]);
        let mut foreign = cell.clone();
        foreign.profile.nodes.retain(|node| node.node == "reorder");
        insta::assert_snapshot!(refused(&[]), @"there is no profile; give those of the space's covering networks");
        insta::assert_snapshot!(refused(std::slice::from_ref(&cell)), @"3 blocks of space nasbench201 are in none of the profiled networks, the first is `stage1/nor_conv_1x1`; profile the space's covering networks, which have every block");
        insta::assert_snapshot!(refused(&[other, cell]), @"the profile of |avg_pool_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|nor_conv_3x3~2| is of space nasbench201, expected fbnet as the first");
        insta::assert_snapshot!(refused(&[foreign]), @"the profile of |avg_pool_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|nor_conv_3x3~2| cannot be added up by block: no node of the profile is one of the network's: the first is `reorder`, expected names such as `stem/convolution`");
    }

    #[test]
    fn a_profile_is_one_flat_object() {
        let text = r#"{"space": "nasbench201", "architecture": "9", "sha256": "ab", "runs": 50,
                       "nodes": [{"node": "stem/convolution", "latency_ns": 81250.0}]}"#;
        let network: ProfiledNetwork = serde_json::from_str(text).unwrap();
        assert_eq!(network.architecture, Space::NasBench201.parse("9").unwrap());
        assert_eq!(network.profile.nodes[0].latency_ns, 81_250.0);
        let again = serde_json::to_string(&network).unwrap();
        assert_eq!(serde_json::from_str::<ProfiledNetwork>(&again).unwrap(), network);
    }
}
