//! Tasks and their leases.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, Row, params};
use tenshot_measurement::{AttemptNumber, CampaignId, DeviceId, Fence, Holding, ModelHash, SessionId, TaskId};

use super::measurements::{self, ATTEMPT};
use super::targets::TargetId;
use super::{StoreError, json, rows};
use crate::domain::UnixMillis;
use crate::domain::attempts::Measured;
use crate::domain::campaign::PlannedTask;
use crate::domain::task::{TaskRole, TaskState};

/// A task as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskRecord {
    /// Its number.
    pub id: TaskId,
    /// Its campaign.
    pub campaign: CampaignId,
    /// Who is to work on it.
    pub device: DeviceId,
    /// What its number belongs to.
    pub target: TargetId,
    /// The model.
    pub model: ModelHash,
    /// The architecture, as the space writes it.
    pub architecture: String,
    /// What it is measured for.
    pub role: TaskRole,
    /// Which pass, from 1.
    pub pass: u32,
    /// Where it is.
    pub state: TaskState,
    /// Attempts that gave a result.
    pub attempts: u32,
    /// The newest lease's fence.
    pub fence: Fence,
    /// Leases of the present attempt that gave no result.
    pub vanished: u32,
    /// The measurement that is used.
    pub measurement: Option<i64>,
}

impl TaskRecord {
    /// The attempt that is next, or under way.
    #[must_use]
    pub fn present_attempt(&self) -> AttemptNumber {
        AttemptNumber(self.attempts.saturating_add(1))
    }

    /// What the newest lease gives a right to.
    #[must_use]
    pub fn holding(&self) -> Holding {
        Holding { task: self.id, attempt: self.present_attempt(), fence: self.fence }
    }
}

const COLUMNS: &str = "id, campaign_id, device_id, target_id, model_sha256, architecture, role, pass, state, attempts, \
                       fence, vanished, measurement_id";

/// A task to be kept.
#[derive(Debug, Clone, Copy)]
pub struct NewTask<'a> {
    /// Its campaign.
    pub campaign: CampaignId,
    /// Who is to work on it.
    pub device: DeviceId,
    /// What its number belongs to.
    pub target: TargetId,
    /// What is to be measured, and what for.
    pub planned: &'a PlannedTask,
    /// The model.
    pub model: &'a ModelHash,
    /// Its place in the campaign.
    pub position: usize,
}

/// Adds a task.
///
/// Its fences begin at the present moment: a result that an agent kept from an older database under the
/// same numbers is not taken for one of this task.
///
/// # Errors
/// Where the database fails.
pub fn add(connection: &Connection, new: &NewTask, now: UnixMillis) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO tasks
             (campaign_id, device_id, target_id, model_sha256, architecture, role, pass, position, state, fence)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'waiting', ?9)",
        )?
        .execute(params![
            new.campaign.0,
            new.device.0,
            new.target.0,
            new.model.as_str(),
            new.planned.architecture.to_string(),
            json::name_of("task role", &new.planned.role)?,
            new.planned.pass,
            i64::try_from(new.position).unwrap_or(i64::MAX),
            now.0,
        ])?;
    Ok(())
}

/// The task of this number.
///
/// # Errors
/// Where the database fails.
pub fn by_id(connection: &Connection, task: TaskId) -> Result<Option<TaskRecord>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM tasks WHERE id = ?1");
    rows::first(connection, &sql, [task.0], record)
}

/// The task that this device should work on now: what it had before, else the first that waits and has rested.
///
/// A device works on one task at a time. When it asks for work, whatever it held is abandoned, be it by
/// an earlier life of its agent or by an answer that was lost on the way, and comes first.
///
/// # Errors
/// Where the database fails.
pub fn next_for(connection: &Connection, device: DeviceId, now: UnixMillis) -> Result<Option<TaskRecord>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM tasks
         WHERE device_id = ?1 AND (state = 'leased' OR (state = 'waiting' AND not_before <= ?2))
         ORDER BY state = 'waiting', campaign_id, position LIMIT 1"
    );
    rows::first(connection, &sql, params![device.0, now.0], record)
}

/// When the first of the device's resting tasks has rested.
///
/// # Errors
/// Where the database fails.
pub fn next_rested(connection: &Connection, device: DeviceId) -> Result<Option<UnixMillis>, StoreError> {
    let at: Option<i64> = connection.query_row(
        "SELECT min(not_before) FROM tasks WHERE device_id = ?1 AND state = 'waiting'",
        [device.0],
        |row| row.get(0),
    )?;
    Ok(at.map(UnixMillis))
}

/// Gives the present attempt to this life of an agent, under a new fence.
///
/// A life that asks twice lost the first answer on the way; only a new life shows that the old one vanished.
///
/// # Errors
/// Where the database fails.
pub fn lease(
    connection: &Connection,
    task: TaskId,
    session: &SessionId,
    expires: UnixMillis,
) -> Result<Fence, StoreError> {
    let fence: i64 = connection.query_row(
        "UPDATE tasks
         SET vanished = vanished + (state = 'leased' AND session IS NOT ?2), state = 'leased', fence = fence + 1,
             session = ?2, lease_expires_at = ?3
         WHERE id = ?1 RETURNING fence",
        params![task.0, session.0, expires.0],
        |row| row.get(0),
    )?;
    Ok(Fence(u64::try_from(fence).unwrap_or(0)))
}

