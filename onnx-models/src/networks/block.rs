//! Blocks: the pieces of networks that latencies and costs add up over.

use std::fmt;

use super::{BuildError, BuildOptions, Context, Form, SpaceNetworks, fbnet, hat, mobilenetv3, nasbench201};
use crate::graph::Graph;
use crate::spaces::{self, Architecture, Space};
use crate::{with_architecture, with_space};

/// A block of a space's networks: with the form and options of the network, its shapes are fixed.
///
/// Displayed as a short name such as `stage1/nor_conv_3x3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Block {
    /// A block of NAS-Bench-201.
    NasBench201(nasbench201::Block),
    /// A block of FBNet.
    FbNet(fbnet::Block),
    /// A block of MobileNetV3.
    MobileNetV3(mobilenetv3::Block),
    /// A block of HAT.
    Hat(hat::Block),
}

/// Evaluates an expression with the type of the architectures of a block's space, and the block in
/// the type that they have it in.
macro_rules! with_block {
    ($block:expr, $of_space:ident, $one:ident => $body:expr) => {
        match $block {
            Block::NasBench201($one) => {
                type $of_space = spaces::nasbench201::Cell;
                $body
            }
            Block::FbNet($one) => {
                type $of_space = spaces::fbnet::Network;
                $body
            }
            Block::MobileNetV3($one) => {
                type $of_space = spaces::mobilenetv3::Network;
                $body
            }
            Block::Hat($one) => {
                type $of_space = spaces::hat::Transformer;
                $body
            }
        }
    };
}

impl Block {
    /// The space that the block belongs to.
    #[must_use]
    pub const fn space(&self) -> Space {
        match self {
            Self::NasBench201(_) => Space::NasBench201,
            Self::FbNet(_) => Space::FbNet,
            Self::MobileNetV3(_) => Space::MobileNetV3,
            Self::Hat(_) => Space::Hat,
        }
    }

    /// The block as a network of its own, without weights.
    ///
    /// # Errors
    /// When an option is out of its range, or the form is none of the space's.
    pub fn graph(&self, options: &BuildOptions) -> Result<Graph, BuildError> {
        Ok(self.graph_in(&options.context(self.space())?))
    }

    pub(crate) fn graph_in(&self, context: &Context) -> Graph {
        with_block!(*self, S, block => S::block_graph(block, context))
    }
}

impl fmt::Display for Block {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        with_block!(self, S, block => <S as SpaceNetworks>::Block::fmt(block, formatter))
    }
}

/// Takes up the blocks of each space.
macro_rules! from_spaces {
    ($($space:ident: $of_space:ty,)*) => {
        $(impl From<$of_space> for Block {
            fn from(block: $of_space) -> Self {
                Self::$space(block)
            }
        })*
    };
}

from_spaces! {
    NasBench201: nasbench201::Block,
    FbNet: fbnet::Block,
    MobileNetV3: mobilenetv3::Block,
    Hat: hat::Block,
}

/// Every block that networks of a form may have, in a fixed order.
#[must_use]
pub fn all_blocks(space: Space, form: Form) -> Vec<Block> {
    with_space!(space, S => S::all_blocks(form).into_iter().map(Block::from).collect())
}

/// Calls `visit` with every block of an architecture's network, and how often it runs: blocks
/// that repeat may come more than once. Nothing is allocated.
pub fn for_each_block(architecture: &Architecture, form: Form, mut visit: impl FnMut(Block, u64)) {
    with_architecture!(architecture, one => one.for_each_block(form, |block, times| visit(block.into(), times)));
}

/// The same without blocks that never reach the output.
pub fn for_each_live_block(architecture: &Architecture, form: Form, mut visit: impl FnMut(Block, u64)) {
    with_architecture!(architecture, one => one.for_each_live_block(form, |block, times| visit(block.into(), times)));
}

