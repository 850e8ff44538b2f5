//! Errors as clients see them: a status and an [`ErrorBody`].

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tenshot_protocol::v1::{ErrorBody, ErrorCode};

use crate::service::ServiceError;

/// An answer that is no success: a status and its body.
#[derive(Debug)]
pub(super) struct ApiError {
    status: StatusCode,
    body: ErrorBody,
}

impl ApiError {
    pub(super) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { status: status_of(code), body: ErrorBody { code, message: message.into() } }
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::NotFound, message)
    }

    /// What the client asks about cannot be said in its version of the protocol.
    pub(super) fn upgrade_client(what: &str) -> Self {
        Self::new(
            ErrorCode::VersionMismatch,
            format!("the client's protocol version has no {what}: upgrade the client"),
        )
    }

    /// The log says what clients are not told.
    pub(super) fn internal(error: &dyn std::error::Error) -> Self {
        tracing::error!(%error, "internal error");
        Self::new(ErrorCode::Internal, format!("the coordinator failed: {error}"))
    }
}

impl From<ServiceError> for ApiError {
    fn from(error: ServiceError) -> Self {
        let code = match &error {
            ServiceError::DeviceName(_)
            | ServiceError::Campaign(_)
            | ServiceError::Space(_)
            | ServiceError::Architecture(_)
            | ServiceError::Choice(_)
            | ServiceError::References(_)
            | ServiceError::Model(_)
            | ServiceError::NotTrained(_) => ErrorCode::BadRequest,
            ServiceError::NotFound(_) => ErrorCode::NotFound,
            ServiceError::Conflict(_) => ErrorCode::Conflict,
            ServiceError::Store(_)
            | ServiceError::Predictor(_)
            | ServiceError::Record { .. }
            | ServiceError::TokenFile(_)
            | ServiceError::NewToken { .. } => {
                return Self::internal(&error);
            }
        };
        Self::new(code, error.to_string())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.status, Json(self.body)).into_response()
    }
}

fn status_of(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::BadRequest => StatusCode::BAD_REQUEST,
        ErrorCode::Unauthorised => StatusCode::UNAUTHORIZED,
        ErrorCode::Forbidden => StatusCode::FORBIDDEN,
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::Conflict => StatusCode::CONFLICT,
        ErrorCode::VersionMismatch => StatusCode::UPGRADE_REQUIRED,
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// A body that cannot be read says where, in the same form as every other error.
#[derive(axum::extract::FromRequest)]
#[from_request(via(Json), rejection(ApiError))]
pub(super) struct Body<T>(pub(super) T);

impl From<axum::extract::rejection::JsonRejection> for ApiError {
    fn from(rejection: axum::extract::rejection::JsonRejection) -> Self {
        let refused = Self::new(ErrorCode::BadRequest, rejection.body_text());
        // What is too large is told apart from what is wrong.
        match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Self { status: StatusCode::PAYLOAD_TOO_LARGE, ..refused },
            _ => refused,
        }
    }
}

/// The same for paths.
#[derive(axum::extract::FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(ApiError))]
pub(super) struct InPath<T>(pub(super) T);

impl From<axum::extract::rejection::PathRejection> for ApiError {
    fn from(rejection: axum::extract::rejection::PathRejection) -> Self {
        Self::new(ErrorCode::BadRequest, rejection.body_text())
    }
}

/// The same for queries.
#[derive(axum::extract::FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(ApiError))]
pub(super) struct InQuery<T>(pub(super) T);

impl From<axum::extract::rejection::QueryRejection> for ApiError {
    fn from(rejection: axum::extract::rejection::QueryRejection) -> Self {
        Self::new(ErrorCode::BadRequest, rejection.body_text())
    }
}
