//! What numbers belong to.

use std::fmt;

use serde::{Deserialize, Serialize};

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
