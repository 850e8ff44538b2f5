//! Campaigns.

use rusqlite::{Connection, Row, params};
use tenshot_measurement::CampaignId;

use super::{StoreError, json, rows};
use crate::domain::UnixMillis;
use crate::domain::campaign::{CampaignSpec, CampaignState};

/// A campaign as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct CampaignRecord {
    /// Its number.
    pub id: CampaignId,
    /// What was asked for.
    pub spec: CampaignSpec,
    /// Where it is.
    pub state: CampaignState,
    /// When it was made.
    pub created: UnixMillis,
}

const COLUMNS: &str = "id, spec, state, created_at";

/// Adds a running campaign; none where its name is taken.
///
/// # Errors
/// Where the database fails.
pub fn add(connection: &Connection, spec: &CampaignSpec, now: UnixMillis) -> Result<Option<CampaignId>, StoreError> {
    let sql = "INSERT INTO campaigns (name, space, spec, state, created_at) VALUES (?1, ?2, ?3, 'running', ?4)
               ON CONFLICT (name) DO NOTHING RETURNING id";
    let values = params![spec.name, spec.space, json::to_text("campaign", spec)?, now.0];
    rows::first(connection, sql, values, |row| Ok(CampaignId(row.get(0)?)))
}

/// Ends a campaign that runs, and says whether it ran.
///
/// # Errors
/// Where the database fails.
pub fn end(
    connection: &Connection,
    campaign: CampaignId,
    state: CampaignState,
    now: UnixMillis,
) -> Result<bool, StoreError> {
    let ended = connection.execute(
        "UPDATE campaigns SET state = ?2, ended_at = ?3 WHERE id = ?1 AND state = 'running'",
        params![campaign.0, json::name_of("campaign state", &state)?, now.0],
    )?;
    Ok(ended == 1)
}

/// The campaign of this number.
///
/// # Errors
/// Where the database fails.
pub fn by_id(connection: &Connection, campaign: CampaignId) -> Result<Option<CampaignRecord>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM campaigns WHERE id = ?1");
    rows::first(connection, &sql, [campaign.0], record)
}

/// All campaigns, newest first.
///
/// # Errors
/// Where the database fails.
pub fn all(connection: &Connection) -> Result<Vec<CampaignRecord>, StoreError> {
    rows::all(connection, &format!("SELECT {COLUMNS} FROM campaigns ORDER BY id DESC"), [], record)
}

fn record(row: &Row) -> Result<CampaignRecord, StoreError> {
    let spec: String = row.get(1)?;
    let state: String = row.get(2)?;
    Ok(CampaignRecord {
        id: CampaignId(row.get(0)?),
        spec: json::from_text("campaign", &spec)?,
        state: json::from_name("campaign state", &state)?,
        created: UnixMillis(row.get(3)?),
    })
}
