//! Campaigns as operators create and watch them.

use serde::{Deserialize, Serialize};
use tenshot_measurement::{CampaignId, ModelHash, TaskId};

use super::{Limits, MeasurementFailure, Outcome, Reason, Settings, Target};

/// Which architectures: a set by name, or listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArchitectureChoice {
    /// The paper's reference set of the space.
    Paper,
    /// So many, at random.
    Random {
        /// How many.
        count: u32,
        /// Seed of the choice.
        seed: u64,
    },
    /// So many, spread evenly over the latency that the bundled predictor expects of an average device.
    Spread {
        /// How many.
        count: u32,
        /// Seed of the choice.
        seed: u64,
    },
    /// These, as the space writes them.
    Listed(Vec<String>),
}

/// A collection campaign to be made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CampaignSpec {
    /// For people; unique.
    pub name: String,
    /// Search space.
    pub space: String,
    /// The architectures whose latencies are the hardware embedding.
    pub references: ArchitectureChoice,
    /// The architectures that are measured to judge the predictor, never to adapt it.
    pub probes: Option<ArchitectureChoice>,
    /// Names of the devices; empty: the only one there is.
    #[serde(default)]
    pub devices: Vec<String>,
    /// Batch sizes; each makes a target of its own.
    pub batches: Vec<u32>,
    /// Inference backend.
    pub backend: String,
    /// The backend's execution provider.
    pub execution_provider: String,
    /// Threads for the backend.
    pub threads: u32,
    /// Processors to bind to.
    #[serde(default)]
    pub cpu_set: Option<Vec<u32>>,
    /// Measuring protocol.
    #[serde(default)]
    pub settings: Settings,
    /// What a measuring process may use.
    #[serde(default)]
    pub limits: Limits,
    /// How often each model is measured afresh.
    pub passes: u32,
    /// How often a suspect or failed measurement is tried, at most.
    pub attempts: u32,
    /// Rest before a suspect measurement is repeated, in milliseconds.
    pub cool_down_ms: u64,
}

/// Where a campaign is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CampaignState {
    /// Tasks are open.
    Running,
    /// Every task has ended, and every reference set is complete.
    Complete,
    /// Every task has ended, and some reference set is incomplete.
    Incomplete,
    /// Stopped by an operator.
    Cancelled,
}

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

/// One line of `campaign list`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CampaignSummary {
    /// Its number.
    pub campaign: CampaignId,
    /// Its name.
    pub name: String,
    /// Search space.
    pub space: String,
    /// Where it is.
    pub state: CampaignState,
    /// Creation, in milliseconds since 1970 (UTC).
    pub created_at_unix_ms: u64,
    /// All tasks.
    pub tasks: u64,
    /// Tasks that have ended.
    pub ended: u64,
}

/// How far one target of a campaign is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetProgress {
    /// The target.
    pub target: Target,
    /// All tasks.
    pub tasks: u64,
    /// Tasks that have ended.
    pub ended: u64,
    /// References measured, of `references`.
    pub references_measured: u64,
    /// References asked for.
    pub references: u64,
    /// Predictor version adapted from them.
    pub predictor_version: Option<u32>,
    /// Why there is no predictor although every reference task has ended.
    pub problem: Option<String>,
}

/// One task with its newest result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskView {
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

/// A campaign with its targets and tasks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CampaignProgress {
    /// The campaign.
    #[serde(flatten)]
    pub summary: CampaignSummary,
    /// What was asked for.
    pub spec: CampaignSpec,
    /// How far each target is.
    pub targets: Vec<TargetProgress>,
    /// Every task.
    pub tasks_detail: Vec<TaskView>,
}

/// One attempt of a campaign with the task that it belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CampaignAttempt {
    /// The task as it is now.
    pub task: TaskView,
    /// When the attempt arrived, in milliseconds since 1970 (UTC).
    pub received_at_unix_ms: u64,
    /// Whether this attempt is the one that is used.
    pub used: bool,
    /// What came of it.
    pub outcome: Outcome,
}
