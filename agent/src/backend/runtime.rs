//! What a runtime is, before and after it is set up.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tenshot_measurement::Backend;

use crate::backend::BackendError;

/// Which runtime is to run a model, and how it is to be set up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuntimeChoice {
    /// The runtime by name, such as `tract`.
    pub backend: String,
    /// The execution provider by name, such as `cpu`.
    pub execution_provider: String,
    /// Options of the execution provider, by the names that the runtime has for them.
    pub provider_options: BTreeMap<String, String>,
    /// The runtime's shared library; none: the one that the runtime finds by itself, if it needs any.
    pub library: Option<PathBuf>,
}

impl RuntimeChoice {
    /// A runtime with one of its execution providers, without options.
    #[must_use]
    pub fn new(backend: impl Into<String>, execution_provider: impl Into<String>) -> Self {
        Self {
            backend: backend.into(),
            execution_provider: execution_provider.into(),
            provider_options: BTreeMap::new(),
            library: None,
        }
    }
}

/// What is known of a runtime before a model is there: tract, ONNX Runtime, …
pub trait RuntimeFamily: Sync {
    /// What it is called on the command line, in campaigns and in results.
    fn name(&self) -> &'static str;

    /// Its execution providers that this board has, each with the runtime's version.
    fn available(&self) -> Vec<Backend>;

    /// The names of the options that an execution provider takes; none where it takes none.
    fn provider_options(&self, execution_provider: &str) -> &'static [&'static str];

    /// Whether it is loaded from a shared library, so that a choice may name the library's file.
    fn takes_library(&self) -> bool;

    /// Sets the runtime up. The registry has checked the choice against the four methods above.
    ///
    /// # Errors
    /// Where the library cannot be loaded, or an option has a value that the runtime refuses.
    fn open(&self, choice: &RuntimeChoice) -> Result<Box<dyn Runtime>, BackendError>;
}

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
