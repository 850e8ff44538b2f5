//! What runs a model, behind one trait.

mod error;
mod random_input;
mod tract;

use tenshot_measurement::Backend;

pub use error::BackendError;
pub use tract::Tract;

/// A runtime for models: tract, ONNX Runtime, …
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

/// The runtime of this name with this execution provider.
///
/// # Errors
/// Where this build has no such runtime, or the runtime no such provider.
pub fn runtime(name: &str, execution_provider: &str) -> Result<Box<dyn Runtime>, BackendError> {
    if name != tract::NAME {
        return Err(BackendError::UnknownRuntime { name: name.to_owned() });
    }
    if execution_provider != tract::EXECUTION_PROVIDER {
        return Err(BackendError::UnknownExecutionProvider {
            runtime: tract::NAME,
            name: execution_provider.to_owned(),
            known: tract::EXECUTION_PROVIDER,
        });
    }
    Ok(Box::new(Tract))
}

/// Every runtime and execution provider of this build.
#[must_use]
pub fn available() -> Vec<Backend> {
    vec![Tract.identity()]
}

#[cfg(test)]
mod tests {
    use super::{available, runtime};

    #[test]
    fn what_is_available_can_be_had() {
        for backend in available() {
            assert_eq!(runtime(&backend.name, &backend.execution_provider).unwrap().identity(), backend);
        }
    }

    #[test]
    fn what_is_not_available_is_named() {
        let message = |name, provider| runtime(name, provider).err().unwrap().to_string();
        assert_eq!(message("ort", "cpu"), "unknown backend `ort`: this build has tract");
        assert_eq!(message("tract", "cuda"), "tract has no execution provider `cuda`: it has cpu");
    }
}
