//! One measurement to make, and the lease under which it is made.

use crate::{AttemptNumber, Fence, Limits, ModelHash, Settings, TaskId};

/// The lease that an agent holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding {
    /// The task.
    pub task: TaskId,
    /// The attempt.
    pub attempt: AttemptNumber,
    /// The lease's fence.
    pub fence: Fence,
}

/// One measurement to make.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// Task, attempt and fence.
    pub holding: Holding,
    /// The lease ends after this time without a heartbeat, in milliseconds.
    pub expires_in_ms: u64,
    /// The model to fetch.
    pub model_sha256: ModelHash,
    /// Its size in bytes.
    pub model_bytes: u64,
    /// Backend by name.
    pub backend: String,
    /// Execution provider by name.
    pub execution_provider: String,
    /// Threads for the backend.
    pub threads: u32,
    /// Images per inference, as the model was built.
    pub batch: u32,
    /// Processors to bind to.
    pub cpu_set: Option<Vec<u32>>,
    /// How to measure.
    pub settings: Settings,
    /// What the measuring process may use.
    pub limits: Limits,
}

/// What the coordinator did with a result. In every case the agent may forget it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResultStatus {
    /// Stored.
    Accepted,
    /// Stored before; nothing was changed.
    Duplicate,
    /// A later lease of the same attempt took its place; not stored.
    Superseded,
}
