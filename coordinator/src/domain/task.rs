//! Tasks, and how far they are.

use serde::{Deserialize, Serialize};
use tenshot_measurement::{MeasurementFailure, ModelHash, Reason, Target, TaskId};

/// What an architecture is measured for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskRole {
    /// Hardware embedding and adaptation.
    Reference,
    /// Judging the predictor only.
    Probe,
}

/// Where a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// Nobody works on it; it may rest before another attempt.
    Waiting,
    /// An agent works on it.
    Leased,
    /// Measured, and trusted.
    Trusted,
    /// Measured as often as allowed, and never trusted; its best measurement is used, marked.
    Suspect,
    /// Tried as often as allowed, and never measured.
    Failed,
    /// Its campaign was stopped before it was measured.
    Cancelled,
}

impl TaskState {
    /// Whether nothing more happens to the task.
    #[must_use]
    pub fn has_ended(self) -> bool {
        match self {
            Self::Waiting | Self::Leased => false,
            Self::Trusted | Self::Suspect | Self::Failed | Self::Cancelled => true,
        }
    }
}

/// One task with what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskProgress {
    /// Its number.
    pub task: TaskId,
    /// The target it belongs to.
    pub target: Target,
    /// The architecture, as the space writes it.
    pub architecture: String,
    /// The model.
    pub model_sha256: ModelHash,
    /// What it is measured for.
    pub role: TaskRole,
    /// Which pass over the models, from 1.
    pub pass: u32,
    /// Where it is.
    pub state: TaskState,
    /// Attempts made.
    pub attempts: u32,
    /// Trimmed mean of the attempt that is used, in milliseconds.
    pub latency_ms: Option<f64>,
    /// Reasons against the attempt that is used.
    pub reasons: Vec<Reason>,
    /// Why the newest attempt gave nothing.
    pub failure: Option<MeasurementFailure>,
}
