//! How `help` is trained.

use serde::{Deserialize, Serialize};
use tenshot_onnx_models::{Space, with_space};

use super::ablation::Parts;
use crate::spaces::PredictorSpace;

/// How to train `help`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Which parts of the method are on.
    pub parts: Parts,
    /// Devices per episode.
    pub tasks: usize,
    /// Architectures that each is asked; all others where there are fewer.
    pub queries: usize,
    /// Episodes.
    pub episodes: u32,
    /// Adam's rate.
    pub rate: f32,
    /// The rate of the inner steps, where it starts.
    pub inner_rate: f32,
    /// The weight of z's divergence.
    pub divergence_weight: f32,
    /// Episodes between two validations.
    pub validate_every: u32,
    /// The seed of everything random.
    pub seed: u64,
}

impl Settings {
    /// The paper's for a space, with these parts on.
    pub const fn paper(space: Space, parts: Parts, seed: u64) -> Self {
        let episodes = with_space!(space, S => S::EPISODES);
        Self {
            parts,
            tasks: 8,
            queries: 200,
            episodes,
            rate: 1e-4,
            inner_rate: 1e-3,
            divergence_weight: 0.1,
            validate_every: 50,
            seed,
        }
    }
}
