//! Search spaces as exact ONNX networks, and what they cost.

pub mod cost;
pub mod graph;
mod networks;
pub mod spaces;

pub use cost::{Cost, Kernel, KernelKind, cost, live_kernels};
pub use networks::{BatchNorm, BuildError, BuildOptions, graph};
pub use spaces::{Architecture, ArchitectureError, SampleError, Space, UnknownSpace};
