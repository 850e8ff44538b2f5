//! The operators that networks are made of.

use super::{Imported, Shape};

/// Where a convolution's bias comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bias {
    /// There is none.
    None,
    /// From the batch normalisation behind it, folded into weights and bias.
    Folded,
    /// It is trained with the weights.
    Trained,
}

/// A square two-dimensional convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
    /// Its bias.
    pub bias: Bias,
    /// Whether its output is added to a stream of residuals. Its random weights are then small,
    /// as training begins and often ends: the stream keeps its size however deep the network is.
    pub residual: bool,
}

impl Convolution {
    /// A dense convolution without bias that keeps height and width at stride 1.
    #[must_use]
    pub const fn dense(channels: usize, kernel: usize, stride: usize) -> Self {
        Self { channels, kernel, stride, padding: kernel / 2, groups: 1, bias: Bias::None, residual: false }
    }
}

/// What a node computes. Images are laid out as batch, channels, height, width.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Operator {
    /// A convolution.
    Convolution(Convolution),
    /// A linear layer with bias, on rows x features.
    Linear {
        /// Features of the output.
        features: usize,
    },
    /// A stored matrix, which other nodes read: an embedding, or positions. It computes nothing.
    Table {
        /// Rows of the matrix.
        rows: usize,
        /// Columns of the matrix.
        features: usize,
    },
    /// The rows of a table (first input) at some indices (second input): rows x features, the
    /// indices flattened.
    Lookup,
    /// Rows times a transposed table: the first input is rows x features, the second the table.
    Projection,
    /// The product of two stacks of matrices, whose leading dimensions agree.
    MatrixProduct,
    /// Batch normalisation as at inference: four stored vectors of a channel's length.
    BatchNormalization,
    /// Normalisation of the last dimension: a stored scale and shift of its length.
    LayerNormalization,
    /// max(x, 0).
    Relu,
    /// x max(0, min(1, x / 6 + 1 / 2)).
    HardSwish,
    /// max(0, min(1, x / 6 + 1 / 2)).
    HardSigmoid,
    /// Exponentials over the last dimension, divided by their sum.
    Softmax,
    /// The sum of two tensors; the second may be broadcast to the first's shape.
    Add,
    /// The product of two tensors; the second may be broadcast to the first's shape.
    Multiply,
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
    /// The same elements under another shape.
    Reshape(Shape),
    /// The dimensions in another order: the new first is the old `order[0]`.
    Transpose(Vec<usize>),
    /// The inputs one behind the other along a dimension.
    Concatenate {
        /// The dimension.
        axis: usize,
    },
    /// A range of a dimension.
    Slice {
        /// The dimension.
        axis: usize,
        /// The first index of the range.
        start: usize,
        /// The first index behind the range.
        end: usize,
    },
    /// An operator that was read from a file.
    Imported(Box<Imported>),
}

impl Operator {
    /// The name by which tables call the operator: ONNX's own where it was read from a file.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Convolution(_) => "convolution",
            Self::Linear { .. } => "linear",
            Self::Table { .. } => "table",
            Self::Lookup => "lookup",
            Self::Projection => "projection",
            Self::MatrixProduct => "matrix_product",
            Self::BatchNormalization => "batch_normalization",
            Self::LayerNormalization => "layer_normalization",
            Self::Relu => "relu",
            Self::HardSwish => "hard_swish",
            Self::HardSigmoid => "hard_sigmoid",
            Self::Softmax => "softmax",
            Self::Add => "add",
            Self::Multiply => "multiply",
            Self::MultiplyBy(_) => "multiply_by",
            Self::AveragePool { .. } => "average_pool",
            Self::GlobalAveragePool => "global_average_pool",
            Self::Flatten => "flatten",
            Self::Reshape(_) => "reshape",
            Self::Transpose(_) => "transpose",
            Self::Concatenate { .. } => "concatenate",
            Self::Slice { .. } => "slice",
            Self::Imported(imported) => &imported.name,
        }
    }

    /// Whether it stores numbers that training changes.
    pub(crate) const fn is_trained(&self) -> bool {
        matches!(
            self,
            Self::Convolution(_)
                | Self::Linear { .. }
                | Self::Table { .. }
                | Self::BatchNormalization
                | Self::LayerNormalization
        )
    }

    /// Whether a runtime does the work while it writes the output of the node before: an
    /// activation, or a normalisation that inference folds away.
    pub(crate) const fn is_fused(&self) -> bool {
        matches!(self, Self::Relu | Self::HardSwish | Self::HardSigmoid | Self::BatchNormalization)
    }

    /// The shape of the output, given the inputs'.
    pub(crate) fn output_shape(&self, inputs: &[&[usize]]) -> Shape {
        let first = inputs.first().copied().unwrap_or_default();
        let second = inputs.get(1).copied().unwrap_or_default();
        let window = |size: usize, kernel, stride, padding| (size + 2 * padding - kernel) / stride + 1;
        match (self, first) {
            (&Self::Convolution(c), &[batch, _, height, width]) => {
                let size = |size| window(size, c.kernel, c.stride, c.padding);
                vec![batch, c.channels, size(height), size(width)]
            }
            (&Self::AveragePool { kernel, stride, padding }, &[batch, channels, height, width]) => {
                let size = |size| window(size, kernel, stride, padding);
                vec![batch, channels, size(height), size(width)]
            }
            (Self::GlobalAveragePool, &[batch, channels, ..]) => vec![batch, channels, 1, 1],
            (Self::Flatten, &[batch, ref rest @ ..]) => vec![batch, rest.iter().product()],
            (&Self::Linear { features }, &[rows, ..]) => vec![rows, features],
            (&Self::Table { rows, features }, _) => vec![rows, features],
            (Self::Lookup, &[_, features]) => vec![second.iter().product(), features],
            (Self::Projection, &[rows, _]) => vec![rows, second.first().copied().unwrap_or(1)],
            (Self::MatrixProduct, [leading @ .., _]) => {
                let columns = second.last().copied().unwrap_or(1);
                leading.iter().copied().chain([columns]).collect()
            }
            (Self::Reshape(shape), _) => shape.clone(),
            (Self::Imported(imported), _) => imported.shape.clone(),
            (Self::Transpose(order), _) => order.iter().filter_map(|&axis| first.get(axis).copied()).collect(),
            (&Self::Concatenate { axis }, _) => {
                let total = inputs.iter().filter_map(|shape| shape.get(axis)).sum();
                with_dimension(first, axis, total)
            }
            (&Self::Slice { axis, start, end }, _) => with_dimension(first, axis, end - start),
            _ => first.to_vec(),
        }
    }
}

fn with_dimension(shape: &[usize], axis: usize, size: usize) -> Shape {
    shape.iter().enumerate().map(|(index, &old)| if index == axis { size } else { old }).collect()
}
