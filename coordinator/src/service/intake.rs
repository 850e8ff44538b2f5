//! Results arrive.

use rusqlite::Transaction;
use tenshot_protocol::v1::{DeviceId, Outcome, ResultRequest, ResultStatus, TaskState};

use super::{Coordinator, ServiceError};
use crate::domain::UnixMillis;
use crate::domain::attempts::{Next, next};
use crate::store::tasks::{self, AfterAttempt, TaskRecord};
use crate::store::{StoreError, campaigns, devices, measurements};

impl Coordinator {
    /// Stores a result once, and does what follows from it.
    ///
    /// # Errors
    /// Where the task is not one of this device's, or the database fails.
    pub fn take_result(
        &self,
        device: DeviceId,
        request: &ResultRequest,
        now: UnixMillis,
    ) -> Result<ResultStatus, ServiceError> {
        let holding = request.holding;
        let (status, task) = self.store.write(|tx| {
            let task = tasks::by_id(tx, holding.task)?.filter(|task| task.device == device).ok_or_else(|| {
                ServiceError::NotFound(format!("task {} was never given to device {device}", holding.task))
            })?;
            devices::seen(tx, device, now)?;
            let status = if measurements::exists(tx, holding.task, holding.attempt)? {
                ResultStatus::Duplicate
            } else if holding != task.holding() || of_another_model(&request.outcome, &task) {
                ResultStatus::Superseded
            } else if task.state == TaskState::Cancelled {
                measurements::add(tx, &holding, &request.outcome, now)?;
                ResultStatus::Accepted
            } else {
                settle(tx, &task, &request.outcome, now)?;
                ResultStatus::Accepted
            };
            Ok::<_, ServiceError>((status, task))
        })?;
        tracing::info!(%device, task = %task.id, attempt = %holding.attempt, status = ?status, "result");
        if status == ResultStatus::Accepted
            && let Err(error) = self.advance(task.campaign, task.target)
        {
            // The measurement is kept, and the agent may forget it; what follows is tried again at the
            // next result and at the next start.
            tracing::error!(campaign = %task.campaign, %error, "adaptation failed");
        }
        Ok(status)
    }
}

/// An agent's folder can outlive the database that its results were meant for.
fn of_another_model(outcome: &Outcome, task: &TaskRecord) -> bool {
    match outcome {
        Outcome::Measured(measurement) => measurement.model_sha256 != task.model,
        Outcome::Failed(_) => false,
    }
}

/// Keeps what the present attempt of a task gave, and moves the task on.
pub(super) fn settle(
    tx: &Transaction,
    task: &TaskRecord,
    outcome: &Outcome,
    now: UnixMillis,
) -> Result<(), ServiceError> {
    let spec = campaigns::by_id(tx, task.campaign)?.ok_or(StoreError::Missing("campaign"))?.spec;
    let newest = measurements::add(tx, &task.holding(), outcome, now)?;
    let kept = measurements::of_task(tx, task.id)?;
    let outcomes: Vec<Outcome> = kept.iter().map(|attempt| attempt.outcome.clone()).collect();
    let ended = |state, measurement| AfterAttempt { state, measurement, not_before: now };
    let after = match next(&outcomes, spec.attempts) {
        Next::Trusted => ended(TaskState::Trusted, Some(newest)),
        Next::Suspect(best) => ended(TaskState::Suspect, kept.get(best).map(|attempt| attempt.id)),
        Next::Failed => ended(TaskState::Failed, None),
        Next::Retry => {
            AfterAttempt { state: TaskState::Waiting, measurement: None, not_before: now.plus_ms(spec.cool_down_ms) }
        }
    };
    tasks::attempted(tx, task.id, &after)?;
    Ok(())
}
