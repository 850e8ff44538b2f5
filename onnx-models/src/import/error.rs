//! Why a file cannot be read.

use thiserror::Error;

use crate::graph::Shape;

/// Why an ONNX file cannot be read as a graph.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The bytes are something else.
    #[error("not an ONNX file: {0}")]
    NotOnnx(#[from] prost::DecodeError),
    /// There is a model without a graph.
    #[error("not an ONNX file: it has no graph")]
    NoGraph,
    /// The batch asked for is no batch.
    #[error("batch 0 is out of range, expected at least 1")]
    Batch,
    /// An input that is no tensor, or has no shape.
    #[error("input `{input}` is no tensor with a shape")]
    NotATensor {
        /// The input's name.
        input: String,
    },
    /// A dimension that the file leaves open, and the options as well.
    #[error("input `{input}` leaves dimension {dimension} open, expected a size for {}", key(.input, *.dimension, .symbol.as_deref()))]
    OpenDimension {
        /// The input's name.
        input: String,
        /// The place of the dimension, from 0.
        dimension: usize,
        /// The file's name for the size.
        symbol: Option<String>,
    },
    /// A tensor whose shape is no shape, or too large to count.
    #[error("tensor `{0}` has a negative or too large shape")]
    Tensor(String),
    /// Two tensors of one name.
    #[error("tensor `{0}` is written twice, expected one writer")]
    Duplicate(String),
    /// A graph that gives nothing, or something that no node writes.
    #[error("output `{0}` is written by no node")]
    Output(String),
    /// A node reads what was not written before it.
    #[error("node `{node}` ({operator}): nothing before it writes `{tensor}`")]
    Undefined {
        /// The node's name.
        node: String,
        /// Its operator.
        operator: String,
        /// What it reads.
        tensor: String,
    },
    /// A shape that depends on data, or on an unknown operator, and is not in the file.
    #[error(
        "node `{node}` ({operator}): the shape of `{tensor}` does not follow from its inputs, expected it in the \
         file's value_info"
    )]
    Shapeless {
        /// The node's name.
        node: String,
        /// Its operator.
        operator: String,
        /// What it writes.
        tensor: String,
    },
    /// A node that does not do what its operator says.
    #[error("node `{node}` ({operator}): {fault}")]
    Node {
        /// The node's name.
        node: String,
        /// Its operator.
        operator: String,
        /// What is wrong.
        fault: Fault,
    },
}

/// What is wrong with a node.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Fault {
    /// An input is left out that must be there.
    #[error("input {0} is missing")]
    MissingInput(usize),
    /// An input of another shape than the operator takes.
    #[error("input {input} has shape {shape:?}, expected {expected}")]
    Shape {
        /// The place of the input.
        input: usize,
        /// Its shape.
        shape: Shape,
        /// What would fit.
        expected: &'static str,
    },
    /// Inputs that do not fit together.
    #[error("shapes {0:?} and {1:?} do not fit together")]
    Disagree(Shape, Shape),
    /// An axis that is not there.
    #[error("axis {axis} is out of range for {rank} dimensions")]
    Axis {
        /// The axis.
        axis: i64,
        /// The dimensions that there are.
        rank: usize,
    },
    /// A setting that is missing, of the wrong length or out of its range.
    #[error("`{0}` is missing, of the wrong length or out of range")]
    Setting(&'static str),
    /// More elements or operations than can be counted.
    #[error("its output or its work is too large to count")]
    TooLarge,
    /// The shape depends on data that is not in the file.
    #[error("its shape depends on data")]
    DependsOnData,
}

/// What a size is asked for by.
fn key(input: &str, dimension: usize, symbol: Option<&str>) -> String {
    let place = format!("`{input}.{dimension}`");
    symbol.map_or_else(|| place.clone(), |symbol| format!("`{symbol}` or {place}"))
}
