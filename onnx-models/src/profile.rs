//! Layer-wise latency: block times out of per-node profiles of whole networks.
//!
//! Blocks are timed where they run, inside full networks (the paper's appendix A.2), since a
//! block that runs alone finds other caches and clocks. [`covering`](crate::covering) names a few networks that
//! contain every block of a space; an agent runs each and delivers a [`NodeProfile`];
//! [`block_latencies`] adds a profile up by block; and the latency of an architecture is the sum
//! over its blocks ([`BlockTable::sum`](crate::BlockTable::sum)).

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::graph::Node;
use crate::networks::{Block, BuildError, BuildOptions, for_each_block, graph};
use crate::spaces::Architecture;

/// What an agent delivers for one network: how long each node of the ONNX file took.
///
/// A runtime that fuses nodes gives the time to one of them and may leave the others out; what
/// it cannot name (copies between layouts, say) it gives under a name of its own. Times are means
/// over the timed runs after the warm-up, of a run with profiling on.
///
/// In JSON: `{"sha256": "…", "runs": 50, "nodes": [{"node": "stem/convolution", "latency_ns": 81250.0}, …]}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NodeProfile {
    /// The model's SHA-256 in lower hex.
    pub sha256: String,
    /// How many timed runs the means are over.
    pub runs: u32,
    /// The nodes in the order in which they ran, by their names in the file.
    pub nodes: Vec<NodeLatency>,
}

/// How long a node took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NodeLatency {
    /// The node's name.
    pub node: String,
    /// Mean latency in nanoseconds.
    pub latency_ns: f64,
}

/// A profile, by block.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BlockLatencies {
    /// The mean latency of one run of each block, in milliseconds.
    pub blocks_ms: BTreeMap<Block, f64>,
    /// Time of nodes that belong to no block of the network, in milliseconds.
    pub unattributed_ms: f64,
}

/// A profile that cannot be a network's.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// The network that was profiled cannot be.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// A latency that no node has.
    #[error("node `{node}` of the profile took {latency_ns} ns, expected a number from 0 up")]
    Latency {
        /// The node's name.
        node: String,
        /// What was given.
        latency_ns: f64,
    },
    /// Not one node of the network is in it.
    #[error(
        "no node of the profile is one of the network's: the first is `{first}`, expected names such as `{expected}`"
    )]
    Foreign {
        /// The first name of the profile.
        first: String,
        /// The first name of the network.
        expected: String,
    },
}

/// Adds the profile of an architecture's network up by block. A block that the network runs
/// several times gets the mean of them.
///
/// # Errors
/// When an option is out of its range, a latency is negative or not a number, or no name is one
/// of the network's.
pub fn block_latencies(
    architecture: &Architecture,
    options: &BuildOptions,
    profile: &NodeProfile,
) -> Result<BlockLatencies, ProfileError> {
    let graph = graph(architecture, options)?;
    let form = options.form_of(architecture.space())?;
    let (mut runs, mut named) = (BTreeMap::<Block, u64>::new(), HashMap::new());
    for_each_block(architecture, form, |block, times| {
        *runs.entry(block).or_default() += times;
        named.insert(block.to_string(), block);
    });
    let of_node = |node: &Node| node.block.as_ref().and_then(|name| named.get(&name.to_string())).copied();
    let blocks: BTreeMap<&str, Option<Block>> =
        graph.nodes().iter().map(|node| (node.name.as_str(), of_node(node))).collect();
    if let (Some(first), Some(expected)) = (profile.nodes.first(), graph.nodes().first())
        && profile.nodes.iter().all(|node| !blocks.contains_key(node.node.as_str()))
    {
        return Err(ProfileError::Foreign { first: first.node.clone(), expected: expected.name.clone() });
    }
    let mut latencies = BlockLatencies::default();
    for NodeLatency { node, latency_ns } in &profile.nodes {
        if !(latency_ns.is_finite() && *latency_ns >= 0.0) {
            return Err(ProfileError::Latency { node: node.clone(), latency_ns: *latency_ns });
        }
        match blocks.get(node.as_str()).copied().flatten() {
            Some(block) => *latencies.blocks_ms.entry(block).or_default() += latency_ns / 1e6,
            None => latencies.unattributed_ms += latency_ns / 1e6,
        }
    }
    for (block, latency_ms) in &mut latencies.blocks_ms {
        *latency_ms /= runs.get(block).copied().unwrap_or(1) as f64;
    }
    Ok(latencies)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::networks::{BlockTable, covering};
    use crate::spaces::Space;

    /// Every node takes as many nanoseconds as its name is long.
    fn profile(architecture: &Architecture, options: &BuildOptions) -> NodeProfile {
        let nodes =
            graph(architecture, options).unwrap().nodes().iter().map(|node| node.name.clone()).collect::<Vec<_>>();
        let latency = |node: String| NodeLatency { latency_ns: node.len() as f64, node };
        NodeProfile { sha256: String::new(), runs: 50, nodes: nodes.into_iter().map(latency).collect() }
    }

    #[test]
    fn latencies_by_block_add_up_to_the_network() {
        let (space, options) = (Space::NasBench201, BuildOptions::default());
        for architecture in space.sample(4, 20).unwrap() {
            let profile = profile(&architecture, &options);
            let latencies = block_latencies(&architecture, &options, &profile).unwrap();
            let of_block = |block| latencies.blocks_ms.get(&block).copied().unwrap_or(0.0);
            let table = BlockTable::new(space, space.default_form(), of_block);
            let total: f64 = profile.nodes.iter().map(|node| node.latency_ns / 1e6).sum();
            assert!((table.sum(&architecture) - total).abs() < 1e-9, "{architecture}");
            assert_eq!(latencies.unattributed_ms, 0.0);
        }
    }

    #[test]
    fn a_few_networks_cover_every_block() {
        for &space in Space::ALL {
            for &form in space.forms() {
                let mut missing: std::collections::BTreeSet<Block> =
                    crate::all_blocks(space, form).into_iter().collect();
                for architecture in covering(space, form) {
                    for_each_block(&architecture, form, |block, _| {
                        missing.remove(&block);
                    });
                }
                assert!(missing.is_empty(), "{form}: {missing:?}");
            }
        }
    }

    #[test]
    fn foreign_and_impossible_profiles_are_refused() {
        let (architecture, options) = (Space::NasBench201.parse("9").unwrap(), BuildOptions::default());
        let refused = |node: &str, latency_ns| {
            let nodes = vec![NodeLatency { node: node.into(), latency_ns }];
            let profile = NodeProfile { sha256: String::new(), runs: 1, nodes };
            block_latencies(&architecture, &options, &profile).unwrap_err().to_string()
        };
        insta::assert_snapshot!(refused("Conv_0", 1.0), @"no node of the profile is one of the network's: the first is `Conv_0`, expected names such as `stem/convolution`");
        insta::assert_snapshot!(refused("stem/convolution", -1.0), @"node `stem/convolution` of the profile took -1 ns, expected a number from 0 up");
    }

    #[test]
    fn time_outside_of_blocks_is_kept_apart() {
        let (architecture, options) = (Space::NasBench201.parse("9").unwrap(), BuildOptions::default());
        let mut profile = profile(&architecture, &options);
        profile.nodes.push(NodeLatency { node: "reorder".into(), latency_ns: 3e6 });
        assert_eq!(block_latencies(&architecture, &options, &profile).unwrap().unattributed_ms, 3.0);
    }
}
