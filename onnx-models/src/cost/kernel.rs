//! A kernel: one piece of work that a device launches.

use serde::{Deserialize, Serialize};

/// What limits a kernel's speed depends on its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum KernelKind {
    /// A dense convolution or a matrix product.
    Convolution,
    /// A convolution with one channel per group.
    Depthwise,
    /// A convolution with several groups of several channels.
    Grouped,
    /// Activation, normalisation, addition, pooling: a few operations per element.
    Elementwise,
    /// A squeeze-excite branch: matrix products on a channel's mean.
    SqueezeExcite,
}

impl KernelKind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Convolution, Self::Depthwise, Self::Grouped, Self::Elementwise, Self::SqueezeExcite];

    /// The name in JSON and tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Convolution => "convolution",
            Self::Depthwise => "depthwise",
            Self::Grouped => "grouped",
            Self::Elementwise => "elementwise",
            Self::SqueezeExcite => "squeeze_excite",
        }
    }
}

/// One kernel's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kernel {
    /// What limits it.
    pub kind: KernelKind,
    /// Arithmetic operations: two per multiply-accumulate, else one per output element, or one
    /// per element of the window where it pools.
    pub flops: u64,
    /// 4 bytes for every element of inputs, stored weights and output.
    pub bytes: u64,
    /// 4 bytes for every element of the output.
    pub output_bytes: u64,
    /// Height and width of the kernel or window; 1 where there is none.
    pub kernel_size: u32,
}
