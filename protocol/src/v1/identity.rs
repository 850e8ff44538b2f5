//! What a board is, and the target that numbers belong to.

use serde::{Deserialize, Serialize};
use tenshot_measurement::Reading;

/// What an agent knows of its board at start.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BoardFacts {
    /// Processor name, such as `AMD EPYC 7763`.
    pub cpu_model: Reading<String>,
    /// Board name from the device tree, such as `Raspberry Pi 4 Model B Rev 1.4`.
    pub board_model: Reading<String>,
    /// Instruction set, such as `x86_64` or `aarch64`.
    pub architecture: String,
    /// Operating system and kernel release.
    pub operating_system: String,
    /// Logical processors that the agent may use.
    pub cpu_count: u32,
    /// Main memory, in bytes.
    pub memory_bytes: Reading<u64>,
}

/// The quantity that a target's numbers are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Time of one inference.
    Latency,
}

/// What numbers belong to: the paper counts each batch size of a GPU as a device of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Target {
    /// The board's name.
    pub device: String,
    /// Inference backend, such as `tract`.
    pub backend: String,
    /// The backend's execution provider, such as `cpu`.
    pub execution_provider: String,
    /// Threads that the backend may use.
    pub threads: u32,
    /// Images per inference.
    pub batch: u32,
    /// The measured quantity.
    pub metric: Metric,
}