/// A few architectures whose networks together contain every block of a form.
#[must_use]
pub fn covering(space: Space, _form: Form) -> Vec<Architecture> {
    with_space!(space, S => S::covering().into_iter().map(Architecture::from).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::*;
    use crate::graph::{Node, Operator};
    use crate::networks::{BatchNorm, graph};

    /// Every form of every space, with a few networks.
    fn networks() -> impl Iterator<Item = (BuildOptions, Architecture)> {
        Space::ALL.iter().flat_map(|&space| {
            space.forms().iter().flat_map(move |&form| {
                let options = BuildOptions { form: Some(form), batch_norm: BatchNorm::Kept, ..BuildOptions::default() };
                space.sample(3, 4).unwrap().into_iter().map(move |architecture| (options.clone(), architecture))
            })
        })
    }

    #[test]
    fn names_of_nodes_are_unique() {
        for (options, architecture) in networks() {
            let graph = graph(&architecture, &options).unwrap();
            let names: HashSet<_> = graph.nodes().iter().map(|node| &node.name).collect();
            assert_eq!(names.len(), graph.nodes().len(), "{architecture}");
        }
    }

    #[test]
    fn names_of_blocks_are_unique() {
        for space in Space::ALL {
            for &form in space.forms() {
                let blocks = all_blocks(*space, form);
                let names: HashSet<_> = blocks.iter().map(ToString::to_string).collect();
                assert_eq!(names.len(), blocks.len(), "{space} {form}");
                assert!(names.iter().all(|name| !name.contains(char::is_whitespace)));
            }
        }
    }

    #[test]
    fn every_node_belongs_to_a_block_that_is_visited() {
        for (options, architecture) in networks() {
            let form = options.form.unwrap();
            let listed: HashSet<_> = all_blocks(architecture.space(), form).into_iter().collect();
            let mut visited = HashSet::new();
            for_each_block(&architecture, form, |block, _| {
                assert!(listed.contains(&block), "{block}");
                visited.insert(block);
            });
            let graph = graph(&architecture, &options).unwrap();
            let entered: HashSet<_> =
                graph.nodes().iter().map(|node| node.block.as_ref().unwrap().to_string()).collect();
            let names: HashMap<String, Block> = visited.iter().map(|block| (block.to_string(), *block)).collect();
            assert_eq!(names.len(), visited.len(), "names tell blocks apart");
            assert_eq!(entered, names.keys().cloned().collect(), "{architecture}");
        }
    }

    #[test]
    fn covering_networks_have_every_block() {
        for &space in Space::ALL {
            for &form in space.forms() {
                let mut uncovered: HashSet<_> = all_blocks(space, form).into_iter().collect();
                for architecture in covering(space, form) {
                    for_each_block(&architecture, form, |block, _| {
                        uncovered.remove(&block);
                    });
                }
                assert_eq!(uncovered, HashSet::new(), "{space} {form}");
            }
        }
    }

    #[test]
    fn a_block_alone_is_what_it_is_in_the_network() {
        // Those of the other spaces run several times, under other names.
        let once = |architecture: &Architecture| matches!(architecture.space(), Space::FbNet | Space::MobileNetV3);
        for (options, architecture) in networks().filter(|(_, architecture)| once(architecture)) {
            let network = graph(&architecture, &options).unwrap();
            let mut nodes: HashMap<String, Vec<_>> = HashMap::new();
            for node in network.nodes() {
                nodes.entry(node.block.as_ref().unwrap().to_string()).or_default().push(described(&network, node));
            }
            let form = options.form.unwrap();
            let all = all_blocks(architecture.space(), form).into_iter().map(|block| (block.to_string(), block));
            let all: HashMap<String, Block> = all.collect();
            for (name, nodes) in nodes {
                let block = all[&name];
                let alone = block.graph(&options).unwrap();
                let described: Vec<_> = alone.nodes().iter().map(|node| described(&alone, node)).collect();
                assert_eq!(described, nodes, "{block}");
            }
        }
    }

    type Described<'a> = (&'a str, &'a Operator, Vec<&'a [usize]>, &'a [usize]);

    fn described<'a>(graph: &'a Graph, node: &'a Node) -> Described<'a> {
        (&node.name, &node.operator, graph.input_shapes(node), graph.shape(node.output))
    }
}
