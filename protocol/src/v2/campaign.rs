//! Campaigns as operators create and watch them: tasks and attempts come in pages.

use serde::{Deserialize, Serialize};
use tenshot_measurement::ModelHash;

use super::{ArchitectureChoice, CampaignAttempt, CampaignSummary, Limits, Settings, TargetProgress, TaskView};

/// A collection campaign to be made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CampaignSpec {
    /// For people; unique.
    pub name: String,
    /// Search space.
    pub space: String,
    /// The trained predictor that is adapted, one of the coordinator's; none: the built-in one of the space.
    #[serde(default)]
    pub trained: Option<ModelHash>,
    /// The architectures whose latencies are the hardware embedding.
    pub references: ArchitectureChoice,
    /// The architectures that are measured to judge the predictor, never to adapt it.
    #[serde(default)]
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

/// A campaign with its targets. Its tasks are pages of their own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CampaignProgress {
    /// The campaign.
    #[serde(flatten)]
    pub summary: CampaignSummary,
    /// What was asked for.
    pub spec: CampaignSpec,
    /// Tasks that were tried in vain and are to be tried again; none in files of before version 2.
    #[serde(default)]
    pub retries: u64,
    /// How far each target is.
    pub targets: Vec<TargetProgress>,
}

/// Some of a campaign's tasks, in its order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskPage {
    /// The tasks.
    pub tasks: Vec<TaskView>,
    /// What to ask `after` for the next page; none: this is the last.
    pub next: Option<u64>,
}

/// Some of a campaign's attempts with every raw sample, in the order of arrival.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttemptPage {
    /// The attempts.
    pub attempts: Vec<CampaignAttempt>,
    /// What to ask `after` for the next page; none: this is the last.
    pub next: Option<u64>,
}
