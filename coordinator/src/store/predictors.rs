//! Hardware embeddings, the predictor versions adapted from them, and their certificates.

use rusqlite::{Connection, Row, params};
use tenshot_measurement::{CampaignId, ModelHash, PredictorId};
use tenshot_predictor::Certificate;

use super::targets::{self, TargetId};
use super::{StoreError, json, rows};
use crate::domain::UnixMillis;
use crate::domain::embedding::Point;
use crate::domain::predictor::PredictorSummary;

/// A hardware embedding as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct EmbeddingRecord {
    /// Search space.
    pub space: String,
    /// Name of the reference set.
    pub reference_set: String,
    /// The references in the order of the set.
    pub points: Vec<Point>,
    /// When it was made.
    pub created: UnixMillis,
}

/// Keeps the embedding of a campaign's target and gives its row; none where it is kept already.
///
/// # Errors
/// Where the database fails.
pub fn add_embedding(
    connection: &Connection,
    campaign: CampaignId,
    target: TargetId,
    embedding: &EmbeddingRecord,
) -> Result<Option<i64>, StoreError> {
    let points = json::to_text("embedding", &embedding.points)?;
    let sql = "INSERT INTO embeddings (target_id, space, campaign_id, reference_set, points, created_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING RETURNING id";
    let EmbeddingRecord { space, reference_set, created, .. } = embedding;
    let values = params![target.0, space, campaign.0, reference_set, points, created.0];
    rows::first(connection, sql, values, |row| Ok(row.get(0)?))
}

/// A target's embeddings, newest first.
///
/// # Errors
/// Where the database fails.
pub fn embeddings_of(connection: &Connection, target: TargetId) -> Result<Vec<EmbeddingRecord>, StoreError> {
    let sql = "SELECT space, reference_set, points, created_at FROM embeddings WHERE target_id = ?1 ORDER BY id DESC";
    rows::all(connection, sql, [target.0], |row| {
        let points: String = row.get(2)?;
        Ok(EmbeddingRecord {
            space: row.get(0)?,
            reference_set: row.get(1)?,
            points: json::from_text("embedding", &points)?,
            created: UnixMillis(row.get(3)?),
        })
    })
}

/// A predictor version to be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct NewPredictor<'a> {
    /// What it predicts for.
    pub target: TargetId,
    /// Search space.
    pub space: &'a str,
    /// Method.
    pub method: &'a str,
    /// Row of the embedding.
    pub embedding: i64,
    /// The trained predictor that was adapted.
    pub trained: &'a ModelHash,
    /// The file.
    pub file: &'a ModelHash,
    /// Measurements that it was adapted from.
    pub shots: usize,
    /// How many of them were never trusted.
    pub suspect_shots: usize,
    /// Time that the adaptation took, in milliseconds.
    pub adapting_ms: f64,
}

/// Keeps the next version of a target's predictor for a space.
///
/// # Errors
/// Where the database fails.
pub fn add(connection: &Connection, new: &NewPredictor, now: UnixMillis) -> Result<PredictorId, StoreError> {
    let id = connection.query_row(
        "INSERT INTO predictors (target_id, space, version, method, embedding_id, trained_sha256, sha256, shots,
                                 suspect_shots, adapting_ms, created_at)
         VALUES (?1, ?2, 1 + (SELECT coalesce(max(version), 0) FROM predictors WHERE target_id = ?1 AND space = ?2),
                 ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) RETURNING id",
        params![
            new.target.0,
            new.space,
            new.method,
            new.embedding,
            new.trained.as_str(),
            new.file.as_str(),
            i64::try_from(new.shots).unwrap_or(i64::MAX),
            i64::try_from(new.suspect_shots).unwrap_or(i64::MAX),
            new.adapting_ms,
            now.0
        ],
        |row| row.get(0),
    )?;
    Ok(PredictorId(id))
}

/// Keeps a version's certificate, once, with the file that holds it.
///
/// # Errors
/// Where the database fails.
pub fn certify(
    connection: &Connection,
    predictor: PredictorId,
    campaign: CampaignId,
    certificate: &Certificate,
    file: &ModelHash,
    now: UnixMillis,
) -> Result<(), StoreError> {
    connection.execute(
        "INSERT INTO certificates (predictor_id, campaign_id, certificate, sha256, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
        params![predictor.0, campaign.0, json::to_text("certificate", certificate)?, file.as_str(), now.0],
    )?;
    Ok(())
}

/// Which predictors to look for: where a field is `None`, any value passes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// One by number.
    pub predictor: Option<PredictorId>,
    /// Those of a device.
    pub device: Option<String>,
    /// Those for a space.
    pub space: Option<String>,
    /// Those of a target.
    pub target: Option<TargetId>,
    /// Those that a campaign made.
    pub campaign: Option<CampaignId>,
}

/// The predictor versions that pass the filter, newest first.
///
/// # Errors
/// Where the database fails.
pub fn find(connection: &Connection, filter: &Filter) -> Result<Vec<PredictorSummary>, StoreError> {
    let sql = format!(
        "SELECT predictors.id, predictors.space, version, method, coalesce(certificates.sha256, predictors.sha256), shots, suspect_shots, adapting_ms,
                predictors.created_at, certificates.certificate, {}
         FROM predictors
         JOIN embeddings ON embeddings.id = predictors.embedding_id
         JOIN targets ON targets.id = predictors.target_id JOIN devices ON devices.id = targets.device_id
         LEFT JOIN certificates ON certificates.predictor_id = predictors.id
         WHERE (?1 IS NULL OR predictors.id = ?1) AND (?2 IS NULL OR devices.name = ?2)
           AND (?3 IS NULL OR predictors.space = ?3) AND (?4 IS NULL OR predictors.target_id = ?4)
           AND (?5 IS NULL OR embeddings.campaign_id = ?5)
         ORDER BY predictors.id DESC",
        targets::COLUMNS
    );
    let values = params![
        filter.predictor.map(|id| id.0),
        filter.device,
        filter.space,
        filter.target.map(|id| id.0),
        filter.campaign.map(|id| id.0)
    ];
    rows::all(connection, &sql, values, summary)
}

fn summary(row: &Row) -> Result<PredictorSummary, StoreError> {
    let (hash, certificate): (String, Option<String>) = (row.get(4)?, row.get(9)?);
    Ok(PredictorSummary {
        predictor: PredictorId(row.get(0)?),
        target: targets::record(row, 10)?,
        space: row.get(1)?,
        version: row.get(2)?,
        method: row.get(3)?,
        sha256: hash.parse().map_err(|_| json::damaged("predictor hash", &hash))?,
        shots: row.get(5)?,
        suspect_shots: row.get(6)?,
        adapting_ms: row.get(7)?,
        created: UnixMillis(row.get(8)?),
        certificate: certificate.map(|text| json::from_text("certificate", &text)).transpose()?,
    })
}
