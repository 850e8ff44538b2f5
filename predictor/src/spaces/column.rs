//! Columns of integers that architectures are written as.

/// A column of an encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What it says.
    pub name: String,
    /// The values that it may have.
    pub allowed: Vec<i64>,
}

impl Column {
    pub(crate) fn new(name: impl Into<String>, allowed: &[i64]) -> Self {
        Self { name: name.into(), allowed: allowed.to_vec() }
    }
}
