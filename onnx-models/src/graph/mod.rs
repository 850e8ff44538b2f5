//! Networks as graphs of operators with shapes, and as ONNX files.

mod builder;
mod encode;
mod initializer;
mod onnx;
mod operator;
mod weights;

pub(crate) use builder::GraphBuilder;
pub(crate) use encode::encode;
pub use encode::{INPUT, OUTPUT};
#[cfg(test)]
pub(crate) use onnx::{ModelProto, ValueInfoProto};
pub use operator::{Convolution, Operator};

/// The dimensions of a tensor; the batch is the first.
pub type Shape = Vec<usize>;

/// A tensor that flows through a [`Graph`]: its input, or the output of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value(usize);

/// One operator at work on values of the graph.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Unique in the graph; also the node's name in the ONNX file.
    pub name: String,
    /// What it computes.
    pub operator: Operator,
    /// What it reads, its weights apart.
    pub inputs: Vec<Value>,
    /// What it writes.
    pub output: Value,
}

/// A network with one input and one output: operators and shapes, without weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    nodes: Vec<Node>,
    shapes: Vec<Shape>,
    output: Value,
}

impl Graph {
    /// The nodes, each after those that it reads.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The input.
    #[must_use]
    pub const fn input(&self) -> Value {
        Value(0)
    }

    /// The output.
    #[must_use]
    pub const fn output(&self) -> Value {
        self.output
    }

    /// The shape of a value of this graph.
    #[must_use]
    pub fn shape(&self, value: Value) -> &[usize] {
        &self.shapes[value.0]
    }
}
