//! Attempts as the agents sent them, with every raw sample, and what summaries need of them as columns.

use std::collections::HashMap;

use rusqlite::{Connection, Row, params};
use tenshot_measurement::{AttemptNumber, CampaignId, Holding, MeasurementFailure, TaskId};

use super::{StoreError, json, rows};
use crate::domain::UnixMillis;
use crate::domain::attempts::{Attempt, Measured};

/// An attempt's record as it came: what happened, with every sample, in the words of a protocol version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The protocol version.
    pub format: u32,
    /// JSON.
    pub text: String,
}

impl Record {
    /// What an agent would have sent that could not: in the words of protocol version 1.
    ///
    /// # Errors
    /// Where the failure cannot be written as JSON.
    pub fn of_failure(failure: &MeasurementFailure) -> Result<Self, StoreError> {
        let text = json::to_text("failure", &HashMap::from([("failed", failure)]))?;
        Ok(Self { format: 1, text })
    }
}

/// One kept attempt, without its samples.
#[derive(Debug, Clone, PartialEq)]
pub struct AttemptRow {
    /// Its row.
    pub id: i64,
    /// What came of it.
    pub attempt: Attempt,
}

/// One kept attempt with its samples.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordRow {
    /// Its row.
    pub id: i64,
    /// Its task.
    pub task: TaskId,
    /// When it arrived.
    pub received: UnixMillis,
    /// What came, as it came.
    pub record: Record,
}

/// Keeps an attempt, and gives its row.
///
/// # Errors
/// Where the database fails.
pub fn add(
    connection: &Connection,
    holding: &Holding,
    attempt: &Attempt,
    record: &Record,
    now: UnixMillis,
) -> Result<i64, StoreError> {
    let (measured, failure) = match attempt {
        Attempt::Measured(measured) => (Some(measured), None),
        Attempt::Failed(failure) => (None, Some(json::to_text("failure", failure)?)),
    };
    let reasons = measured.map(|measured| json::to_text("reasons", &measured.reasons)).transpose()?;
    connection
        .prepare_cached(
            "INSERT INTO measurements (task_id, attempt, fence, received_at, latency_ms, trusted, noise, reasons,
                                       failure, record_format, record)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            holding.task.0,
            holding.attempt.0,
            i64::try_from(holding.fence.0).unwrap_or(i64::MAX),
            now.0,
            measured.map(|measured| measured.latency_ms),
            measured.is_some_and(|measured| measured.trusted),
            measured.map(|measured| measured.noise),
            reasons,
            failure,
            record.format,
            record.text,
        ])?;
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

/// The columns that make an [`Attempt`].
pub(super) const ATTEMPT: &str = "latency_ms, noise, trusted, reasons, failure";

/// All attempts of a task, oldest first.
///
/// # Errors
/// Where the database fails.
pub fn of_task(connection: &Connection, task: TaskId) -> Result<Vec<AttemptRow>, StoreError> {
    let sql = format!("SELECT id, {ATTEMPT} FROM measurements WHERE task_id = ?1 ORDER BY attempt");
    rows::all(connection, &sql, [task.0], |row| Ok(AttemptRow { id: row.get(0)?, attempt: attempt(row, 1)? }))
}

/// Attempts of a campaign with their samples in the order of arrival: those behind the row `after`, `most` of them.
///
/// # Errors
/// Where the database fails.
pub fn records_of_campaign(
    connection: &Connection,
    campaign: CampaignId,
    after: i64,
    most: u32,
) -> Result<Vec<RecordRow>, StoreError> {
    let sql = "SELECT measurements.id, measurements.task_id, measurements.received_at, measurements.record_format,
                      measurements.record
               FROM measurements JOIN tasks ON tasks.id = measurements.task_id
               WHERE tasks.campaign_id = ?1 AND measurements.id > ?2 ORDER BY measurements.id LIMIT ?3";
    rows::all(connection, sql, params![campaign.0, after, most], |row| {
        Ok(RecordRow {
            id: row.get(0)?,
            task: TaskId(row.get(1)?),
            received: UnixMillis(row.get(2)?),
            record: Record { format: row.get(3)?, text: row.get(4)? },
        })
    })
}

/// Reads [`ATTEMPT`], the first of which is column `first`.
fn attempt(row: &Row, first: usize) -> Result<Attempt, StoreError> {
    let failure: Option<String> = row.get(first + 4)?;
    Ok(match failure {
        Some(failure) => Attempt::Failed(json::from_text("failure", &failure)?),
        None => Attempt::Measured(measured(row, first)?),
    })
}

/// Reads the first four of [`ATTEMPT`], the first of which is column `first`.
pub(super) fn measured(row: &Row, first: usize) -> Result<Measured, StoreError> {
    let reasons: Option<String> = row.get(first + 3)?;
    Ok(Measured {
        latency_ms: row.get(first)?,
        noise: row.get(first + 1)?,
        trusted: row.get(first + 2)?,
        reasons: reasons.map(|text| json::from_text("reasons", &text)).transpose()?.unwrap_or_default(),
    })
}
