//! What is to be measured, and which program measures it.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tenshot_measurement::{Limits, ModelHash, Settings};

use crate::backend::RuntimeChoice;

/// One measurement to be made; JSON on the standard input of the measuring process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    /// The model's file.
    pub model: PathBuf,
    /// The hash that the file must have; none: whatever is there.
    pub sha256: Option<ModelHash>,
    /// What runs the model.
    pub runtime: RuntimeChoice,
    /// Threads for the backend.
    pub threads: u32,
    /// Images per inference: a fixed batch of the model must equal it, a free one is set to it;
    /// none: as the model was built, a free one 1.
    pub batch: Option<u32>,
    /// Processors to bind to; none: not bound.
    pub cpu_set: Option<Vec<u32>>,
    /// How to measure.
    pub settings: Settings,
    /// What the measuring process may use.
    pub limits: Limits,
    /// The folder that `proc` and `sys` are read below: `/`, but in tests.
    pub sysfs_root: PathBuf,
}

/// The program that runs as the measuring process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// Its file.
    pub program: PathBuf,
    /// Its arguments, the hidden subcommand included.
    pub arguments: Vec<OsString>,
}

impl Host {
    /// The hidden subcommand that measures.
    pub const SUBCOMMAND: &'static str = "measure-worker";

    /// The program that is running now; `prefix` stands before [`Host::SUBCOMMAND`]: none in
    /// `tenshot-agent`, `agent` in `tenshot`.
    ///
    /// # Errors
    /// Where the operating system cannot tell the program's file.
    pub fn current(prefix: &[&str]) -> io::Result<Self> {
        let arguments = prefix.iter().chain([&Self::SUBCOMMAND]).map(OsString::from).collect();
        Ok(Self { program: std::env::current_exe()?, arguments })
    }
}
