//! What came of an attempt at a measurement.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Holding, Measurement};

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// A measurement, trusted or suspect.
    Measured(Box<Measurement>),
    /// No measurement.
    Failed(MeasurementFailure),
}

/// What came of the attempt that a lease gave a right to.
#[derive(Debug, Clone, PartialEq)]
pub struct AttemptResult {
    /// Task, attempt and fence of the lease under which it was made.
    pub holding: Holding,
    /// What came of it.
    pub outcome: Outcome,
}

/// Why there is no measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The file is no model that the backend can read.
    ModelUnreadable,
    /// The model has an input that the agent cannot fill.
    InputUnsupported,
    /// The backend gave an error.
    BackendError,
    /// The measuring process crashed.
    Crashed,
    /// The measuring process did not end in time.
    TimeLimit,
    /// The measuring process asked for more memory than allowed.
    MemoryLimit,
    /// The measuring process could not be started, or the board refused a setting.
    Board,
}

/// A measurement that failed, with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasurementFailure {
    /// What kind of failure.
    pub kind: FailureKind,
    /// One line for people.
    pub detail: String,
}

impl fmt::Display for MeasurementFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            FailureKind::ModelUnreadable => "the model cannot be read",
            FailureKind::InputUnsupported => "the model has an input that cannot be filled",
            FailureKind::BackendError => "the backend failed",
            FailureKind::Crashed => "the measuring process crashed",
            FailureKind::TimeLimit => "the time limit was reached",
            FailureKind::MemoryLimit => "the memory limit was reached",
            FailureKind::Board => "the board refused",
        };
        write!(f, "{kind}: {}", self.detail)
    }
}

impl std::error::Error for MeasurementFailure {}
