//! What readers ask about devices and predictors: the same in both versions of the protocol.

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde::Deserialize;
use tenshot_measurement::PredictorId;
use tenshot_protocol::{v1, v2};

use super::blocking::blocking;
use super::error::{ApiError, Body, InPath, InQuery};
use super::{Shared, views};
use crate::domain::UnixMillis;
use crate::domain::predictor::TrainedSummary;
use crate::service::PredictorFilter;

pub(super) async fn devices(State(coordinator): State<Shared>) -> Result<Json<Vec<v1::DeviceSummary>>, ApiError> {
    let all = blocking(&coordinator, |lab| lab.devices(UnixMillis::now())).await?;
    Ok(Json(views::list(all, views::device_summary)))
}

pub(super) async fn device(
    State(coordinator): State<Shared>,
    InPath(name): InPath<String>,
) -> Result<Json<v1::DeviceDetail>, ApiError> {
    blocking(&coordinator, move |lab| lab.device(&name, UnixMillis::now())).await.map(views::device_detail).map(Json)
}

#[derive(Deserialize)]
pub(super) struct Which {
    device: Option<String>,
    space: Option<String>,
}

pub(super) async fn predictors(
    State(coordinator): State<Shared>,
    InQuery(which): InQuery<Which>,
) -> Result<Json<Vec<v1::PredictorSummary>>, ApiError> {
    let filter = PredictorFilter { device: which.device, space: which.space, ..PredictorFilter::default() };
    let found = blocking(&coordinator, move |lab| lab.predictors(&filter)).await?;
    Ok(Json(views::list(found, views::predictor)))
}

pub(super) async fn predictor_file(
    State(coordinator): State<Shared>,
    InPath(predictor): InPath<PredictorId>,
) -> Result<impl IntoResponse, ApiError> {
    let bytes = blocking(&coordinator, move |lab| lab.predictor_file(predictor)).await?;
    Ok(([(CONTENT_TYPE, "application/octet-stream")], bytes))
}

pub(super) async fn predict(
    State(coordinator): State<Shared>,
    Body(request): Body<v1::PredictRequest>,
) -> Result<Json<v1::PredictResponse>, ApiError> {
    let (choice, architectures) = views::predictor_choice(request);
    let predict = move |lab: &crate::service::Coordinator| lab.predict(&choice, &architectures);
    blocking(&coordinator, predict).await.map(views::predicted).map(Json)
}

pub(super) async fn trained(State(coordinator): State<Shared>) -> Result<Json<Vec<v2::TrainedSummary>>, ApiError> {
    let all = blocking(&coordinator, |lab| lab.trained_predictors()).await?;
    Ok(Json(views::list(all, trained_summary)))
}

pub(super) fn trained_summary(summary: TrainedSummary) -> v2::TrainedSummary {
    let TrainedSummary { sha256, space, method, devices, built_in, created } = summary;
    v2::TrainedSummary { sha256, space, method, devices, built_in, created_at_unix_ms: created.as_u64() }
}
