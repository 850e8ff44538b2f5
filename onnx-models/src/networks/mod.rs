//! From an architecture to its network.
//!
//! Every space has one file (or folder) here, and all keep one contract:
//!
//! - A network is made of *blocks*: the pieces that latencies and costs add up over. The type
//!   `Block` of a space names them: `Copy`, ordered, displayed as a short name without spaces.
//! - `all(form)` lists every block that any network of the form may have, in a fixed order.
//! - `for_each(architecture, form, visit)` visits the blocks of one network, each with the
//!   number of times that it runs, without allocating: it is called inside searches.
//! - `covering(form)` gives a few architectures whose networks contain every block.
//! - `graph(architecture, context)` builds the network. Before it adds the nodes of a block it
//!   calls `GraphBuilder::enter` with it.
//! - `block_graph(block, context)` builds a block alone, with its own input. It uses the same
//!   function as `graph`, so that the costs of a network's blocks add up to the network's.
//!
//! Whoever adds a space adds a variant to [`Space`](crate::Space),
//! [`Architecture`] and [`Block`], its forms to [`Form`], and its arms to the functions of
//! this module and of `block`.

mod block;
mod block_table;
pub mod fbnet;
mod form;
pub mod hat;
mod mb_conv;
pub mod mobilenetv3;
pub mod nasbench201;
mod options;

pub use block::{Block, all_blocks, covering, for_each_block, for_each_live_block};
pub use block_table::BlockTable;
pub use form::{Form, UnknownForm};
pub(crate) use options::Context;
pub use options::{BatchNorm, BuildError, BuildOptions, Sentence};

use crate::graph::Graph;
use crate::spaces::Architecture;

/// The network of an architecture, without weights.
///
/// # Errors
///
/// When an option is out of its range, or the form is none of the space's.
pub fn graph(architecture: &Architecture, options: &BuildOptions) -> Result<Graph, BuildError> {
    let context = options.context(architecture.space())?;
    Ok(match architecture {
        Architecture::NasBench201(cell) => nasbench201::graph(cell, &context),
        Architecture::FbNet(network) => fbnet::graph(network, &context),
        Architecture::MobileNetV3(network) => mobilenetv3::graph(network, &context),
        Architecture::Hat(transformer) => hat::graph(transformer, &context),
    })
}
