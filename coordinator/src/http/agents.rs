//! What agents say. See [`tenshot_protocol::v1`] for the paths.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use tenshot_protocol::ModelHash;
use tenshot_protocol::v1::{
    DeviceId, EnrolRequest, EnrolResponse, HeartbeatRequest, HeartbeatResponse, LeaseRequest, LeaseResponse,
    ResultRequest, ResultResponse,
};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::Shared;
use super::blocking::blocking;
use super::error::{ApiError, Body, InPath};
use crate::domain::UnixMillis;
use crate::service::Lease;

pub(super) async fn enrol(
    State(coordinator): State<Shared>,
    Body(request): Body<EnrolRequest>,
) -> Result<Json<EnrolResponse>, ApiError> {
    blocking(&coordinator, move |coordinator| coordinator.enrol(&request, UnixMillis::now())).await.map(Json)
}

pub(super) async fn heartbeat(
    State(coordinator): State<Shared>,
    InPath(device): InPath<DeviceId>,
    Body(request): Body<HeartbeatRequest>,
) -> Result<Json<HeartbeatResponse>, ApiError> {
    blocking(&coordinator, move |coordinator| coordinator.heartbeat(device, &request, UnixMillis::now()))
        .await
        .map(Json)
}

/// Held open until there is work, for `lease_wait_ms` at most.
pub(super) async fn lease(
    State(coordinator): State<Shared>,
    InPath(device): InPath<DeviceId>,
    Body(request): Body<LeaseRequest>,
) -> Result<Json<LeaseResponse>, ApiError> {
    let deadline = Instant::now() + Duration::from_millis(coordinator.timing.lease_wait_ms);
    let mut changes = coordinator.changes();
    loop {
        changes.mark_unchanged();
        let asked = request.clone();
        let lease = blocking(&coordinator, move |coordinator| coordinator.lease(device, &asked, UnixMillis::now()));
        let wake = match lease.await? {
            Lease::Now(assignment) => return Ok(Json(LeaseResponse { assignment: Some(*assignment) })),
            Lease::NotBefore(moment) => {
                let rest = Duration::from_millis(moment.ms_since(UnixMillis::now()));
                deadline.min(Instant::now() + rest)
            }
            Lease::Nothing => deadline,
        };
        tokio::select! {
            changed = timeout_at(deadline, changes.changed()) => {
                if changed.is_err() {
                    return Ok(Json(LeaseResponse { assignment: None }));
                }
            }
            () = sleep_until(wake), if wake < deadline => {}
        }
    }
}

pub(super) async fn result(
    State(coordinator): State<Shared>,
    InPath(device): InPath<DeviceId>,
    Body(request): Body<ResultRequest>,
) -> Result<Json<ResultResponse>, ApiError> {
    let take =
        move |coordinator: &crate::service::Coordinator| coordinator.take_result(device, &request, UnixMillis::now());
    let status = blocking(&coordinator, take).await?;
    Ok(Json(ResultResponse { status }))
}

pub(super) async fn model(
    State(coordinator): State<Shared>,
    InPath(hash): InPath<ModelHash>,
) -> Result<impl IntoResponse, ApiError> {
    let bytes = blocking(&coordinator, move |coordinator| coordinator.model_file(&hash)).await?;
    Ok(([(CONTENT_TYPE, "application/octet-stream")], bytes))
}
