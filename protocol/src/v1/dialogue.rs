//! What agent and coordinator say to each other.
//!
//! | request | path | answer |
//! |---|---|---|
//! | [`EnrolRequest`] | `POST /v1/agents` | [`EnrolResponse`] |
//! | [`HeartbeatRequest`] | `POST /v1/agents/{device}/heartbeat` | [`HeartbeatResponse`] |
//! | [`LeaseRequest`] | `POST /v1/agents/{device}/lease` (long poll) | [`LeaseResponse`] |
//! | | `GET /v1/models/{sha256}` | the file |
//! | [`ResultRequest`] | `POST /v1/agents/{device}/results` | [`ResultResponse`] |

use serde::{Deserialize, Serialize};
use tenshot_measurement::{AttemptNumber, DeviceId, Fence, ModelHash, SessionId, TaskId};

use super::{Backend, BoardFacts, Limits, Measurement, MeasurementFailure, Settings};

/// An agent says who it is; said anew at every start, it keeps the device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EnrolRequest {
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

/// The coordinator knows the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolResponse {
    /// The device's number.
    pub device: DeviceId,
    /// How often to send a heartbeat, in milliseconds.
    pub heartbeat_ms: u64,
    /// How long the coordinator holds a lease request open, in milliseconds.
    pub lease_wait_ms: u64,
}

/// The lease that an agent holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// The task.
    pub task: TaskId,
    /// The attempt.
    pub attempt: AttemptNumber,
    /// The lease's fence.
    pub fence: Fence,
}

/// An agent lives, and still works on what it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeartbeatRequest {
    /// This life of the agent.
    pub session: SessionId,
    /// What it works on.
    pub holding: Option<Holding>,
}

/// The lease was extended, or is lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeartbeatResponse {
    /// Whether the lease named in the request is still the agent's; false: stop measuring it.
    pub still_held: bool,
}

/// An agent is free.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseRequest {
    /// This life of the agent; leases of its earlier lives are given out anew.
    pub session: SessionId,
}

/// Work, or none within the waiting time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeaseResponse {
    /// The work.
    pub assignment: Option<Assignment>,
}

/// One measurement to make.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assignment {
    /// Task, attempt and fence.
    #[serde(flatten)]
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

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A measurement, trusted or suspect.
    Measured(Box<Measurement>),
    /// No measurement.
    Failed(MeasurementFailure),
}

/// A result; sent until acknowledged, stored once per (task, attempt).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResultRequest {
    /// Task, attempt and fence of the lease under which it was made.
    #[serde(flatten)]
    pub holding: Holding,
    /// What came of it.
    pub outcome: Outcome,
}

/// What the coordinator did with a result. In every case the agent may forget it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResultStatus {
    /// Stored.
    Accepted,
    /// Stored before; nothing was changed.
    Duplicate,
    /// A later lease of the same attempt took its place; not stored.
    Superseded,
}

/// The acknowledgement of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultResponse {
    /// What was done with it.
    pub status: ResultStatus,
}
