//! How far a campaign is.

use std::collections::BTreeMap;

use rusqlite::Transaction;
use tenshot_protocol::v1::{
    CampaignId, CampaignProgress, Outcome, PredictorSummary, TargetProgress, TaskRole, TaskState, TaskView,
};

use super::adaptation::Measured;
use super::campaigning::summary;
use super::{Coordinator, ServiceError};
use crate::domain::UnixMillis;
use crate::store::measurements::Attempt;
use crate::store::predictors::Filter;
use crate::store::targets::TargetId;
use crate::store::tasks::TaskRecord;
use crate::store::{campaigns, measurements, predictors, targets, tasks};

/// One attempt of a campaign with the task that it belongs to.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct CampaignAttempt {
    /// The task as it is now.
    pub task: TaskView,
    /// When the attempt arrived.
    pub received_at_unix_ms: UnixMillis,
    /// Whether this attempt is the one that is used.
    pub used: bool,
    /// What came of it.
    pub outcome: Outcome,
}

impl Coordinator {
    /// A campaign with its targets and tasks.
    ///
    /// # Errors
    /// Where there is no such campaign, or the database fails.
    pub fn campaign(&self, campaign: CampaignId) -> Result<CampaignProgress, ServiceError> {
        let (record, summary, records, views) = self.store.read(|tx| {
            let record = campaigns::by_id(tx, campaign)?.ok_or_else(|| ServiceError::no_campaign(campaign))?;
            let records = tasks::of_campaign(tx, campaign)?;
            let views = records.iter().map(|task| view(tx, task)).collect::<Result<Vec<_>, ServiceError>>()?;
            Ok::<_, ServiceError>((record.clone(), summary(tx, &record)?, records, views))
        })?;
        let mut by_target: BTreeMap<TargetId, Vec<&TaskView>> = BTreeMap::new();
        for (task, view) in records.iter().zip(&views) {
            by_target.entry(task.target).or_default().push(view);
        }
        let targets = by_target
            .into_iter()
            .map(|(target, views)| self.target_progress(campaign, target, &views))
            .collect::<Result<_, _>>()?;
        Ok(CampaignProgress { summary, spec: record.spec, targets, tasks_detail: views })
    }

    /// Every attempt of a campaign in the order of arrival, with all raw samples.
    ///
    /// # Errors
    /// Where there is no such campaign, or the database fails.
    pub fn campaign_attempts(&self, campaign: CampaignId) -> Result<Vec<CampaignAttempt>, ServiceError> {
        self.store.read(|tx| {
            campaigns::by_id(tx, campaign)?.ok_or_else(|| ServiceError::no_campaign(campaign))?;
            let tasks: BTreeMap<_, _> =
                tasks::of_campaign(tx, campaign)?.into_iter().map(|task| (task.id, task)).collect();
            let mut attempts = Vec::new();
            for (id, attempt) in measurements::of_campaign(tx, campaign)? {
                let Some(task) = tasks.get(&id) else { continue };
                attempts.push(CampaignAttempt {
                    task: view(tx, task)?,
                    received_at_unix_ms: attempt.received,
                    used: task.measurement == Some(attempt.id),
                    outcome: attempt.outcome,
                });
            }
            Ok(attempts)
        })
    }

    fn target_progress(
        &self,
        campaign: CampaignId,
        target: TargetId,
        views: &[&TaskView],
    ) -> Result<TargetProgress, ServiceError> {
        let filter = Filter { campaign: Some(campaign), target: Some(target), ..Filter::default() };
        let (name, predictor) = self.store.read(|tx| {
            let newest: Option<PredictorSummary> = predictors::find(tx, &filter)?.into_iter().next();
            Ok::<_, ServiceError>((targets::by_id(tx, target)?, newest))
        })?;
        let references = || views.iter().filter(|task| task.role == TaskRole::Reference);
        let problem = match self.measured(campaign, target, TaskRole::Reference)? {
            Measured::Lacking(lacking) => Some(format!(
                "the reference set is incomplete, {} of {} were never measured: {}",
                lacking.len(),
                references().count(),
                lacking.join(", ")
            )),
            Measured::Complete(_) if predictor.is_none() => Some("the adaptation failed: see the log".to_owned()),
            Measured::Open | Measured::Complete(_) => None,
        };
        Ok(TargetProgress {
            target: name,
            tasks: count(views.iter().copied(), |_| true),
            ended: count(views.iter().copied(), |task| ended(task.state)),
            references_measured: count(references().copied(), |task| task.latency_ms.is_some()),
            references: count(references().copied(), |_| true),
            predictor_version: predictor.map(|predictor| predictor.version),
            problem,
        })
    }
}

fn count<'a>(tasks: impl Iterator<Item = &'a TaskView>, which: impl Fn(&TaskView) -> bool) -> u64 {
    tasks.filter(|task| which(task)).map(|_| 1).sum()
}

fn ended(state: TaskState) -> bool {
    !matches!(state, TaskState::Waiting | TaskState::Leased)
}

fn view(tx: &Transaction, task: &TaskRecord) -> Result<TaskView, ServiceError> {
    let attempts = measurements::of_task(tx, task.id)?;
    let used = attempts.iter().find(|attempt| task.measurement == Some(attempt.id));
    let (latency_ms, reasons) = match used.map(|attempt| &attempt.outcome) {
        Some(Outcome::Measured(measurement)) => {
            (Some(measurement.latency_ms.trimmed_mean), measurement.verdict.reasons.clone())
        }
        Some(Outcome::Failed(_)) | None => (None, Vec::new()),
    };
    let failure = match attempts.last() {
        Some(Attempt { outcome: Outcome::Failed(failure), .. }) => Some(failure.clone()),
        Some(_) | None => None,
    };
    Ok(TaskView {
        task: task.id,
        target: targets::by_id(tx, task.target)?,
        architecture: task.architecture.clone(),
        model_sha256: task.model.clone(),
        role: task.role,
        pass: task.pass,
        state: task.state,
        attempts: task.attempts,
        latency_ms,
        reasons,
        failure,
    })
}
