//! The API over the verbs: JSON over HTTP.

mod access;
mod agents;
mod blocking;
mod campaign_specs;
mod campaigns;
mod error;
mod operators;
mod readers;
mod reports;
mod server;
#[cfg(test)]
mod tests;
mod views;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde_json::json;
use tenshot_protocol::{NEWEST, OLDEST};

use crate::domain::Role;
use crate::service::Coordinator;

pub use reports::read_record;
pub use server::{Server, ServerError};

/// Largest body of a request, in bytes: a result with a million samples, or a campaign with all architectures of a space.
const LARGEST_BODY_BYTES: usize = 16 << 20;

type Shared = Arc<Coordinator>;

/// Largest file of a trained predictor, in bytes.
const LARGEST_TRAINED_BYTES: usize = 256 << 20;

/// All paths. `GET /v1/health` is open; every other one needs a token of the right role.
///
/// Agents speak version 1 of the protocol, operators and readers version 1 or 2.
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
        .route("/v1/campaigns", post(operators::create_campaign_v1))
        .route("/v1/campaigns/{campaign}/cancel", post(operators::cancel_campaign_v1))
        .route("/v2/campaigns", post(operators::create_campaign))
        .route("/v2/campaigns/{campaign}/cancel", post(operators::cancel_campaign))
        .route("/v2/trained", post(operators::keep_trained).layer(DefaultBodyLimit::max(LARGEST_TRAINED_BYTES)));
    let readers = Router::new()
        .route("/v1/campaigns/{campaign}", get(campaigns::campaign_v1))
        .route("/v1/campaigns/{campaign}/attempts", get(campaigns::attempts_v1))
        .route("/v2/campaigns/{campaign}", get(campaigns::campaign))
        .route("/v2/campaigns/{campaign}/tasks", get(campaigns::tasks))
        .route("/v2/campaigns/{campaign}/attempts", get(campaigns::attempts))
        .route("/v2/campaigns/{campaign}/report", get(reports::report))
        .route("/v2/trained", get(readers::trained));
    let readers = ["v1", "v2"].into_iter().fold(readers, |readers, version| {
        readers
            .route(&format!("/{version}/campaigns"), get(campaigns::campaigns))
            .route(&format!("/{version}/devices"), get(readers::devices))
            .route(&format!("/{version}/devices/{{device}}"), get(readers::device))
            .route(&format!("/{version}/predictors"), get(readers::predictors))
            .route(&format!("/{version}/predictors/{{predictor}}/file"), get(readers::predictor_file))
            .route(&format!("/{version}/predictions"), post(readers::predict))
    });
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
    Json(
        json!({ "program": "tenshot", "version": env!("CARGO_PKG_VERSION"), "protocol": NEWEST, "oldest_protocol": OLDEST }),
    )
}

async fn unknown_path(uri: axum::http::Uri) -> error::ApiError {
    error::ApiError::not_found(format!("there is nothing at {}", uri.path()))
}
