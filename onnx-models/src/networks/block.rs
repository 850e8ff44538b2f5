//! Blocks: the pieces of networks that latencies and costs add up over.

use std::fmt;

use super::{BuildError, BuildOptions, Context, Form, nasbench201};
use crate::graph::Graph;
use crate::spaces::{Architecture, Space};

/// A block of a space's networks: with the form and options of the network, its shapes are fixed.
///
/// Displayed as a short name such as `stage1/nor_conv_3x3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Block {
    /// A block of NAS-Bench-201.
    NasBench201(nasbench201::Block),
}

impl Block {
    /// The space that the block belongs to.
    #[must_use]
    pub const fn space(&self) -> Space {
        match self {
            Self::NasBench201(_) => Space::NasBench201,
        }
    }

    /// The block as a network of its own, without weights.
    ///
    /// # Errors
    ///
    /// When an option is out of its range, or the form is none of the space's.
    pub fn graph(&self, options: &BuildOptions) -> Result<Graph, BuildError> {
        Ok(self.graph_in(&options.context(self.space())?))
    }

    pub(crate) fn graph_in(&self, context: &Context) -> Graph {
        match *self {
            Self::NasBench201(block) => nasbench201::block_graph(block, context),
        }
    }
}

impl fmt::Display for Block {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NasBench201(block) => block.fmt(formatter),
        }
    }
}

impl From<nasbench201::Block> for Block {
    fn from(block: nasbench201::Block) -> Self {
        Self::NasBench201(block)
    }
}

/// Every block that networks of a form may have, in a fixed order.
#[must_use]
pub fn all_blocks(space: Space, _form: Form) -> Vec<Block> {
    match space {
        Space::NasBench201 => nasbench201::all().into_iter().map(Block::from).collect(),
    }
}

/// Calls `visit` with every block of an architecture's network, and how often it runs: blocks
/// that repeat may come more than once. Nothing is allocated.
pub fn for_each_block(architecture: &Architecture, _form: Form, visit: impl FnMut(Block, u64)) {
    match architecture {
        Architecture::NasBench201(cell) => nasbench201::for_each(cell, visit),
    }
}

/// The same without blocks that never reach the output.
pub fn for_each_live_block(architecture: &Architecture, _form: Form, visit: impl FnMut(Block, u64)) {
    match architecture {
        Architecture::NasBench201(cell) => nasbench201::for_each_live(cell, visit),
    }
}

/// A few architectures whose networks together contain every block of a form.
#[must_use]
pub fn covering(space: Space, _form: Form) -> Vec<Architecture> {
    match space {
        Space::NasBench201 => vec![nasbench201::covering().into()],
    }
}
