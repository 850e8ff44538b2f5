//! Models by hash.

use rusqlite::{Connection, params};
use tenshot_measurement::ModelHash;
use tenshot_onnx_models::Architecture;

use super::{StoreError, rows};
use crate::domain::UnixMillis;

/// Remembers what the file of this hash is.
///
/// # Errors
/// Where the database fails.
pub fn add(
    connection: &Connection,
    hash: &ModelHash,
    architecture: &Architecture,
    batch: u32,
    bytes: usize,
    now: UnixMillis,
) -> Result<(), StoreError> {
    connection.execute(
        "INSERT INTO models (sha256, space, architecture, batch, bytes, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (sha256) DO NOTHING",
        params![
            hash.as_str(),
            architecture.space().to_string(),
            architecture.to_string(),
            batch,
            i64::try_from(bytes).unwrap_or(i64::MAX),
            now.0
        ],
    )?;
    Ok(())
}

/// The size of the model's file in bytes; none where the model is unknown.
///
/// # Errors
/// Where the database fails.
pub fn bytes(connection: &Connection, hash: &ModelHash) -> Result<Option<u64>, StoreError> {
    rows::first(connection, "SELECT bytes FROM models WHERE sha256 = ?1", [hash.as_str()], |row| {
        Ok(u64::try_from(row.get::<_, i64>(0)?).unwrap_or(0))
    })
}
