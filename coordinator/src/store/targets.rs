//! What numbers belong to.

use rusqlite::{Connection, Row, params};
use tenshot_measurement::{CampaignId, DeviceId, Target};

use super::{StoreError, json, rows};

/// A target's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TargetId(pub i64);

/// The columns that make a [`Target`], behind the joins of [`JOINED`].
pub(super) const COLUMNS: &str =
    "devices.name, targets.backend, targets.execution_provider, targets.threads, targets.batch, targets.metric";

/// The tables behind [`COLUMNS`].
pub(super) const JOINED: &str = "targets JOIN devices ON devices.id = targets.device_id";

/// The row of this target, which is made where it is missing.
///
/// # Errors
/// Where the database fails.
pub fn ensure(connection: &Connection, device: DeviceId, target: &Target) -> Result<TargetId, StoreError> {
    let metric = json::name_of("metric", &target.metric)?;
    let key = params![device.0, target.backend, target.execution_provider, target.threads, target.batch, metric];
    connection.execute(
        "INSERT INTO targets (device_id, backend, execution_provider, threads, batch, metric)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
        key,
    )?;
    let id = connection.query_row(
        "SELECT id FROM targets WHERE device_id = ?1 AND backend = ?2 AND execution_provider = ?3
         AND threads = ?4 AND batch = ?5 AND metric = ?6",
        key,
        |row| row.get(0),
    )?;
    Ok(TargetId(id))
}

/// The target of this row.
///
/// # Errors
/// Where the database fails.
pub fn by_id(connection: &Connection, target: TargetId) -> Result<Target, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM {JOINED} WHERE targets.id = ?1");
    rows::first(connection, &sql, [target.0], |row| record(row, 0))?.ok_or(StoreError::Missing("target"))
}

/// All targets of a device.
///
/// # Errors
/// Where the database fails.
pub fn of_device(connection: &Connection, device: DeviceId) -> Result<Vec<(TargetId, Target)>, StoreError> {
    let sql = format!("SELECT targets.id, {COLUMNS} FROM {JOINED} WHERE device_id = ?1 ORDER BY targets.id");
    rows::all(connection, &sql, [device.0], |row| Ok((TargetId(row.get(0)?), record(row, 1)?)))
}

/// All targets of a campaign.
///
/// # Errors
/// Where the database fails.
pub fn of_campaign(connection: &Connection, campaign: CampaignId) -> Result<Vec<(TargetId, Target)>, StoreError> {
    let sql = format!(
        "SELECT targets.id, {COLUMNS} FROM {JOINED}
         WHERE targets.id IN (SELECT DISTINCT target_id FROM tasks WHERE campaign_id = ?1) ORDER BY targets.id"
    );
    rows::all(connection, &sql, [campaign.0], |row| Ok((TargetId(row.get(0)?), record(row, 1)?)))
}

/// Reads [`COLUMNS`], the first of which is column `first`.
pub(super) fn record(row: &Row, first: usize) -> Result<Target, StoreError> {
    let metric: String = row.get(first + 5)?;
    Ok(Target {
        device: row.get(first)?,
        backend: row.get(first + 1)?,
        execution_provider: row.get(first + 2)?,
        threads: row.get(first + 3)?,
        batch: row.get(first + 4)?,
        metric: json::from_name("metric", &metric)?,
    })
}
