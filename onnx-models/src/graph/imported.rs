//! Operators that were read from a file.

use super::Shape;

/// An operator of an ONNX file: what is needed to count its cost. Only reading a file makes one,
/// and it cannot be written back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    pub(crate) name: Box<str>,
    pub(crate) arithmetic: Arithmetic,
    pub(crate) shape: Shape,
    pub(crate) stored: Stored,
}

/// Numbers in the file that one operator reads and no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Stored {
    /// Those that training changes.
    pub(crate) trained: u64,
    /// All.
    pub(crate) all: u64,
}

/// What an imported operator does with what it reads.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Arithmetic {
    /// A convolution of the first input.
    Convolution {
        /// The sizes of the kernel, one for every spatial dimension.
        window: Vec<usize>,
        /// Groups of channels that do not see each other.
        groups: usize,
    },
    /// A transposed convolution of the first input.
    TransposedConvolution {
        /// The sizes of the kernel, one for every spatial dimension.
        window: Vec<usize>,
        /// Groups of channels that do not see each other.
        groups: usize,
    },
    /// Products of matrices.
    Product {
        /// Multiply-accumulates for every element written.
        depth: usize,
    },
    /// One operation for every element written.
    Elementwise,
    /// One operation for every element of a window, for every element written.
    Pool {
        /// The sizes of the window, one for every spatial dimension.
        window: Vec<usize>,
    },
    /// One operation for every element of the first input.
    Reduction,
    /// Moves all that it reads, and computes nothing.
    Move,
    /// Copies a part of what it reads, and computes nothing.
    Copy,
    /// The same elements under another shape, or stored elements that are prepared before the
    /// first run.
    Rename,
    /// Stored numbers that several operators read.
    Store,
    /// An operator that is not known here. What it computes is not counted.
    Unknown,
}

impl Imported {
    /// ONNX's name for the operator, behind its domain where that is not ONNX's own.
    #[must_use]
    pub const fn name(&self) -> &str {
        &self.name
    }

    /// What it does.
    #[must_use]
    pub const fn arithmetic(&self) -> &Arithmetic {
        &self.arithmetic
    }
}

impl Arithmetic {
    /// Operations for every element of the larger one of input and output: the most that any count
    /// can give.
    pub(crate) fn most_per_element(&self, channels: usize) -> u128 {
        let product = |window: &[usize]| window.iter().map(|&size| size as u128).product::<u128>();
        match self {
            Self::Convolution { window, .. } | Self::TransposedConvolution { window, .. } => {
                product(window) * channels as u128
            }
            Self::Product { depth } => *depth as u128,
            Self::Pool { window } => product(window),
            _ => 1,
        }
    }
}
