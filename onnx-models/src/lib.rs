//! Search spaces as exact ONNX networks, and what they cost.
//!
//! From a text to a file:
//!
//! ```
//! use tenshot_onnx_models::{BuildOptions, Space, build};
//!
//! let cell = "|nor_conv_3x3~0|+|none~0|skip_connect~1|+|none~0|none~1|avg_pool_3x3~2|";
//! let architecture = Space::NasBench201.parse(cell)?;
//! let model = build(&architecture, &BuildOptions { batch: 4, ..BuildOptions::default() })?;
//! assert_eq!(model.inputs[0].shape, [4, 3, 32, 32]);
//! assert_eq!(model.sha256.len(), 64);
//! println!("{} M multiply-accumulates", model.cost.macs / 1_000_000);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The benchmark's index serves as well:
//!
//! ```
//! use tenshot_onnx_models::{ReferenceSet, Space};
//!
//! let paper = ReferenceSet::paper(Space::NasBench201)?;
//! assert_eq!(paper.architectures[0], Space::NasBench201.parse("11982")?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod computation;
pub mod cost;
mod draw;
pub mod folder;
pub mod graph;
pub mod import;
mod model;
pub mod networks;
pub mod profile;
mod reference;
pub mod spaces;

pub use cost::{
    Cost, CostSummary, CostTable, Kernel, KernelKind, NodeCost, cost, kernel_table, live_kernels, node_costs,
};
pub use draw::{DrawOptions, draw};
pub use folder::{Folder, FolderError, FolderNetwork};
pub use import::{ImportError, ImportOptions, read_graph, read_graph_with};
pub use model::{GENERATOR_VERSION, Model, ModelInput, build, build_block};
pub use networks::{
    BatchNorm, Block, BlockTable, BuildError, BuildOptions, Form, Sentence, UnknownForm, all_blocks, covering,
    for_each_block, for_each_live_block, graph,
};
pub use reference::{NoPaperSet, ReferenceModel, ReferenceModels, ReferenceSet};
pub use spaces::{Architecture, ArchitectureError, SampleError, Space, UnknownSpace};
