//! Devices, and what is known of their targets.

use tenshot_measurement::{Backend, BoardFacts, DeviceId, SessionId, Target};

use super::UnixMillis;
use super::predictor::PredictorSummary;

/// What an agent says of itself when it enrols.
#[derive(Debug, Clone, PartialEq)]
pub struct Introduction {
    /// The board's name in the lab; the same name is the same device.
    pub name: String,
    /// This life of the agent.
    pub session: SessionId,
    /// The agent's own version.
    pub agent_version: String,
    /// What the board is.
    pub facts: BoardFacts,
    /// What it can run models with.
    pub backends: Vec<Backend>,
}

/// One line of a list of devices.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceSummary {
    /// Its number.
    pub device: DeviceId,
    /// Its name.
    pub name: String,
    /// The agent's version; none for a device that was imported.
    pub agent_version: Option<String>,
    /// When it was last heard of.
    pub last_seen: UnixMillis,
    /// Whether a heartbeat came within the time that was agreed.
    pub online: bool,
}

/// A device with its targets.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceDetail {
    /// The device.
    pub summary: DeviceSummary,
    /// What the board is.
    pub facts: Option<BoardFacts>,
    /// What it can run models with.
    pub backends: Vec<Backend>,
    /// Its targets.
    pub targets: Vec<TargetDetail>,
}

/// One target of a device, and what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetDetail {
    /// The target.
    pub target: Target,
    /// Its hardware embeddings, newest first.
    pub embeddings: Vec<Embedding>,
    /// Its predictor versions, newest first.
    pub predictors: Vec<PredictorSummary>,
}

/// A hardware embedding (paper, Eq. 3).
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding {
    /// Search space.
    pub space: String,
    /// Name of the reference set.
    pub reference_set: String,
    /// The references, as the space writes them, in the order of the set.
    pub architectures: Vec<String>,
    /// Their latencies, in milliseconds.
    pub latencies_ms: Vec<f64>,
    /// The same, min-max standardised to 0..1; none where all are equal.
    pub standardised: Option<Vec<f64>>,
    /// Which of them were never trusted.
    pub suspect: Vec<bool>,
    /// When it was made.
    pub created: UnixMillis,
}
