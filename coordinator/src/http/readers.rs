//! What readers ask.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde::Deserialize;
use tenshot_protocol::v1::{
    CampaignId, CampaignProgress, CampaignSummary, DeviceDetail, DeviceSummary, PredictRequest, PredictResponse,
    PredictorId, PredictorSummary,
};
use tokio::time::{Instant, timeout_at};

use super::Shared;
use super::blocking::blocking;
use super::error::{ApiError, Body, InPath, InQuery};
use crate::domain::UnixMillis;
use crate::service::CampaignAttempt;
use crate::store::predictors::Filter;

/// How long a watcher's request is held open.
const WATCH_WAIT: Duration = Duration::from_secs(20);

pub(super) async fn campaigns(State(coordinator): State<Shared>) -> Result<Json<Vec<CampaignSummary>>, ApiError> {
    blocking(&coordinator, |coordinator| coordinator.campaigns()).await.map(Json)
}

#[derive(Deserialize)]
pub(super) struct Watch {
    /// Answer only when this many tasks have not ended, or after a while.
    unless_ended: Option<u64>,
}

/// With `?unless_ended=N`: held open while N tasks have ended and the campaign runs.
pub(super) async fn campaign(
    State(coordinator): State<Shared>,
    InPath(campaign): InPath<CampaignId>,
    InQuery(watch): InQuery<Watch>,
) -> Result<Json<CampaignProgress>, ApiError> {
    let deadline = Instant::now() + WATCH_WAIT;
    let mut changes = coordinator.changes();
    loop {
        changes.mark_unchanged();
        let progress = blocking(&coordinator, move |coordinator| coordinator.campaign(campaign)).await?;
        let running = progress.summary.state == tenshot_protocol::v1::CampaignState::Running;
        let same = running && watch.unless_ended == Some(progress.summary.ended);
        if !same || timeout_at(deadline, changes.changed()).await.is_err() {
            return Ok(Json(progress));
        }
    }
}

pub(super) async fn campaign_attempts(
    State(coordinator): State<Shared>,
    InPath(campaign): InPath<CampaignId>,
) -> Result<Json<Vec<CampaignAttempt>>, ApiError> {
    blocking(&coordinator, move |coordinator| coordinator.campaign_attempts(campaign)).await.map(Json)
}

pub(super) async fn devices(State(coordinator): State<Shared>) -> Result<Json<Vec<DeviceSummary>>, ApiError> {
    blocking(&coordinator, |coordinator| coordinator.devices(UnixMillis::now())).await.map(Json)
}

pub(super) async fn device(
    State(coordinator): State<Shared>,
    InPath(name): InPath<String>,
) -> Result<Json<DeviceDetail>, ApiError> {
    blocking(&coordinator, move |coordinator| coordinator.device(&name, UnixMillis::now())).await.map(Json)
}

#[derive(Deserialize)]
pub(super) struct Which {
    device: Option<String>,
    space: Option<String>,
}

pub(super) async fn predictors(
    State(coordinator): State<Shared>,
    InQuery(which): InQuery<Which>,
) -> Result<Json<Vec<PredictorSummary>>, ApiError> {
    let filter = Filter { device: which.device, space: which.space, ..Filter::default() };
    blocking(&coordinator, move |coordinator| coordinator.predictors(&filter)).await.map(Json)
}

pub(super) async fn predictor_file(
    State(coordinator): State<Shared>,
    InPath(predictor): InPath<PredictorId>,
) -> Result<impl IntoResponse, ApiError> {
    let bytes = blocking(&coordinator, move |coordinator| coordinator.predictor_file(predictor)).await?;
    Ok(([(CONTENT_TYPE, "application/octet-stream")], bytes))
}

pub(super) async fn predict(
    State(coordinator): State<Shared>,
    Body(request): Body<PredictRequest>,
) -> Result<Json<PredictResponse>, ApiError> {
    blocking(&coordinator, move |coordinator| coordinator.predict(&request)).await.map(Json)
}
