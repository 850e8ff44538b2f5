//! All that shapes a network beside its architecture.

use super::{BatchNorm, Form, Sentence};

/// All that shapes a network beside its architecture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Context {
    pub(crate) form: Form,
    pub(crate) batch: usize,
    pub(crate) classes: usize,
    pub(crate) batch_norm: BatchNorm,
    pub(crate) sentence: Sentence,
}
