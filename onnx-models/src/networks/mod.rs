//! From an architecture to its network.
//!
//! Every space has one file (or folder) here, which says with `SpaceNetworks` what the networks of
//! its architectures are. A network is made of *blocks*: the pieces that latencies and costs add up
//! over, which the type `Block` of a space names: `Copy`, ordered, displayed as a short name without
//! spaces.

mod block;
mod block_table;
mod context;
pub mod fbnet;
mod form;
mod forms_of_space;
pub mod hat;
mod mb_conv;
pub mod mobilenetv3;
pub mod nasbench201;
mod options;
mod sentence;
mod space_networks;

pub use block::{Block, all_blocks, covering, for_each_block, for_each_live_block};
pub use block_table::BlockTable;
pub(crate) use context::Context;
pub use form::{Form, UnknownForm};
pub use options::{BuildError, BuildOptions};
pub use sentence::Sentence;

pub use crate::graph::BatchNorm;

pub(crate) use space_networks::SpaceNetworks;

use crate::graph::Graph;
use crate::spaces::Architecture;
use crate::with_architecture;

/// The network of an architecture, without weights.
///
/// # Errors
/// When an option is out of its range, or the form is none of the space's.
pub fn graph(architecture: &Architecture, options: &BuildOptions) -> Result<Graph, BuildError> {
    let context = options.context(architecture.space())?;
    Ok(with_architecture!(architecture, one => SpaceNetworks::graph(one, &context)))
}
