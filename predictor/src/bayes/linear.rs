//! Linear functions of raw columns.

/// A linear function of raw columns.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Linear {
    pub(crate) weights: Vec<f64>,
    pub(crate) constant: f64,
}

impl Linear {
    /// The function's value.
    pub(crate) fn apply(&self, raw: &[f64]) -> f64 {
        self.weights.iter().zip(raw).map(|(weight, value)| weight * value).sum::<f64>() + self.constant
    }
}

/// A linear function of raw columns for many architectures.
#[derive(Debug, Clone)]
pub(crate) enum Collapsed {
    /// Of cells, whose columns are looked up.
    Cells(Linear),
    /// One number per block.
    Blocks { by_block: Vec<f64>, constant: f64 },
}
