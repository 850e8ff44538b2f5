//! What operators do.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use tenshot_measurement::CampaignId;
use tenshot_protocol::{v1, v2};

use super::Shared;
use super::blocking::blocking;
use super::campaign_specs::from_v1;
use super::campaigns::{in_v1, in_v2};
use super::error::{ApiError, Body, InPath};
use super::readers::trained_summary;
use crate::domain::UnixMillis;
use crate::domain::campaign::CampaignSpec;
use crate::service::Coordinator;

async fn create(coordinator: &Shared, spec: v2::CampaignSpec) -> Result<CampaignId, ApiError> {
    let spec = CampaignSpec::from(spec);
    blocking(coordinator, move |lab| lab.create_campaign(&spec, UnixMillis::now())).await
}

async fn cancel(coordinator: &Shared, campaign: CampaignId) -> Result<(), ApiError> {
    blocking(coordinator, move |lab| lab.cancel_campaign(campaign, UnixMillis::now())).await
}

pub(super) async fn create_campaign_v1(
    State(coordinator): State<Shared>,
    Body(spec): Body<v1::CampaignSpec>,
) -> Result<Json<v1::CampaignProgress>, ApiError> {
    let campaign = create(&coordinator, from_v1(spec)).await?;
    in_v1(&coordinator, campaign).await.map(Json)
}

pub(super) async fn create_campaign(
    State(coordinator): State<Shared>,
    Body(spec): Body<v2::CampaignSpec>,
) -> Result<Json<v2::CampaignProgress>, ApiError> {
    let campaign = create(&coordinator, spec).await?;
    in_v2(&coordinator, campaign).await.map(Json)
}

pub(super) async fn cancel_campaign_v1(
    State(coordinator): State<Shared>,
    InPath(campaign): InPath<CampaignId>,
) -> Result<Json<v1::CampaignProgress>, ApiError> {
    cancel(&coordinator, campaign).await?;
    in_v1(&coordinator, campaign).await.map(Json)
}

pub(super) async fn cancel_campaign(
    State(coordinator): State<Shared>,
    InPath(campaign): InPath<CampaignId>,
) -> Result<Json<v2::CampaignProgress>, ApiError> {
    cancel(&coordinator, campaign).await?;
    in_v2(&coordinator, campaign).await.map(Json)
}

/// The body is the file of a trained predictor.
pub(super) async fn keep_trained(
    State(coordinator): State<Shared>,
    file: Bytes,
) -> Result<Json<v2::TrainedSummary>, ApiError> {
    let keep = move |lab: &Coordinator| lab.keep_trained(&file, UnixMillis::now());
    blocking(&coordinator, keep).await.map(trained_summary).map(Json)
}
