//! Tasks with what came of them, in pages, from columns alone.

use std::collections::HashMap;

use rusqlite::{Connection, Row, params};
use tenshot_measurement::{CampaignId, Target, TaskId};

use super::targets::{self, TargetId};
use super::{StoreError, json, measurements, rows};
use crate::domain::task::TaskProgress;

/// The attempt that is used is `used`, the newest one `newest`.
const SELECT: &str =
    "SELECT tasks.position, tasks.id, tasks.target_id, tasks.model_sha256, tasks.architecture, tasks.role,
        tasks.pass, tasks.state, tasks.attempts, newest.failure, used.id IS NOT NULL, used.latency_ms, used.noise,
        used.trusted, used.reasons
    FROM tasks
    LEFT JOIN measurements AS used ON used.id = tasks.measurement_id
    LEFT JOIN measurements AS newest ON newest.task_id = tasks.id
        AND newest.attempt = (SELECT max(attempt) FROM measurements WHERE task_id = tasks.id)";

/// A task, and its place in its campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// From 0.
    pub position: u64,
    /// The task.
    pub task: TaskProgress,
}

/// A campaign's tasks from a position on, `most` of them, in its order.
///
/// # Errors
/// Where the database fails.
pub fn of_campaign(
    connection: &Connection,
    campaign: CampaignId,
    from: u64,
    most: u32,
) -> Result<Vec<Placed>, StoreError> {
    let names = names(connection, campaign)?;
    let sql =
        format!("{SELECT} WHERE tasks.campaign_id = ?1 AND tasks.position >= ?2 ORDER BY tasks.position LIMIT ?3");
    let from = i64::try_from(from).unwrap_or(i64::MAX);
    rows::all(connection, &sql, params![campaign.0, from, most], |row| read(row, &names))
}

/// These tasks of a campaign by number.
///
/// # Errors
/// Where the database fails.
pub fn by_id(
    connection: &Connection,
    campaign: CampaignId,
    tasks: impl Iterator<Item = TaskId>,
) -> Result<HashMap<TaskId, TaskProgress>, StoreError> {
    let names = names(connection, campaign)?;
    let sql = format!("{SELECT} WHERE tasks.id = ?1");
    let mut found = HashMap::new();
    for task in tasks {
        if !found.contains_key(&task)
            && let Some(placed) = rows::first(connection, &sql, [task.0], |row| read(row, &names))?
        {
            found.insert(task, placed.task);
        }
    }
    Ok(found)
}

fn names(connection: &Connection, campaign: CampaignId) -> Result<HashMap<TargetId, Target>, StoreError> {
    Ok(targets::of_campaign(connection, campaign)?.into_iter().collect())
}

fn read(row: &Row, names: &HashMap<TargetId, Target>) -> Result<Placed, StoreError> {
    let (model, role, state): (String, String, String) = (row.get(3)?, row.get(5)?, row.get(7)?);
    let failure: Option<String> = row.get(9)?;
    let is_used: bool = row.get(10)?;
    let used = if is_used { Some(measurements::measured(row, 11)?) } else { None };
    let task = TaskProgress {
        task: TaskId(row.get(1)?),
        target: names.get(&TargetId(row.get(2)?)).cloned().ok_or(StoreError::Missing("target"))?,
        model_sha256: model.parse().map_err(|_| json::damaged("model hash", &model))?,
        architecture: row.get(4)?,
        role: json::from_name("task role", &role)?,
        pass: row.get(6)?,
        state: json::from_name("task state", &state)?,
        attempts: row.get(8)?,
        latency_ms: used.as_ref().map(|used| used.latency_ms),
        reasons: used.map(|used| used.reasons).unwrap_or_default(),
        failure: failure.map(|text| json::from_text("failure", &text)).transpose()?,
    };
    Ok(Placed { position: u64::try_from(row.get::<_, i64>(0)?).unwrap_or(0), task })
}
