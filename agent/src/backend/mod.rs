//! What runs a model, behind one trait.
//!
//! A runtime is a folder with a [`RuntimeFamily`], and a line in [`BUILT_IN`]: names, error texts and
//! what an agent tells the coordinator all come from there. A runtime declares the inputs of a model
//! ([`DeclaredInput`]); [`InputPlan`] says how they are filled, the same for every runtime.

mod error;
mod input_plan;
mod random_input;
mod registry;
mod runtime;
mod tract;

pub use error::BackendError;
pub use input_plan::{DeclaredInput, Dimension, ElementType, InputPlan, InputValues, NumberType, PlannedInput};
pub use registry::{BUILT_IN, Registry};
pub use runtime::{Inference, LoadOptions, Runtime, RuntimeChoice, RuntimeFamily};
