//! What runs a model, behind one trait.
//!
//! A runtime is a folder with a [`RuntimeFamily`], and a line in [`BUILT_IN`]: names, error texts and
//! what an agent tells the coordinator all come from there. A runtime declares the inputs of a model
//! ([`DeclaredInput`]); [`InputPlan`] says how they are filled, the same for every runtime.

mod error;
mod input_plan;
mod random_input;
mod registry;
mod tract;

use tenshot_measurement::Backend;

pub use error::BackendError;
pub use input_plan::{DeclaredInput, Dimension, ElementType, InputPlan, InputValues, NumberType, PlannedInput};
pub use registry::{BUILT_IN, Registry, RuntimeChoice, RuntimeFamily};

/// A runtime that is set up: it computes with one execution provider.
pub trait Runtime {
    /// Its name and version, and where it computes.
    fn identity(&self) -> Backend;

    /// Parses and optimises a model, and fills its inputs.
    ///
    /// # Errors
    /// Where the file is no model that the runtime can run, or has an input that cannot be filled.
    fn load(&self, model: &[u8], options: &LoadOptions) -> Result<Box<dyn Inference>, BackendError>;
}

/// How a model is to be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoadOptions {
    /// Threads that the runtime may use.
    pub threads: u32,
    /// Images per inference: what a free batch is set to and a fixed one must be; none: 1, or as fixed.
    pub batch: Option<u32>,
    /// Seed of the pseudo-random floats that inputs are filled with; integers are zeros.
    pub input_seed: u64,
}

/// A model that is ready to run: loaded, optimised, its inputs in memory.
pub trait Inference {
    /// Runs once. The inputs are in memory already, and the outputs are left there.
    ///
    /// # Errors
    /// Where the runtime fails.
    fn infer(&mut self) -> Result<(), BackendError>;

    /// Images per inference.
    fn batch(&self) -> u32;
}
