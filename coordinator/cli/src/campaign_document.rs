//! A campaign with all its tasks: what `tenshot campaign show --json` prints, and `tenshot import --campaign` reads.

use serde::{Deserialize, Serialize};
use tenshot_protocol::v2::{CampaignId, CampaignProgress, Reason, Target, TaskView};

use crate::client::{Client, ClientError};

/// A campaign with its targets and every task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct CampaignDocument {
    /// The campaign.
    #[serde(flatten)]
    pub(crate) progress: CampaignProgress,
    /// Every task, in the order of the campaign.
    pub(crate) tasks_detail: Vec<TaskView>,
}

impl CampaignDocument {
    /// A campaign as it is now.
    pub(crate) async fn of(client: &Client, campaign: CampaignId) -> Result<Self, ClientError> {
        Self::with_tasks(client, client.campaign(campaign).await?).await
    }

    /// A campaign that was asked for, and its tasks.
    pub(crate) async fn with_tasks(client: &Client, progress: CampaignProgress) -> Result<Self, ClientError> {
        let tasks_detail = client.campaign_tasks(progress.summary.campaign).await?;
        Ok(Self { progress, tasks_detail })
    }
}

/// A target as people read it.
pub(crate) fn target(target: &Target) -> String {
    tenshot_measurement::Target::from(target.clone()).to_string()
}

/// Reasons as people read them.
pub(crate) fn reasons(reasons: &[Reason]) -> Vec<String> {
    reasons.iter().map(|reason| tenshot_measurement::Reason::from(reason.clone()).to_string()).collect()
}
