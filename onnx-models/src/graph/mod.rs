//! Networks as graphs of operators with shapes, and as ONNX files.

mod attributes;
mod batch_norm;
mod block_name;
mod builder;
mod encode;
mod imported;
mod initializer;
mod onnx;
mod operator;
mod weights;

use std::collections::BTreeSet;

use serde::Serialize;

pub use batch_norm::BatchNorm;
pub use block_name::BlockName;
pub(crate) use builder::GraphBuilder;
pub(crate) use encode::encode;
pub(crate) use imported::Stored;
pub use imported::{Arithmetic, Imported};
pub(crate) use onnx::{
    AttributeProto, BOOL, DOUBLE, DimensionProto, FLOAT, GraphProto, INT32, INT64, ModelProto, NodeProto,
    OperatorSetIdProto, STRING, StringStringEntryProto, TensorProto, TensorShapeProto, TensorTypeProto, TypeProto,
    ValueInfoProto, signed,
};
pub use operator::{Bias, Convolution, Operator};

/// The name of the input of every network for images.
pub const INPUT: &str = "input";
/// The name of the output of every network that ends in a classifier.
pub const OUTPUT: &str = "logits";

/// The dimensions of a tensor; the batch is the first.
pub type Shape = Vec<usize>;

/// A tensor that flows through a [`Graph`]: an input, or the output of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Value(usize);

impl Value {
    /// The place among the values of its graph: the inputs first, then a value for every node.
    pub(crate) const fn index(self) -> usize {
        self.0
    }
}

/// What a tensor that goes into a graph consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Element {
    /// 32-bit floats.
    Float,
    /// 64-bit integers: places in a table.
    Index,
}

/// A tensor that goes into a graph.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The name in the ONNX file.
    pub name: String,
    /// The tensor.
    pub value: Value,
    /// What it consists of.
    pub element: Element,
}

/// A tensor that comes out of a graph, of 32-bit floats.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// The name in the ONNX file.
    pub name: String,
    /// The tensor.
    pub value: Value,
}

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
    /// The block of the search space that it belongs to.
    pub block: Option<BlockName>,
    /// The node whose stored numbers it uses in place of its own: they are stored, and counted, once.
    pub reuses: Option<String>,
}

impl Node {
    /// The name that its stored numbers go by.
    pub(crate) fn storage(&self) -> &str {
        self.reuses.as_ref().unwrap_or(&self.name)
    }
}

/// A network: operators and shapes, without weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    inputs: Vec<Input>,
    nodes: Vec<Node>,
    shapes: Vec<Shape>,
    outputs: Vec<Output>,
}

impl Graph {
    /// What goes in.
    #[must_use]
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// The nodes, each after those that it reads.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// What comes out.
    #[must_use]
    pub fn outputs(&self) -> &[Output] {
        &self.outputs
    }

    /// The shape of a value of this graph.
    #[must_use]
    pub fn shape(&self, value: Value) -> &[usize] {
        &self.shapes[value.0]
    }

    /// The operators that are counted by their bytes alone, by name and in order; see
    /// [`Arithmetic::Unknown`].
    #[must_use]
    pub fn unknown_operators(&self) -> Vec<&str> {
        let is_unknown = |operator: &Operator| matches!(operator, Operator::Imported(imported) if imported.arithmetic == Arithmetic::Unknown);
        let unknown = self.nodes.iter().map(|node| &node.operator).filter(|operator| is_unknown(operator));
        let names: BTreeSet<&str> = unknown.map(Operator::name).collect();
        names.into_iter().collect()
    }

    /// The node that writes a value; nothing for an input.
    pub(crate) fn writer(&self, value: Value) -> Option<&Node> {
        value.0.checked_sub(self.inputs.len()).and_then(|node| self.nodes.get(node))
    }

    /// The shapes that a node reads.
    pub(crate) fn input_shapes(&self, node: &Node) -> Vec<&[usize]> {
        node.inputs.iter().map(|&input| self.shape(input)).collect()
    }
}
