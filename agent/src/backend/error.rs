//! What can go wrong between a model and a runtime.

use std::path::PathBuf;

use tenshot_measurement::FailureKind;

/// A model could not be loaded or run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BackendError {
    /// This build has no such runtime.
    #[error("unknown backend `{name}`: this build has {known}")]
    UnknownRuntime {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// The runtime has no such execution provider.
    #[error("{runtime} has no execution provider `{name}`: it has {known}")]
    UnknownExecutionProvider {
        /// The runtime.
        runtime: &'static str,
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// The execution provider has no such option.
    #[error("execution provider `{execution_provider}` of {runtime} has no option `{name}`: its options are {known}")]
    UnknownOption {
        /// The runtime.
        runtime: &'static str,
        /// The execution provider.
        execution_provider: String,
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// A library was named for a runtime that is part of this program.
    #[error("{runtime} is part of this program and takes no library, not {library}: leave it out", library = library.display())]
    NoLibrary {
        /// The runtime.
        runtime: &'static str,
        /// What was asked for.
        library: PathBuf,
    },
    /// The bytes are no ONNX model.
    #[error("no ONNX model ({cause}): check that the file is whole, or export it again")]
    NotOnnx {
        /// What the parser said.
        cause: String,
    },
    /// The model is one, but the runtime cannot run it.
    #[error("{runtime} cannot run this model: {cause}")]
    Unsupported {
        /// The runtime.
        runtime: &'static str,
        /// What it said.
        cause: String,
    },
    /// The model has no input.
    #[error("the model has no input: nothing says what one inference is")]
    NoInput,
    /// An input whose size is not known.
    #[error("input `{input}` has the shape {shape}: every dimension but the first must be fixed in the model")]
    InputShape {
        /// The input.
        input: String,
        /// Its shape, as far as it is known.
        shape: String,
    },
    /// An input that is neither of floats nor of integers.
    #[error("input `{input}` is of type {element}: only inputs of floats or of 32- and 64-bit integers can be filled")]
    InputElement {
        /// The input.
        input: String,
        /// The type of its elements.
        element: String,
    },
    /// The model was built for another batch.
    #[error("input `{input}` has a fixed batch of {fixed}, not {asked}: build the model with batch {asked}")]
    Batch {
        /// The input.
        input: String,
        /// The model's batch.
        fixed: u64,
        /// What was asked for.
        asked: u32,
    },
    /// The runtime failed during an inference.
    #[error("{runtime} failed during an inference: {cause}")]
    Inference {
        /// The runtime.
        runtime: &'static str,
        /// What it said.
        cause: String,
    },
}

impl BackendError {
    /// What kind of failure a measurement that meets this error is.
    #[must_use]
    pub fn kind(&self) -> FailureKind {
        match self {
            Self::UnknownRuntime { .. }
            | Self::UnknownExecutionProvider { .. }
            | Self::UnknownOption { .. }
            | Self::NoLibrary { .. } => FailureKind::Board,
            Self::NotOnnx { .. } | Self::Unsupported { .. } => FailureKind::ModelUnreadable,
            Self::NoInput | Self::InputShape { .. } | Self::InputElement { .. } | Self::Batch { .. } => {
                FailureKind::InputUnsupported
            }
            Self::Inference { .. } => FailureKind::BackendError,
        }
    }
}
