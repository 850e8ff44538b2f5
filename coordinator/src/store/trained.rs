//! Trained predictors that campaigns name.

use rusqlite::{Connection, Row, params};
use tenshot_measurement::ModelHash;

use super::{StoreError, json, rows};
use crate::domain::UnixMillis;
use crate::domain::predictor::TrainedSummary;

const COLUMNS: &str = "sha256, space, method, devices, created_at";

/// Remembers what the file of this hash is, once.
///
/// # Errors
/// Where the database fails.
pub fn add(connection: &Connection, trained: &TrainedSummary) -> Result<(), StoreError> {
    let TrainedSummary { sha256, space, method, devices, created, .. } = trained;
    let sql = format!("INSERT INTO trained ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING");
    connection.execute(&sql, params![sha256.as_str(), space, method, devices, created.0])?;
    Ok(())
}

/// What is kept under this hash.
///
/// # Errors
/// Where the database fails.
pub fn by_hash(connection: &Connection, sha256: &ModelHash) -> Result<Option<TrainedSummary>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM trained WHERE sha256 = ?1");
    rows::first(connection, &sql, [sha256.as_str()], record)
}

/// All of them, the newest first.
///
/// # Errors
/// Where the database fails.
pub fn all(connection: &Connection) -> Result<Vec<TrainedSummary>, StoreError> {
    rows::all(connection, &format!("SELECT {COLUMNS} FROM trained ORDER BY created_at DESC, sha256"), [], record)
}

fn record(row: &Row) -> Result<TrainedSummary, StoreError> {
    let hash: String = row.get(0)?;
    Ok(TrainedSummary {
        sha256: hash.parse().map_err(|_| json::damaged("hash of a trained predictor", &hash))?,
        space: row.get(1)?,
        method: row.get(2)?,
        devices: row.get(3)?,
        built_in: false,
        created: UnixMillis(row.get(4)?),
    })
}
