//! Boards.

use rusqlite::{Connection, Row, params};
use tenshot_measurement::{Backend, BoardFacts, DeviceId};

use super::{StoreError, json, rows};
use crate::domain::UnixMillis;
use crate::domain::device::Introduction;

/// A board as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceRecord {
    /// Its number.
    pub id: DeviceId,
    /// Its name.
    pub name: String,
    /// Its agent's version.
    pub agent_version: Option<String>,
    /// Its agent's present life.
    pub session: Option<String>,
    /// What it is.
    pub facts: Option<BoardFacts>,
    /// What it can run models with.
    pub backends: Vec<Backend>,
    /// When it was last heard of.
    pub last_seen: UnixMillis,
}

const COLUMNS: &str = "id, name, agent_version, session, facts, backends, last_seen_at";

/// Takes an agent in, or takes it in again under the same name.
///
/// # Errors
/// Where the database fails.
pub fn enrol(connection: &Connection, introduction: &Introduction, now: UnixMillis) -> Result<DeviceId, StoreError> {
    let facts = json::to_text("board facts", &introduction.facts)?;
    let backends = json::to_text("backends", &introduction.backends)?;
    let id = connection.query_row(
        "INSERT INTO devices (name, agent_version, session, facts, backends, created_at, last_seen_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)
         ON CONFLICT (name) DO UPDATE
         SET agent_version = ?2, session = ?3, facts = ?4, backends = ?5, last_seen_at = ?6
         RETURNING id",
        params![introduction.name, introduction.agent_version, introduction.session.0, facts, backends, now.0],
        |row| row.get(0),
    )?;
    Ok(DeviceId(id))
}

/// The device was heard of.
///
/// # Errors
/// Where the database fails.
pub fn seen(connection: &Connection, device: DeviceId, now: UnixMillis) -> Result<(), StoreError> {
    connection.execute("UPDATE devices SET last_seen_at = ?2 WHERE id = ?1", params![device.0, now.0])?;
    Ok(())
}

/// The device of this number.
///
/// # Errors
/// Where the database fails.
pub fn by_id(connection: &Connection, device: DeviceId) -> Result<Option<DeviceRecord>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM devices WHERE id = ?1");
    rows::first(connection, &sql, [device.0], record)
}

/// The device of this name.
///
/// # Errors
/// Where the database fails.
pub fn by_name(connection: &Connection, name: &str) -> Result<Option<DeviceRecord>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM devices WHERE name = ?1");
    rows::first(connection, &sql, [name], record)
}

/// All devices, by name.
///
/// # Errors
/// Where the database fails.
pub fn all(connection: &Connection) -> Result<Vec<DeviceRecord>, StoreError> {
    rows::all(connection, &format!("SELECT {COLUMNS} FROM devices ORDER BY name"), [], record)
}

fn record(row: &Row) -> Result<DeviceRecord, StoreError> {
    let facts: Option<String> = row.get(4)?;
    let backends: String = row.get(5)?;
    Ok(DeviceRecord {
        id: DeviceId(row.get(0)?),
        name: row.get(1)?,
        agent_version: row.get(2)?,
        session: row.get(3)?,
        facts: facts.map(|text| json::from_text("board facts", &text)).transpose()?,
        backends: json::from_text("backends", &backends)?,
        last_seen: UnixMillis(row.get(6)?),
    })
}
