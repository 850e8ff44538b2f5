//! How `anp` is trained.

use serde::{Deserialize, Serialize};
use tenshot_onnx_models::{Space, with_space};

use crate::spaces::PredictorSpace;

/// How to train `anp`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AnpSettings {
    /// Measured architectures per task.
    pub shots: usize,
    /// Devices per episode; all where there are fewer.
    pub tasks: usize,
    /// Architectures that each is asked; all others where there are fewer.
    pub queries: usize,
    /// Episodes.
    pub episodes: u32,
    /// Adam's rate.
    pub rate: f32,
    /// Episodes between two validations, of which the best is kept.
    pub validate_every: u32,
    /// The seed of everything random.
    pub seed: u64,
}

impl AnpSettings {
    /// As many episodes as `help` has, of the same tasks.
    pub const fn new(space: Space, shots: usize, seed: u64) -> Self {
        let episodes = with_space!(space, S => S::EPISODES);
        Self { shots, tasks: 8, queries: 200, episodes, rate: 3e-4, validate_every: 50, seed }
    }
}
