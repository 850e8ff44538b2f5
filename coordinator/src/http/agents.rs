//! What agents say, in version 1 of the protocol: see [`tenshot_protocol::v1`] for the paths.

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::value::RawValue;
use tenshot_measurement::{AttemptNumber, DeviceId, Fence, Holding, ModelHash, Outcome, TaskId};
use tenshot_protocol::v1;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::Shared;
use super::blocking::blocking;
use super::error::{ApiError, Body, InPath};
use crate::domain::UnixMillis;
use crate::domain::device::Introduction;
use crate::service::{Arrived, Coordinator, Lease, Record};

pub(super) async fn enrol(
    State(coordinator): State<Shared>,
    Body(request): Body<v1::EnrolRequest>,
) -> Result<Json<v1::EnrolResponse>, ApiError> {
    let v1::EnrolRequest { name, session, agent_version, facts, backends } = request;
    let backends = backends.into_iter().map(Into::into).collect();
    let introduction = Introduction { name, session, agent_version, facts: facts.into(), backends };
    let device = blocking(&coordinator, move |lab| lab.enrol(&introduction, UnixMillis::now())).await?;
    let timing = coordinator.timing;
    let (heartbeat_ms, lease_wait_ms) = (timing.heartbeat_ms, timing.lease_wait_ms);
    Ok(Json(v1::EnrolResponse { device, heartbeat_ms, lease_wait_ms }))
}

pub(super) async fn heartbeat(
    State(coordinator): State<Shared>,
    InPath(device): InPath<DeviceId>,
    Body(request): Body<v1::HeartbeatRequest>,
) -> Result<Json<v1::HeartbeatResponse>, ApiError> {
    let v1::HeartbeatRequest { session, holding } = request;
    let holding: Option<Holding> = holding.map(Into::into);
    let beat = move |lab: &Coordinator| lab.heartbeat(device, &session, holding.as_ref(), UnixMillis::now());
    let still_held = blocking(&coordinator, beat).await?;
    Ok(Json(v1::HeartbeatResponse { still_held }))
}

/// Held open until there is work, for `lease_wait_ms` at most.
pub(super) async fn lease(
    State(coordinator): State<Shared>,
    InPath(device): InPath<DeviceId>,
    Body(request): Body<v1::LeaseRequest>,
) -> Result<Json<v1::LeaseResponse>, ApiError> {
    let deadline = Instant::now() + Duration::from_millis(coordinator.timing.lease_wait_ms);
    let mut changes = coordinator.device_changes(device);
    loop {
        changes.mark_unchanged();
        let session = request.session.clone();
        let lease = blocking(&coordinator, move |lab| lab.lease(device, &session, UnixMillis::now()));
        let wake = match lease.await? {
            Lease::Now(assignment) => {
                return Ok(Json(v1::LeaseResponse { assignment: Some((*assignment).into()) }));
            }
            Lease::NotBefore(moment) => {
                let rest = Duration::from_millis(moment.ms_since(UnixMillis::now()));
                deadline.min(Instant::now() + rest)
            }
            Lease::Nothing => deadline,
        };
        tokio::select! {
            changed = timeout_at(deadline, changes.changed()) => {
                if changed.is_err() {
                    return Ok(Json(v1::LeaseResponse { assignment: None }));
                }
            }
            () = sleep_until(wake), if wake < deadline => {}
        }
    }
}

/// The body of a result, in which the outcome stays as it came.
#[derive(Deserialize)]
struct ResultBody<'a> {
    task: TaskId,
    attempt: AttemptNumber,
    fence: Fence,
    #[serde(borrow)]
    outcome: &'a RawValue,
}

/// Reads a result once, and keeps what came.
fn arrived(body: &[u8]) -> Result<Arrived, ApiError> {
    let unreadable = |error: serde_json::Error| ApiError::new(v1::ErrorCode::BadRequest, error.to_string());
    let ResultBody { task, attempt, fence, outcome: text } = serde_json::from_slice(body).map_err(unreadable)?;
    let outcome: v1::Outcome = serde_json::from_str(text.get()).map_err(unreadable)?;
    let outcome = Outcome::from(outcome);
    Ok(Arrived {
        holding: Holding { task, attempt, fence },
        attempt: (&outcome).into(),
        model: match outcome {
            Outcome::Measured(measurement) => Some(measurement.model_sha256),
            Outcome::Failed(_) => None,
        },
        record: Record { format: v1::VERSION, text: text.get().to_owned() },
    })
}

pub(super) async fn result(
    State(coordinator): State<Shared>,
    InPath(device): InPath<DeviceId>,
    body: Bytes,
) -> Result<Json<v1::ResultResponse>, ApiError> {
    let take = move |lab: &Coordinator| match arrived(&body) {
        Ok(arrived) => Ok(Ok(lab.take_result(device, &arrived, UnixMillis::now())?)),
        Err(error) => Ok(Err(error)),
    };
    let status = blocking(&coordinator, take).await??;
    Ok(Json(v1::ResultResponse { status: status.into() }))
}

pub(super) async fn model(
    State(coordinator): State<Shared>,
    InPath(hash): InPath<ModelHash>,
) -> Result<impl IntoResponse, ApiError> {
    let bytes = blocking(&coordinator, move |lab| lab.model_file(&hash)).await?;
    Ok(([(CONTENT_TYPE, "application/octet-stream")], bytes))
}
