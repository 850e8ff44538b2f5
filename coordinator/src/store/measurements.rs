//! Attempts as the agents sent them, with every raw sample.

use rusqlite::{Connection, Row, params};
use tenshot_protocol::v1::{AttemptNumber, CampaignId, Holding, Measurement, Outcome, TaskId};

use super::{StoreError, json, rows};
use crate::domain::UnixMillis;

/// One kept attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// Its row.
    pub id: i64,
    /// When it arrived.
    pub received: UnixMillis,
    /// What came of it.
    pub outcome: Outcome,
}

/// Keeps an attempt, and gives its row.
///
/// # Errors
/// Where the database fails.
pub fn add(connection: &Connection, holding: &Holding, outcome: &Outcome, now: UnixMillis) -> Result<i64, StoreError> {
    let (latency_ms, trusted) = match outcome {
        Outcome::Measured(measurement) => (Some(measurement.latency_ms.trimmed_mean), measurement.verdict.trusted),
        Outcome::Failed(_) => (None, false),
    };
    let fence = i64::try_from(holding.fence.0).unwrap_or(i64::MAX);
    let record = json::to_text("measurement", outcome)?;
    connection.execute(
        "INSERT INTO measurements (task_id, attempt, fence, received_at, latency_ms, trusted, record)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![holding.task.0, holding.attempt.0, fence, now.0, latency_ms, trusted, record],
    )?;
    Ok(connection.last_insert_rowid())
}

/// Whether this attempt is kept already.
///
/// # Errors
/// Where the database fails.
pub fn exists(connection: &Connection, task: TaskId, attempt: AttemptNumber) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM measurements WHERE task_id = ?1 AND attempt = ?2";
    Ok(rows::first(connection, sql, params![task.0, attempt.0], |_| Ok(()))?.is_some())
}

/// All attempts of a task, oldest first.
///
/// # Errors
/// Where the database fails.
pub fn of_task(connection: &Connection, task: TaskId) -> Result<Vec<Attempt>, StoreError> {
    let sql = "SELECT id, received_at, record FROM measurements WHERE task_id = ?1 ORDER BY attempt";
    rows::all(connection, sql, [task.0], |row| attempt(row, 0))
}

/// The measurement in this row.
///
/// # Errors
/// Where the database fails, or the row is missing or holds a failure.
pub fn measured(connection: &Connection, row: i64) -> Result<Measurement, StoreError> {
    let record: String =
        connection.query_row("SELECT record FROM measurements WHERE id = ?1", [row], |row| row.get(0))?;
    match json::from_text("measurement", &record)? {
        Outcome::Measured(measurement) => Ok(*measurement),
        Outcome::Failed(_) => Err(StoreError::Missing("measurement")),
    }
}

/// Every attempt of a campaign, in the order of arrival.
///
/// # Errors
/// Where the database fails.
pub fn of_campaign(connection: &Connection, campaign: CampaignId) -> Result<Vec<(TaskId, Attempt)>, StoreError> {
    let sql = "SELECT measurements.task_id, measurements.id, measurements.received_at, measurements.record
               FROM measurements JOIN tasks ON tasks.id = measurements.task_id
               WHERE tasks.campaign_id = ?1 ORDER BY measurements.id";
    rows::all(connection, sql, [campaign.0], |row| Ok((TaskId(row.get(0)?), attempt(row, 1)?)))
}

fn attempt(row: &Row, first: usize) -> Result<Attempt, StoreError> {
    let record: String = row.get(first + 2)?;
    Ok(Attempt {
        id: row.get(first)?,
        received: UnixMillis(row.get(first + 1)?),
        outcome: json::from_text("measurement", &record)?,
    })
}