/// Extends a device's lease, where its fence is still the newest; one that has expired is taken up again.
///
/// # Errors
/// Where the database fails.
pub fn extend(
    connection: &Connection,
    device: DeviceId,
    holding: &Holding,
    expires: UnixMillis,
) -> Result<bool, StoreError> {
    let fence = i64::try_from(holding.fence.0).unwrap_or(-1);
    let extended = connection.execute(
        "UPDATE tasks SET state = 'leased', lease_expires_at = ?5
         WHERE id = ?1 AND device_id = ?2 AND state IN ('leased', 'waiting') AND attempts + 1 = ?3 AND fence = ?4",
        params![holding.task.0, device.0, holding.attempt.0, fence, expires.0],
    )?;
    Ok(extended == 1)
}

/// Puts tasks whose lease has expired back in the queue, and says of which campaigns and devices they are.
///
/// # Errors
/// Where the database fails.
pub fn release_expired(connection: &Connection, now: UnixMillis) -> Result<Vec<(CampaignId, DeviceId)>, StoreError> {
    let sql = "UPDATE tasks SET state = 'waiting', vanished = vanished + 1, session = NULL, lease_expires_at = NULL
               WHERE state = 'leased' AND lease_expires_at < ?1 RETURNING campaign_id, device_id";
    rows::all(connection, sql, [now.0], |row| Ok((CampaignId(row.get(0)?), DeviceId(row.get(1)?))))
}

/// The devices that have work to do for a campaign.
///
/// # Errors
/// Where the database fails.
pub fn devices_of_campaign(connection: &Connection, campaign: CampaignId) -> Result<Vec<DeviceId>, StoreError> {
    let sql = "SELECT DISTINCT device_id FROM tasks WHERE campaign_id = ?1";
    rows::all(connection, sql, [campaign.0], |row| Ok(DeviceId(row.get(0)?)))
}

/// What an attempt makes of its task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AfterAttempt {
    /// Where the task is now.
    pub state: TaskState,
    /// The measurement that is used, where the task has ended with one.
    pub measurement: Option<i64>,
    /// When it may be leased again.
    pub not_before: UnixMillis,
}

/// The present attempt of a task gave a result.
///
/// # Errors
/// Where the database fails.
pub fn attempted(connection: &Connection, task: TaskId, after: &AfterAttempt) -> Result<(), StoreError> {
    connection.execute(
        "UPDATE tasks
         SET state = ?2, measurement_id = ?3, not_before = ?4, attempts = attempts + 1, vanished = 0,
             session = NULL, lease_expires_at = NULL
         WHERE id = ?1",
        params![task.0, json::name_of("task state", &after.state)?, after.measurement, after.not_before.0],
    )?;
    Ok(())
}

/// Stops whatever of a campaign has not ended.
///
/// # Errors
/// Where the database fails.
pub fn cancel_open(connection: &Connection, campaign: CampaignId) -> Result<(), StoreError> {
    connection.execute(
        "UPDATE tasks SET state = 'cancelled', session = NULL, lease_expires_at = NULL
         WHERE campaign_id = ?1 AND state IN ('waiting', 'leased')",
        [campaign.0],
    )?;
    Ok(())
}

/// The targets of a campaign.
///
/// # Errors
/// Where the database fails.
pub fn targets_of_campaign(connection: &Connection, campaign: CampaignId) -> Result<Vec<TargetId>, StoreError> {
    let sql = "SELECT DISTINCT target_id FROM tasks WHERE campaign_id = ?1 ORDER BY target_id";
    rows::all(connection, sql, [campaign.0], |row| Ok(TargetId(row.get(0)?)))
}

/// The measurements that a campaign uses.
///
/// # Errors
/// Where the database fails.
pub fn used_measurements(connection: &Connection, campaign: CampaignId) -> Result<HashSet<i64>, StoreError> {
    let sql = "SELECT measurement_id FROM tasks WHERE campaign_id = ?1 AND measurement_id IS NOT NULL";
    Ok(rows::all(connection, sql, [campaign.0], |row| Ok(row.get(0)?))?.into_iter().collect())
}

/// How many tasks there are, and how far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// All tasks.
    pub tasks: u64,
    /// Those that have ended.
    pub ended: u64,
    /// Those that measure references.
    pub references: u64,
    /// Those of them that have a measurement.
    pub references_measured: u64,
    /// Those that were tried in vain and are to be tried again.
    pub retries: u64,
}

const COUNTS: &str = "count(*), count(*) FILTER (WHERE state NOT IN ('waiting', 'leased')),
                      count(*) FILTER (WHERE role = 'reference'),
                      count(*) FILTER (WHERE role = 'reference' AND measurement_id IS NOT NULL),
                      count(*) FILTER (WHERE state IN ('waiting', 'leased') AND attempts > 0)";

