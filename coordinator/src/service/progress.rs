//! How far a campaign is.

use rusqlite::Transaction;
use tenshot_measurement::CampaignId;

use super::adaptation::Complete;
use super::campaigning::summary;
use super::{Coordinator, ServiceError};
use crate::domain::progress::{CampaignProgress, CampaignSummary, TargetProgress};
use crate::domain::task::{TaskProgress, TaskRole};
use crate::store::campaigns::{self, CampaignRecord};
use crate::store::predictors::{self, Filter};
use crate::store::targets::{self, TargetId};
use crate::store::task_progress::{self, Placed};
use crate::store::tasks::{self, Counts};

/// Some of a campaign's tasks, in its order.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskPage {
    /// The tasks.
    pub tasks: Vec<TaskProgress>,
    /// Where the next page begins; none: this is the last.
    pub next: Option<u64>,
}

impl Coordinator {
    /// A campaign in one line.
    ///
    /// # Errors
    /// Where there is no such campaign, or the database fails.
    pub fn campaign_summary(&self, campaign: CampaignId) -> Result<CampaignSummary, ServiceError> {
        self.store.read(|tx| Ok(summary(&known(tx, campaign)?, tasks::counts(tx, campaign)?)))
    }

    /// A campaign with its targets.
    ///
    /// # Errors
    /// Where there is no such campaign, or the database fails.
    pub fn campaign(&self, campaign: CampaignId) -> Result<CampaignProgress, ServiceError> {
        let (record, counts, by_target) = self.store.read(|tx| {
            let record = known(tx, campaign)?;
            Ok::<_, ServiceError>((record, tasks::counts(tx, campaign)?, tasks::counts_by_target(tx, campaign)?))
        })?;
        let targets = by_target
            .into_iter()
            .map(|(target, counts)| self.target_progress(campaign, target, counts))
            .collect::<Result<_, _>>()?;
        Ok(CampaignProgress { summary: summary(&record, counts), spec: record.spec, retries: counts.retries, targets })
    }

    /// A campaign's tasks from a position on, `most` of them.
    ///
    /// # Errors
    /// Where there is no such campaign, or the database fails.
    pub fn campaign_tasks(&self, campaign: CampaignId, from: u64, most: u32) -> Result<TaskPage, ServiceError> {
        self.store.read(|tx| {
            known(tx, campaign)?;
            let placed = task_progress::of_campaign(tx, campaign, from, most)?;
            let full = placed.len() == usize::try_from(most).unwrap_or(usize::MAX);
            let next = placed.last().filter(|_| full).map(|last| last.position.saturating_add(1));
            Ok(TaskPage { tasks: placed.into_iter().map(|Placed { task, .. }| task).collect(), next })
        })
    }

    fn target_progress(
        &self,
        campaign: CampaignId,
        target: TargetId,
        counts: Counts,
    ) -> Result<TargetProgress, ServiceError> {
        let filter = Filter { campaign: Some(campaign), target: Some(target), ..Filter::default() };
        let (name, predictor) = self.store.read(|tx| {
            let newest = predictors::find(tx, &filter)?.into_iter().next();
            Ok::<_, ServiceError>((targets::by_id(tx, target)?, newest))
        })?;
        let problem = match self.measured(campaign, target, TaskRole::Reference)? {
            Complete::Lacking(lacking) => Some(format!(
                "the reference set is incomplete, {} of {} were never measured: {}",
                lacking.len(),
                counts.references,
                lacking.join(", ")
            )),
            Complete::Yes(_) if predictor.is_none() => Some("the adaptation failed: see the log".to_owned()),
            Complete::Open | Complete::Yes(_) => None,
        };
        Ok(TargetProgress {
            target: name,
            tasks: counts.tasks,
            ended: counts.ended,
            references_measured: counts.references_measured,
            references: counts.references,
            predictor_version: predictor.map(|predictor| predictor.version),
            problem,
        })
    }
}

/// The campaign of this number, which has to be there.
pub(super) fn known(tx: &Transaction, campaign: CampaignId) -> Result<CampaignRecord, ServiceError> {
    campaigns::by_id(tx, campaign)?.ok_or_else(|| ServiceError::no_campaign(campaign))
}
