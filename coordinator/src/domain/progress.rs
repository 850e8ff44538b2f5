//! How far a campaign and its targets are.

use tenshot_measurement::{CampaignId, Target};

use super::UnixMillis;
use super::campaign::{CampaignSpec, CampaignState};

/// One line of a list of campaigns.
#[derive(Debug, Clone, PartialEq)]
pub struct CampaignSummary {
    /// Its number.
    pub campaign: CampaignId,
    /// Its name.
    pub name: String,
    /// Search space.
    pub space: String,
    /// Where it is.
    pub state: CampaignState,
    /// When it was made.
    pub created: UnixMillis,
    /// All tasks.
    pub tasks: u64,
    /// Tasks that have ended.
    pub ended: u64,
}

/// How far one target of a campaign is.
#[derive(Debug, Clone, PartialEq)]
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

/// A campaign with its targets.
#[derive(Debug, Clone, PartialEq)]
pub struct CampaignProgress {
    /// The campaign.
    pub summary: CampaignSummary,
    /// What was asked for.
    pub spec: CampaignSpec,
    /// Tasks that were tried in vain and are to be tried again.
    pub retries: u64,
    /// How far each target is.
    pub targets: Vec<TargetProgress>,
}
