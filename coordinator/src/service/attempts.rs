//! What agents sent, with every raw sample, in pages.

use tenshot_measurement::CampaignId;

use super::progress::known;
use super::{Coordinator, ServiceError};
use crate::domain::UnixMillis;
use crate::domain::task::TaskProgress;
use crate::store::measurements::{self, Record, RecordRow};
use crate::store::{task_progress, tasks};

/// One attempt of a campaign with the task that it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub struct CampaignAttempt {
    /// The task as it is now.
    pub task: TaskProgress,
    /// When the attempt arrived.
    pub received: UnixMillis,
    /// Whether this attempt is the one that is used.
    pub used: bool,
    /// What came of it, as it came.
    pub record: Record,
}

/// Some of a campaign's attempts in the order of arrival.
#[derive(Debug, Clone, PartialEq)]
pub struct AttemptPage {
    /// The attempts.
    pub attempts: Vec<CampaignAttempt>,
    /// What comes `after` on the next page; none: this is the last.
    pub next: Option<u64>,
}

impl Coordinator {
    /// A campaign's attempts behind the one numbered `after`, `most` of them, with all raw samples.
    ///
    /// # Errors
    /// Where there is no such campaign, or the database fails.
    pub fn campaign_attempts(&self, campaign: CampaignId, after: u64, most: u32) -> Result<AttemptPage, ServiceError> {
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        self.store.read(|tx| {
            known(tx, campaign)?;
            let rows = measurements::records_of_campaign(tx, campaign, after, most)?;
            let full = rows.len() == usize::try_from(most).unwrap_or(usize::MAX);
            let next = rows.last().filter(|_| full).and_then(|last| u64::try_from(last.id).ok());
            let tasks = task_progress::by_id(tx, campaign, rows.iter().map(|row| row.task))?;
            let used = tasks::used_measurements(tx, campaign)?;
            let attempts = rows.into_iter().filter_map(|RecordRow { id, task, received, record }| {
                let used = used.contains(&id);
                Some(CampaignAttempt { task: tasks.get(&task)?.clone(), received, used, record })
            });
            Ok(AttemptPage { attempts: attempts.collect(), next })
        })
    }
}
