//! From an architecture to its network.

pub(crate) mod nasbench201;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::graph::Graph;
use crate::spaces::Architecture;

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

/// How a network is built from an architecture.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BuildOptions {
    /// Images per run, 1 to [`BuildOptions::MAXIMUM_BATCH`].
    pub batch: usize,
    /// Classes of the classifier, 1 to [`BuildOptions::MAXIMUM_CLASSES`].
    pub classes: usize,
    /// Batch normalisation folded or kept.
    pub batch_norm: BatchNorm,
    /// The seed of the weights.
    pub seed: u64,
}

impl BuildOptions {
    /// The largest batch that a network is built for.
    pub const MAXIMUM_BATCH: usize = 65_536;

    /// The most classes that a classifier is built for.
    pub const MAXIMUM_CLASSES: usize = 100_000;

    fn check(&self) -> Result<(), BuildError> {
        if !(1..=Self::MAXIMUM_BATCH).contains(&self.batch) {
            return Err(BuildError::Batch { batch: self.batch });
        }
        if !(1..=Self::MAXIMUM_CLASSES).contains(&self.classes) {
            return Err(BuildError::Classes { classes: self.classes });
        }
        Ok(())
    }
}

impl Default for BuildOptions {
    /// One image, ten classes, batch normalisation folded, seed 0.
    fn default() -> Self {
        Self { batch: 1, classes: 10, batch_norm: BatchNorm::Folded, seed: 0 }
    }
}

/// An option that no network can be built with.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BuildError {
    /// No image, or too many.
    #[error("batch {batch} is out of range, expected 1 to {}", BuildOptions::MAXIMUM_BATCH)]
    Batch {
        /// The batch as it was given.
        batch: usize,
    },
    /// No class, or too many.
    #[error("{classes} classes are out of range, expected 1 to {}", BuildOptions::MAXIMUM_CLASSES)]
    Classes {
        /// The number of classes as it was given.
        classes: usize,
    },
}

/// The network of an architecture, without weights.
///
/// # Errors
///
/// When an option is out of its range.
pub fn graph(architecture: &Architecture, options: &BuildOptions) -> Result<Graph, BuildError> {
    options.check()?;
    Ok(match architecture {
        Architecture::NasBench201(cell) => nasbench201::graph(cell, nasbench201::Edges::AsWritten, options),
    })
}
