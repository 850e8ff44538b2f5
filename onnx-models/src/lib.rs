//! Search spaces as exact ONNX networks, and what they cost.

pub mod spaces;

pub use spaces::{Architecture, ArchitectureError, SampleError, Space, UnknownSpace};
