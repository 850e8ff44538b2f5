//! The API over the verbs: JSON over HTTP.

mod access;
mod agents;
mod blocking;
mod error;
mod operators;
mod readers;
mod server;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde_json::json;

use crate::domain::Role;
use crate::service::Coordinator;

pub use server::{Server, ServerError};

/// Largest body of a request, in bytes: a result with a million samples, or a campaign with all architectures of a space.
const LARGEST_BODY_BYTES: usize = 16 << 20;

type Shared = Arc<Coordinator>;

/// All paths. `GET /v1/health` is open; every other one needs a token of the right role.
pub fn router(coordinator: Shared) -> Router {
    let guarded = |routes: Router<Shared>, role: Role| {
        let guard = access::Guard { coordinator: Arc::clone(&coordinator), role };
        routes.route_layer(middleware::from_fn_with_state(guard, access::check))
    };
    let agents = Router::new()
        .route("/v1/agents", post(agents::enrol))
        .route("/v1/agents/{device}/heartbeat", post(agents::heartbeat))
        .route("/v1/agents/{device}/lease", post(agents::lease))
        .route("/v1/agents/{device}/results", post(agents::result))
        .route("/v1/models/{sha256}", get(agents::model));
    let operators = Router::new()
        .route("/v1/campaigns", post(operators::create_campaign))
        .route("/v1/campaigns/{campaign}/cancel", post(operators::cancel_campaign));
    let readers = Router::new()
        .route("/v1/campaigns", get(readers::campaigns))
        .route("/v1/campaigns/{campaign}", get(readers::campaign))
        .route("/v1/campaigns/{campaign}/attempts", get(readers::campaign_attempts))
        .route("/v1/devices", get(readers::devices))
        .route("/v1/devices/{device}", get(readers::device))
        .route("/v1/predictors", get(readers::predictors))
        .route("/v1/predictors/{predictor}/file", get(readers::predictor_file))
        .route("/v1/predictions", post(readers::predict));
    Router::new()
        .merge(guarded(agents, Role::Agent))
        .merge(guarded(operators, Role::Operator))
        .merge(guarded(readers, Role::Reader))
        .route("/v1/health", get(health))
        .fallback(unknown_path)
        .layer(DefaultBodyLimit::max(LARGEST_BODY_BYTES))
        .with_state(coordinator)
}

async fn health() -> impl IntoResponse {
    Json(json!({ "program": "tenshot", "version": env!("CARGO_PKG_VERSION"), "protocol": tenshot_protocol::VERSION }))
}

async fn unknown_path(uri: axum::http::Uri) -> error::ApiError {
    error::ApiError::not_found(format!("there is nothing at {}", uri.path()))
}
