//! Reads from the lab what a report tells.

use std::collections::HashMap;

use tenshot_measurement::{CampaignId, Outcome, Target, TaskId};
use tenshot_predictor::Adapted;

use super::CampaignReport;
use super::outcome::{ReportedAttempt, TargetOutcome};
use crate::domain::UnixMillis;
use crate::domain::predictor::PredictorSummary;
use crate::domain::progress::TargetProgress;
use crate::domain::task::TaskProgress;
use crate::service::{Coordinator, PredictorFilter, Record, ServiceError};

/// Attempts that are read at once: each may have thousands of samples.
const ATTEMPTS_AT_ONCE: u32 = 100;

/// Reads a record in the words of the protocol version that it came in.
pub type ReadRecord = fn(&Record) -> Result<Outcome, serde_json::Error>;

impl CampaignReport {
    /// The report of a campaign as it is now, whatever its state.
    ///
    /// # Errors
    /// Where there is no such campaign, or what is kept of it cannot be read.
    pub fn of(
        lab: &Coordinator,
        campaign: CampaignId,
        read: ReadRecord,
        now: UnixMillis,
    ) -> Result<Self, ServiceError> {
        let progress = lab.campaign(campaign)?;
        let mut by_target: HashMap<Target, Vec<TaskProgress>> = HashMap::new();
        for task in lab.campaign_tasks(campaign, 0, u32::MAX)?.tasks {
            by_target.entry(task.target.clone()).or_default().push(task);
        }
        let mut attempts = attempts(lab, campaign, read)?;
        let targets = progress.targets.into_iter().map(|target| {
            let tasks = by_target.remove(&target.target).unwrap_or_default();
            let attempts = of_tasks(&mut attempts, &tasks);
            let predictor = predictor(lab, campaign, &target)?;
            let facts = lab.device(&target.target.device, now)?.facts;
            TargetOutcome { campaign: &progress.summary, progress: target, facts, tasks, attempts, predictor }.report()
        });
        Ok(Self { targets: targets.collect::<Result<_, _>>()?, name: progress.summary.name.clone(), created: now })
    }
}

/// All attempts, by their task.
fn attempts(
    lab: &Coordinator,
    campaign: CampaignId,
    read: ReadRecord,
) -> Result<HashMap<TaskId, Vec<ReportedAttempt>>, ServiceError> {
    let mut attempts: HashMap<TaskId, Vec<ReportedAttempt>> = HashMap::new();
    let mut next = Some(0);
    while let Some(after) = next {
        let page = lab.campaign_attempts(campaign, after, ATTEMPTS_AT_ONCE)?;
        for attempt in page.attempts {
            let task = attempt.task.task;
            let outcome = read(&attempt.record).map_err(|source| ServiceError::Record { task, source })?;
            let (received, used) = (attempt.received, attempt.used);
            attempts.entry(task).or_default().push(ReportedAttempt { task, received, used, outcome });
        }
        next = page.next;
    }
    Ok(attempts)
}

/// Those of these tasks, in the order of arrival.
fn of_tasks(attempts: &mut HashMap<TaskId, Vec<ReportedAttempt>>, tasks: &[TaskProgress]) -> Vec<ReportedAttempt> {
    let mut of_target: Vec<ReportedAttempt> =
        tasks.iter().filter_map(|task| attempts.remove(&task.task)).flatten().collect();
    of_target.sort_by_key(|attempt| attempt.received.0);
    of_target
}

/// The predictor that the campaign made for the target.
fn predictor(
    lab: &Coordinator,
    campaign: CampaignId,
    target: &TargetProgress,
) -> Result<Option<(PredictorSummary, Adapted)>, ServiceError> {
    let filter = PredictorFilter {
        campaign: Some(campaign),
        device: Some(target.target.device.clone()),
        ..PredictorFilter::default()
    };
    let found = lab.predictors(&filter)?.into_iter().find(|found| found.target == target.target);
    found.map(|summary| Ok((summary.clone(), lab.adapted(&summary)?))).transpose()
}
