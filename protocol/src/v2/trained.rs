//! The trained predictors that a lab keeps.

use serde::{Deserialize, Serialize};
use tenshot_measurement::ModelHash;

/// A trained predictor that campaigns may name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainedSummary {
    /// SHA-256 of its file.
    pub sha256: ModelHash,
    /// Search space.
    pub space: String,
    /// Method, such as `help`.
    pub method: String,
    /// The devices that it was trained on.
    pub devices: u32,
    /// Whether it is built into the coordinator, and what campaigns of its space adapt by default.
    pub built_in: bool,
    /// When it was kept first, in milliseconds since 1970 (UTC).
    pub created_at_unix_ms: u64,
}
