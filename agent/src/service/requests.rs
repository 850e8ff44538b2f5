//! Requests, each from question to event.

use std::sync::Arc;
use std::time::Duration;

use tenshot_measurement::{Assignment, DeviceId, FailureKind, Holding, MeasurementFailure, SessionId};
use tenshot_transport::TransportError;

use crate::cache::{Cache, CacheError};
use crate::dialogue::{Event, Request};
use crate::link::{Introduction, Link};
use crate::result_body::ResultBody;
use crate::service::StateFolder;

pub(super) async fn enrol(link: Link, introduction: Arc<Introduction>) -> Event {
    match link.enrol(&introduction).await {
        Ok(terms) => Event::Enrolled(terms),
        Err(error) => Event::Failed(Request::Enrol, error.into()),
    }
}

pub(super) async fn heartbeat(link: Link, device: DeviceId, session: SessionId, holding: Option<Holding>) -> Event {
    match link.heartbeat(device, session, holding).await {
        Ok(still_held) => Event::HeartbeatAnswered { holding, still_held },
        Err(error) => Event::Failed(Request::Heartbeat, error.into()),
    }
}

pub(super) async fn lease(link: Link, device: DeviceId, session: SessionId, wait_ms: u64) -> Event {
    match link.lease(device, session, Duration::from_millis(wait_ms)).await {
        Ok(assignment) => Event::Leased(assignment.map(Box::new)),
        Err(error) => Event::Failed(Request::Lease, error.into()),
    }
}

pub(super) async fn send(link: Link, device: DeviceId, body: ResultBody) -> Event {
    match link.send(device, body).await {
        Ok(status) => Event::Acknowledged(status),
        Err(error) => Event::Failed(Request::Send, error.into()),
    }
}

/// Brings the model into the cache, where it is not there yet.
pub(super) async fn fetch(link: Link, state: Arc<StateFolder>, assignment: Box<Assignment>) -> Event {
    let holding = assignment.holding;
    match download(&link, &state.cache, &assignment).await {
        Ok(()) => Event::ModelReady(holding),
        Err(FetchError::Link(error)) => Event::Failed(Request::Fetch, error.into()),
        Err(FetchError::Cache(error)) => {
            let kind = match error {
                CacheError::WrongContent { .. } => FailureKind::ModelUnreadable,
                CacheError::TooLarge { .. } | CacheError::Disk { .. } => FailureKind::Board,
            };
            Event::ModelFailed(holding, MeasurementFailure { kind, detail: error.to_string() })
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error(transparent)]
    Link(#[from] TransportError),
    #[error(transparent)]
    Cache(#[from] CacheError),
}

async fn download(link: &Link, cache: &Cache, assignment: &Assignment) -> Result<(), FetchError> {
    let hash = &assignment.model_sha256;
    if cache.get(hash).is_some() {
        return Ok(());
    }
    let mut incoming = cache.begin(hash, assignment.model_bytes)?;
    let mut download = link.model(hash).await?;
    while let Some(chunk) = download.next_chunk().await? {
        incoming.write(chunk.as_ref())?;
    }
    incoming.finish()?;
    Ok(())
}
