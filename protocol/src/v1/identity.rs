//! Who and what: identifiers, the facts of a board, and the target that numbers belong to.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Reading;

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

identifier! {
    /// A board as the coordinator numbers it; stable across restarts of agent and coordinator.
    DeviceId(i64)
}
identifier! {
    /// A collection campaign.
    CampaignId(i64)
}
identifier! {
    /// One measurement to be made: device x model x batch x pass of a campaign.
    TaskId(i64)
}
identifier! {
    /// An immutable predictor version.
    PredictorId(i64)
}
identifier! {
    /// Which try at a task this is, from 1.
    AttemptNumber(u32)
}
identifier! {
    /// Grows with every lease of a task, so that an older holder can be told from the newer one.
    Fence(u64)
}

/// One life of an agent process; a restart makes a new one, and what the old one held is leased anew.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionId(pub String);

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

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Latency => "latency",
        })
    }
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

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { device, backend, execution_provider, threads, batch, metric } = self;
        write!(f, "{device}/{backend}/{execution_provider}/threads={threads}/batch={batch}/{metric}")
    }
}
