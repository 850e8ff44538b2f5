//! Who may come in: protocol version first, then the token's role.

use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::Response;
use tenshot_protocol::v1::ErrorCode;
use tenshot_protocol::{VERSION_HEADER, version_mismatch};

use super::Shared;
use super::blocking::blocking;
use super::error::ApiError;
use crate::domain::Role;

#[derive(Clone)]
pub(super) struct Guard {
    pub(super) coordinator: Shared,
    pub(super) role: Role,
}

pub(super) async fn check(State(guard): State<Guard>, request: Request, next: Next) -> Result<Response, ApiError> {
    let version = header(&request, VERSION_HEADER);
    let path = request.uri().path();
    if let Some(mismatch) = version_mismatch(version).or_else(|| contradiction(path, version)) {
        return Err(ApiError::new(ErrorCode::VersionMismatch, mismatch));
    }
    let needed = guard.role;
    let bearer = header(&request, AUTHORIZATION.as_str()).and_then(|value| value.strip_prefix("Bearer "));
    let Some(token) = bearer.map(str::to_owned) else {
        return Err(ApiError::new(
            ErrorCode::Unauthorised,
            format!("no token was sent: a token of role {needed} is needed"),
        ));
    };
    match blocking(&guard.coordinator, move |coordinator| coordinator.role_of(&token)).await? {
        Some(role) if role.may_act_as(needed) => Ok(next.run(request).await),
        Some(role) => Err(ApiError::new(
            ErrorCode::Forbidden,
            format!("the token's role is {role}: a token of role {needed} is needed"),
        )),
        None => Err(ApiError::new(
            ErrorCode::Unauthorised,
            format!("the token is not known here: use one of role {needed} from the coordinator's data folder"),
        )),
    }
}

/// A request says its version twice, and the same.
fn contradiction(path: &str, header: Option<&str>) -> Option<String> {
    let of_path = path.strip_prefix("/v")?.split('/').next()?;
    let of_header = header?;
    (of_path != of_header).then(|| {
        format!(
            "the path is of protocol version {of_path}, the `{VERSION_HEADER}` header of {of_header}: send the same"
        )
    })
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}
