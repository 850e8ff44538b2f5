//! Results arrive.

use rusqlite::Transaction;
use tenshot_measurement::{DeviceId, Holding, ModelHash, ResultStatus};

use super::{Coordinator, ServiceError};
use crate::domain::UnixMillis;
use crate::domain::attempts::{Attempt, Next, next};
use crate::domain::task::TaskState;
use crate::store::measurements::Record;
use crate::store::tasks::{self, AfterAttempt, TaskRecord};
use crate::store::{StoreError, campaigns, devices, measurements};

/// A result that arrived.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrived {
    /// Task, attempt and fence of the lease under which it was made.
    pub holding: Holding,
    /// What came of it.
    pub attempt: Attempt,
    /// The model that was measured; none where nothing was.
    pub model: Option<ModelHash>,
    /// What came, as it came.
    pub record: Record,
}

impl Coordinator {
    /// Stores a result once, and does what follows from it.
    ///
    /// # Errors
    /// Where the task is not one of this device's, or the database fails.
    pub fn take_result(
        &self,
        device: DeviceId,
        arrived: &Arrived,
        now: UnixMillis,
    ) -> Result<ResultStatus, ServiceError> {
        let holding = arrived.holding;
        let (status, task) = self.store.write(|tx| {
            let task = tasks::by_id(tx, holding.task)?.filter(|task| task.device == device).ok_or_else(|| {
                ServiceError::NotFound(format!("task {} was never given to device {device}", holding.task))
            })?;
            devices::seen(tx, device, now)?;
            // An agent's folder can outlive the database that its results were meant for.
            let of_another_model = arrived.model.as_ref().is_some_and(|model| *model != task.model);
            let status = if measurements::exists(tx, holding.task, holding.attempt)? {
                ResultStatus::Duplicate
            } else if holding != task.holding() || of_another_model {
                ResultStatus::Superseded
            } else if task.state == TaskState::Cancelled {
                measurements::add(tx, &holding, &arrived.attempt, &arrived.record, now)?;
                ResultStatus::Accepted
            } else {
                settle(tx, &task, &arrived.attempt, &arrived.record, now)?;
                ResultStatus::Accepted
            };
            Ok::<_, ServiceError>((status, task))
        })?;
        tracing::info!(%device, task = %task.id, attempt = %holding.attempt, status = ?status, "result");
        if status == ResultStatus::Accepted {
            self.device_changes.happened(device);
            if let Err(error) = self.advance(task.campaign, task.target) {
                // The measurement is kept, and the agent may forget it; what follows is tried again at the
                // next result and at the next start.
                tracing::error!(campaign = %task.campaign, %error, "adaptation failed");
            }
        }
        Ok(status)
    }
}

/// Keeps what the present attempt of a task gave, and moves the task on.
pub(super) fn settle(
    tx: &Transaction,
    task: &TaskRecord,
    attempt: &Attempt,
    record: &Record,
    now: UnixMillis,
) -> Result<(), ServiceError> {
    let spec = campaigns::by_id(tx, task.campaign)?.ok_or(StoreError::Missing("campaign"))?.spec;
    let newest = measurements::add(tx, &task.holding(), attempt, record, now)?;
    let kept = measurements::of_task(tx, task.id)?;
    let attempts: Vec<Attempt> = kept.iter().map(|row| row.attempt.clone()).collect();
    let ended = |state, measurement| AfterAttempt { state, measurement, not_before: now };
    let after = match next(&attempts, spec.attempts) {
        Next::Trusted => ended(TaskState::Trusted, Some(newest)),
        Next::Suspect(best) => ended(TaskState::Suspect, kept.get(best).map(|row| row.id)),
        Next::Failed => ended(TaskState::Failed, None),
        Next::Retry => {
            AfterAttempt { state: TaskState::Waiting, measurement: None, not_before: now.plus_ms(spec.cool_down_ms) }
        }
    };
    tasks::attempted(tx, task.id, &after)?;
    Ok(())
}
