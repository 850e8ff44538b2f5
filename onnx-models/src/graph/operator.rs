//! The operators that networks are made of.

use super::Shape;

/// A square two-dimensional convolution without bias of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Convolution {
    /// Channels of the output.
    pub channels: usize,
    /// Height and width of the kernel.
    pub kernel: usize,
    /// The step, in both directions.
    pub stride: usize,
    /// Zeros added on every side.
    pub padding: usize,
    /// Groups of channels that do not see each other.
    pub groups: usize,
    /// Whether the batch normalisation behind it is folded into weights and a bias.
    pub folded: bool,
}

/// What a node computes. Tensors are laid out as batch, channels, height, width.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Operator {
    /// A convolution.
    Convolution(Convolution),
    /// A linear layer with bias, on batch x features.
    Linear {
        /// Features of the output.
        features: usize,
    },
    /// Batch normalisation as at inference: four stored vectors of a channel's length.
    BatchNormalization,
    /// max(x, 0).
    Relu,
    /// The sum of two tensors of one shape.
    Add,
    /// The product with a constant.
    MultiplyBy(f32),
    /// Average pooling over a square window, the padding not counted.
    AveragePool {
        /// Height and width of the window.
        kernel: usize,
        /// The step, in both directions.
        stride: usize,
        /// The border that is added and not counted.
        padding: usize,
    },
    /// The mean over height and width.
    GlobalAveragePool,
    /// Batch x everything else.
    Flatten,
}

impl Operator {
    /// The shape of the output, given the first input's.
    pub(crate) fn output_shape(&self, input: &[usize]) -> Shape {
        let window = |size: usize, kernel, stride, padding| (size + 2 * padding - kernel) / stride + 1;
        match (*self, input) {
            (Self::Convolution(c), &[batch, _, height, width]) => {
                let size = |size| window(size, c.kernel, c.stride, c.padding);
                vec![batch, c.channels, size(height), size(width)]
            }
            (Self::AveragePool { kernel, stride, padding }, &[batch, channels, height, width]) => {
                let size = |size| window(size, kernel, stride, padding);
                vec![batch, channels, size(height), size(width)]
            }
            (Self::GlobalAveragePool, &[batch, channels, ..]) => vec![batch, channels, 1, 1],
            (Self::Flatten, &[batch, ref rest @ ..]) => vec![batch, rest.iter().product()],
            (Self::Linear { features }, &[batch, ..]) => vec![batch, features],
            _ => input.to_vec(),
        }
    }
}
