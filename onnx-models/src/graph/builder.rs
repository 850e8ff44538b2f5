//! Puts graphs together, node by node.

use std::collections::HashSet;
use std::fmt::Display;

use super::{
    BatchNorm, Bias, BlockName, Convolution, Element, Graph, INPUT, Input, Node, OUTPUT, Operator, Output, Shape, Value,
};

/// A graph in the making. Values are shared freely: a skip connection is the value itself.
pub(crate) struct GraphBuilder {
    inputs: Vec<Input>,
    nodes: Vec<Node>,
    shapes: Vec<Shape>,
    batch_norm: BatchNorm,
    block: Option<BlockName>,
    repetition: Option<String>,
    /// Names of nodes outside of repetitions that store trained numbers.
    stored: HashSet<String>,
}

impl GraphBuilder {
    /// A graph of nothing but one input of floats.
    pub(crate) fn new(input: Shape, batch_norm: BatchNorm) -> (Self, Value) {
        let mut builder = Self::with_inputs(batch_norm);
        let value = builder.input(INPUT, Element::Float, input);
        (builder, value)
    }

    /// A graph whose inputs are declared next, before any node.
    pub(crate) fn with_inputs(batch_norm: BatchNorm) -> Self {
        Self {
            inputs: Vec::new(),
            nodes: Vec::new(),
            shapes: Vec::new(),
            batch_norm,
            block: None,
            repetition: None,
            stored: HashSet::new(),
        }
    }

    /// Declares an input. All inputs come before the first node.
    pub(crate) fn input(&mut self, name: impl Into<String>, element: Element, shape: Shape) -> Value {
        debug_assert!(self.nodes.is_empty(), "an input after a node");
        let value = Value(self.shapes.len());
        self.shapes.push(shape);
        self.inputs.push(Input { name: name.into(), value, element });
        value
    }

    /// The graph with one output.
    pub(crate) fn finish(self, output: Value) -> Graph {
        self.finish_with(vec![Output { name: OUTPUT.into(), value: output }])
    }

    /// The graph with these outputs.
    pub(crate) fn finish_with(self, outputs: Vec<Output>) -> Graph {
        Graph { inputs: self.inputs, nodes: self.nodes, shapes: self.shapes, outputs }
    }

    /// The nodes that follow belong to this block.
    pub(crate) fn enter(&mut self, block: impl Display + Send + Sync + 'static) {
        self.block = Some(BlockName::of(block));
    }

    /// The nodes that follow repeat earlier ones: their names get this prefix, and they use the
    /// trained numbers that the nodes without it have stored.
    pub(crate) fn repeat(&mut self, prefix: String) {
        self.repetition = Some(prefix);
    }

    /// The shape of a value.
    pub(crate) fn shape(&self, value: Value) -> &[usize] {
        &self.shapes[value.0]
    }

    /// Adds a node and gives its output.
    pub(crate) fn node(&mut self, name: String, operator: Operator, inputs: &[Value]) -> Value {
        let trained = operator.is_trained();
        let Some(repetition) = &self.repetition else {
            if trained {
                self.stored.insert(name.clone());
            }
            return self.push(name, operator, inputs, None);
        };
        let repeated = format!("{repetition}/{name}");
        let reuses = (trained && self.stored.contains(&name)).then_some(name);
        self.push(repeated, operator, inputs, reuses)
    }

    /// Adds a node without inputs that uses the stored numbers of another.
    pub(crate) fn reuse(&mut self, name: String, operator: Operator, stored: &str) -> Value {
        let name = self.repetition.as_ref().map_or_else(|| name.clone(), |repetition| format!("{repetition}/{name}"));
        self.push(name, operator, &[], Some(stored.to_owned()))
    }

    fn push(&mut self, name: String, operator: Operator, inputs: &[Value], reuses: Option<String>) -> Value {
        let shapes: Vec<&[usize]> = inputs.iter().map(|input| self.shapes[input.0].as_slice()).collect();
        let shape = operator.output_shape(&shapes);
        let output = Value(self.shapes.len());
        self.shapes.push(shape);
        self.nodes.push(Node { name, operator, inputs: inputs.to_vec(), output, block: self.block.clone(), reuses });
        output
    }

    /// A convolution and its batch normalisation, folded or kept.
    pub(crate) fn convolution_batch_norm(&mut self, scope: &str, convolution: Convolution, input: Value) -> Value {
        let folded = self.batch_norm == BatchNorm::Folded;
        let bias = if folded { Bias::Folded } else { Bias::None };
        let operator = Operator::Convolution(Convolution { bias, ..convolution });
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
