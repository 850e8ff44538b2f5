//! Which architecture a command is about.

use tenshot_onnx_models::{Architecture, Space};

use crate::{Exit, Failure, FailureContext};

/// One architecture of a space.
#[derive(Debug, clap::Args)]
pub(super) struct ArchitectureArgs {
    /// The search space.
    #[arg(long, default_value = "nasbench201")]
    space: Space,
    /// The architecture as its space writes it: a cell string or the benchmark's index
    /// (nasbench201), 22 block names or indices (fbnet), a JSON object (mobilenetv3, hat; hat also
    /// in the keys of its YAML files), or `@FILE` that holds it.
    #[arg(long, value_name = "ARCH", allow_hyphen_values = true)]
    arch: String,
}

impl ArchitectureArgs {
    pub(super) fn read(&self) -> Result<Architecture, Failure> {
        read(self.space, &self.arch)
    }
}

/// Reads an architecture, from a file where the text is `@FILE`.
pub(super) fn read(space: Space, text: &str) -> Result<Architecture, Failure> {
    let Some(path) = text.strip_prefix('@') else {
        return space.parse(text).or_exit(Exit::Input);
    };
    let text = std::fs::read_to_string(path).or_fail(Exit::Input, format_args!("cannot read {path}"))?;
    space.parse(text.trim()).or_fail(Exit::Input, format_args!("cannot use {path}"))
}