/// The counts of a campaign.
///
/// # Errors
/// Where the database fails.
pub fn counts(connection: &Connection, campaign: CampaignId) -> Result<Counts, StoreError> {
    let sql = format!("SELECT {COUNTS} FROM tasks WHERE campaign_id = ?1");
    Ok(rows::first(connection, &sql, [campaign.0], |row| read_counts(row, 0))?.unwrap_or_default())
}

/// The counts of all campaigns that have tasks.
///
/// # Errors
/// Where the database fails.
pub fn counts_by_campaign(connection: &Connection) -> Result<HashMap<CampaignId, Counts>, StoreError> {
    let sql = format!("SELECT campaign_id, {COUNTS} FROM tasks GROUP BY campaign_id");
    let all = rows::all(connection, &sql, [], |row| Ok((CampaignId(row.get(0)?), read_counts(row, 1)?)))?;
    Ok(all.into_iter().collect())
}

/// The counts of a campaign's targets.
///
/// # Errors
/// Where the database fails.
pub fn counts_by_target(connection: &Connection, campaign: CampaignId) -> Result<Vec<(TargetId, Counts)>, StoreError> {
    let sql =
        format!("SELECT target_id, {COUNTS} FROM tasks WHERE campaign_id = ?1 GROUP BY target_id ORDER BY target_id");
    rows::all(connection, &sql, [campaign.0], |row| Ok((TargetId(row.get(0)?), read_counts(row, 1)?)))
}

fn read_counts(row: &Row, first: usize) -> Result<Counts, StoreError> {
    let count = |place: usize| Ok::<_, StoreError>(u64::try_from(row.get::<_, i64>(first + place)?).unwrap_or(0));
    Ok(Counts {
        tasks: count(0)?,
        ended: count(1)?,
        references: count(2)?,
        references_measured: count(3)?,
        retries: count(4)?,
    })
}

fn record(row: &Row) -> Result<TaskRecord, StoreError> {
    let model: String = row.get(4)?;
    let role: String = row.get(6)?;
    let state: String = row.get(8)?;
    let fence: i64 = row.get(10)?;
    Ok(TaskRecord {
        id: TaskId(row.get(0)?),
        campaign: CampaignId(row.get(1)?),
        device: DeviceId(row.get(2)?),
        target: TargetId(row.get(3)?),
        model: model.parse().map_err(|_| json::damaged("model hash", &model))?,
        architecture: row.get(5)?,
        role: json::from_name("task role", &role)?,
        pass: row.get(7)?,
        state: json::from_name("task state", &state)?,
        attempts: row.get(9)?,
        fence: Fence(u64::try_from(fence).unwrap_or(0)),
        vanished: row.get(11)?,
        measurement: row.get(12)?,
    })
}

/// Whether some of a target's tasks of this role have not ended.
///
/// # Errors
/// Where the database fails.
pub fn any_open(
    connection: &Connection,
    campaign: CampaignId,
    target: TargetId,
    role: TaskRole,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM tasks WHERE campaign_id = ?1 AND target_id = ?2 AND role = ?3
               AND state IN ('waiting', 'leased') LIMIT 1";
    let values = params![campaign.0, target.0, json::name_of("task role", &role)?];
    Ok(rows::first(connection, sql, values, |_| Ok(()))?.is_some())
}

/// The architectures of a target's tasks of this role that some pass did not measure, in the order of the campaign.
///
/// # Errors
/// Where the database fails.
pub fn never_measured(
    connection: &Connection,
    campaign: CampaignId,
    target: TargetId,
    role: TaskRole,
) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT architecture FROM tasks
               WHERE campaign_id = ?1 AND target_id = ?2 AND role = ?3 AND measurement_id IS NULL
               GROUP BY architecture ORDER BY min(position)";
    let values = params![campaign.0, target.0, json::name_of("task role", &role)?];
    rows::all(connection, sql, values, |row| Ok(row.get(0)?))
}

/// One measured pass over an architecture.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasuredPass {
    /// The architecture, as the space writes it.
    pub architecture: String,
    /// The measurement's row.
    pub row: i64,
    /// The measurement.
    pub measured: Measured,
}

/// The measurements that are used of a target's tasks of this role, in the order of the campaign.
///
/// # Errors
/// Where the database fails.
pub fn measured_passes(
    connection: &Connection,
    campaign: CampaignId,
    target: TargetId,
    role: TaskRole,
) -> Result<Vec<MeasuredPass>, StoreError> {
    let sql = format!(
        "SELECT architecture, measurements.id, {ATTEMPT} FROM tasks
         JOIN measurements ON measurements.id = tasks.measurement_id
         WHERE campaign_id = ?1 AND target_id = ?2 AND role = ?3 ORDER BY position"
    );
    let values = params![campaign.0, target.0, json::name_of("task role", &role)?];
    rows::all(connection, &sql, values, |row| {
        Ok(MeasuredPass { architecture: row.get(0)?, row: row.get(1)?, measured: measurements::measured(row, 2)? })
    })
}
