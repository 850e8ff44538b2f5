//! Who measures what next.

use rusqlite::Transaction;
use tenshot_measurement::{Assignment, DeviceId, FailureKind, MeasurementFailure, SessionId};

use super::enrolment::present_session;
use super::intake::settle;
use super::{Coordinator, ServiceError};
use crate::domain::UnixMillis;
use crate::domain::attempts::{Attempt, MOST_VANISHED_LEASES};
use crate::store::measurements::Record;
use crate::store::tasks::{self, TaskRecord};
use crate::store::{StoreError, campaigns, devices, models, targets};

/// What there is for an agent that asks.
#[derive(Debug, Clone, PartialEq)]
pub enum Lease {
    /// Work.
    Now(Box<Assignment>),
    /// Nothing before this moment, where nothing else happens.
    NotBefore(UnixMillis),
    /// Nothing, until something happens.
    Nothing,
}

impl Coordinator {
    /// Gives a free agent its next task.
    ///
    /// # Errors
    /// Where the device is unknown, or another agent goes by its name.
    pub fn lease(&self, device: DeviceId, session: &SessionId, now: UnixMillis) -> Result<Lease, ServiceError> {
        // Most calls find nothing: they do not queue for the writer.
        let waiting = self.store.read(|tx| {
            present_session(devices::by_id(tx, device)?, device, session)?;
            let task = tasks::next_for(tx, device, now)?;
            Ok::<_, ServiceError>((task.is_some(), tasks::next_rested(tx, device)?))
        })?;
        match waiting {
            (false, Some(moment)) => return Ok(Lease::NotBefore(moment)),
            (false, None) => return Ok(Lease::Nothing),
            (true, _) => {}
        }
        let (assignment, given_up) = self.store.write(|tx| {
            let given_up = give_up_on_vanished(tx, device, now)?;
            let assignment = match tasks::next_for(tx, device, now)? {
                Some(task) => Some(self.assign(tx, &task, session, now)?),
                None => None,
            };
            Ok::<_, ServiceError>((assignment, given_up))
        })?;
        for task in given_up {
            self.advance(task.campaign, task.target)?;
        }
        Ok(assignment.map_or(Lease::Nothing, |assignment| Lease::Now(Box::new(assignment))))
    }

    fn assign(
        &self,
        tx: &Transaction,
        task: &TaskRecord,
        session: &SessionId,
        now: UnixMillis,
    ) -> Result<Assignment, ServiceError> {
        let spec = campaigns::by_id(tx, task.campaign)?.ok_or(StoreError::Missing("campaign"))?.spec;
        let target = targets::by_id(tx, task.target)?;
        let model_bytes = models::bytes(tx, &task.model)?.ok_or(StoreError::Missing("model"))?;
        let fence = tasks::lease(tx, task.id, session, now.plus_ms(self.timing.lease_ms))?;
        let holding = TaskRecord { fence, ..task.clone() }.holding();
        tracing::info!(device = %task.device, task = %task.id, attempt = %holding.attempt, fence = %fence, "leased");
        Ok(Assignment {
            holding,
            expires_in_ms: self.timing.lease_ms,
            model_sha256: task.model.clone(),
            model_bytes,
            backend: target.backend,
            execution_provider: target.execution_provider,
            threads: target.threads,
            batch: target.batch,
            cpu_set: spec.cpu_set,
            settings: spec.settings,
            limits: spec.limits,
        })
    }
}

/// Ends attempts that took their agent down again and again, and names their tasks.
fn give_up_on_vanished(tx: &Transaction, device: DeviceId, now: UnixMillis) -> Result<Vec<TaskRecord>, ServiceError> {
    let mut given_up = Vec::new();
    while let Some(task) = tasks::next_for(tx, device, now)? {
        if task.vanished < MOST_VANISHED_LEASES {
            break;
        }
        let detail =
            format!("{} leases ended without a result: the agent or the board went down each time", task.vanished);
        let failure = MeasurementFailure { kind: FailureKind::Crashed, detail };
        let record = Record::of_failure(&failure)?;
        settle(tx, &task, &Attempt::Failed(failure), &record, now)?;
        given_up.push(task);
    }
    Ok(given_up)
}
