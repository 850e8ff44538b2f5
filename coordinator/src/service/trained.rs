//! The trained predictors that adaptation starts from: one per space, read once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tenshot_onnx_models::Space;
use tenshot_predictor::Trained;
use tenshot_protocol::ModelHash;

use super::ServiceError;

/// A trained predictor with the hash of its file.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) trained: Trained,
    pub(super) hash: ModelHash,
}

/// The trained predictors by space.
#[derive(Debug, Default)]
pub(super) struct TrainedPredictors(Mutex<HashMap<Space, Arc<Named>>>);

impl TrainedPredictors {
    /// The trained predictor of this space.
    pub(super) fn of(&self, space: Space) -> Result<Arc<Named>, ServiceError> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(named) = known.get(&space) {
            return Ok(Arc::clone(named));
        }
        let trained = tenshot_predictor::bundled(space)?;
        let hash = ModelHash::of(&trained.to_bytes()?);
        let named = Arc::new(Named { trained, hash });
        known.insert(space, Arc::clone(&named));
        Ok(named)
    }
}
