//! How well validation devices are predicted on the way.

use serde::{Deserialize, Serialize};

/// What is known of a training after some episodes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Validation {
    /// Episodes that were done.
    pub episode: u32,
    /// The mean squared error of the queries, on average since the last validation.
    pub error: f32,
    /// The divergence of `help`'s z from a standard normal, on average since the last validation;
    /// zero where there is no z.
    pub divergence: f32,
    /// Mean Spearman correlation over the validation devices; `None` where there are none.
    pub spearman: Option<f64>,
}

impl Validation {
    /// Whether the losses before it are no finite numbers.
    pub(crate) fn has_diverged(&self) -> bool {
        !(self.error.is_finite() && self.divergence.is_finite())
    }
}
