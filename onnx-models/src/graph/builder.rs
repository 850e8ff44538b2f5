//! Puts graphs together, node by node.

use super::{Convolution, Graph, Node, Operator, Shape, Value};
use crate::networks::BatchNorm;

/// A graph in the making. Values are shared freely: a skip connection is the value itself.
pub(crate) struct GraphBuilder {
    nodes: Vec<Node>,
    shapes: Vec<Shape>,
    batch_norm: BatchNorm,
}

impl GraphBuilder {
    /// A graph of nothing but an input.
    pub(crate) fn new(input: Shape, batch_norm: BatchNorm) -> (Self, Value) {
        (Self { nodes: Vec::new(), shapes: vec![input], batch_norm }, Value(0))
    }

    pub(crate) fn finish(self, output: Value) -> Graph {
        Graph { nodes: self.nodes, shapes: self.shapes, output }
    }

    /// The channels of a value.
    pub(crate) fn channels(&self, value: Value) -> usize {
        self.shapes[value.0].get(1).copied().unwrap_or(1)
    }

    /// Adds a node and gives its output.
    pub(crate) fn node(&mut self, name: String, operator: Operator, inputs: &[Value]) -> Value {
        let shape = operator.output_shape(inputs.first().map_or(&[], |input| &self.shapes[input.0]));
        let output = Value(self.shapes.len());
        self.shapes.push(shape);
        self.nodes.push(Node { name, operator, inputs: inputs.to_vec(), output });
        output
    }

    /// A convolution and its batch normalisation, folded or kept.
    pub(crate) fn convolution_batch_norm(&mut self, scope: &str, convolution: Convolution, input: Value) -> Value {
        let folded = self.batch_norm == BatchNorm::Folded;
        let operator = Operator::Convolution(Convolution { folded, ..convolution });
        let convolved = self.node(format!("{scope}/convolution"), operator, &[input]);
        if folded {
            return convolved;
        }
        self.node(format!("{scope}/batch_norm"), Operator::BatchNormalization, &[convolved])
    }

    /// The sum of some values, added from left to right; nothing when there are none.
    pub(crate) fn sum(&mut self, scope: &str, values: &[Value]) -> Option<Value> {
        let (&first, rest) = values.split_first()?;
        Some(rest.iter().zip(1..).fold(first, |sum, (&value, number)| {
            self.node(format!("{scope}/add{number}"), Operator::Add, &[sum, value])
        }))
    }
}
