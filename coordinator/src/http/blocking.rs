//! From the HTTP layer's threads to those that may block.

use std::sync::Arc;

use super::Shared;
use super::error::ApiError;
use crate::service::{Coordinator, ServiceError};

/// Runs a verb where it may block.
pub(super) async fn blocking<T: Send + 'static>(
    coordinator: &Shared,
    verb: impl FnOnce(&Coordinator) -> Result<T, ServiceError> + Send + 'static,
) -> Result<T, ApiError> {
    let coordinator = Arc::clone(coordinator);
    match tokio::task::spawn_blocking(move || verb(&coordinator)).await {
        Ok(result) => Ok(result?),
        Err(error) => Err(ApiError::internal(&error)),
    }
}
