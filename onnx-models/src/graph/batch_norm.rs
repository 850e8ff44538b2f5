//! What becomes of batch normalisation when a graph is put together.

use serde::{Deserialize, Serialize};

/// What becomes of batch normalisation, which at inference is a linear function of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchNorm {
    /// Folded into the convolution before it, where there is one: what inference runs.
    #[default]
    Folded,
    /// Kept as nodes of their own: what training wrote.
    Kept,
}
