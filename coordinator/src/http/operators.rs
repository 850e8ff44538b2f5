//! What operators do.

use axum::Json;
use axum::extract::State;
use tenshot_protocol::v1::{CampaignId, CampaignProgress, CampaignSpec};

use super::Shared;
use super::blocking::blocking;
use super::error::{ApiError, Body, InPath};
use crate::domain::UnixMillis;

pub(super) async fn create_campaign(
    State(coordinator): State<Shared>,
    Body(spec): Body<CampaignSpec>,
) -> Result<Json<CampaignProgress>, ApiError> {
    let create = move |coordinator: &crate::service::Coordinator| {
        let campaign = coordinator.create_campaign(&spec, UnixMillis::now())?;
        coordinator.campaign(campaign)
    };
    blocking(&coordinator, create).await.map(Json)
}

pub(super) async fn cancel_campaign(
    State(coordinator): State<Shared>,
    InPath(campaign): InPath<CampaignId>,
) -> Result<Json<CampaignProgress>, ApiError> {
    let cancel = move |coordinator: &crate::service::Coordinator| {
        coordinator.cancel_campaign(campaign, UnixMillis::now())?;
        coordinator.campaign(campaign)
    };
    blocking(&coordinator, cancel).await.map(Json)
}
