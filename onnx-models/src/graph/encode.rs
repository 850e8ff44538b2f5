//! Writes a graph as an ONNX model with random weights.

use prost::Message;

use super::onnx::{
    AttributeProto, FLOAT, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, StringStringEntryProto, TensorProto,
    ValueInfoProto, signed,
};
use super::weights::{EPSILON, Statistics, Weights, he_bound};
use super::{Convolution, Graph, Node, Operator, Value};

/// Read by ONNX Runtime from 1.10 on, and by tract.
const IR_VERSION: i64 = 8;
/// The oldest set whose operators are all in use today.
const OPSET_VERSION: i64 = 13;

/// The name of the input of every model.
pub const INPUT: &str = "input";
/// The name of the output of every model.
pub const OUTPUT: &str = "logits";

/// The bytes of an ONNX file. `metadata` goes into the file as it is.
pub(crate) fn encode(graph: &Graph, seed: u64, metadata: Vec<(&str, String)>) -> Vec<u8> {
    let mut encoder = Encoder { graph, weights: Weights::new(seed), initializers: Vec::new() };
    let node = graph.nodes().iter().map(|node| encoder.node(node)).collect();
    let entry = |(key, value): (&str, String)| StringStringEntryProto { key: key.into(), value };
    let model = ModelProto {
        ir_version: IR_VERSION,
        producer_name: env!("CARGO_PKG_NAME").into(),
        graph: Some(GraphProto {
            node,
            name: "network".into(),
            initializer: encoder.initializers,
            input: vec![ValueInfoProto::tensor(INPUT, graph.shape(graph.input()))],
            output: vec![ValueInfoProto::tensor(OUTPUT, graph.shape(graph.output()))],
        }),
        opset_import: vec![OperatorSetIdProto { domain: Some(String::new()), version: OPSET_VERSION }],
        metadata_props: metadata.into_iter().map(entry).collect(),
    };
    model.encode_to_vec()
}

struct Encoder<'a> {
    graph: &'a Graph,
    weights: Weights,
    initializers: Vec<TensorProto>,
}

impl Encoder<'_> {
    fn node(&mut self, node: &Node) -> NodeProto {
        let (op_type, attribute) = kind(&node.operator);
        let mut input: Vec<String> = node.inputs.iter().map(|&value| self.value_name(value)).collect();
        input.extend(self.initializers(node));
        NodeProto {
            input,
            output: vec![self.value_name(node.output)],
            name: node.name.clone(),
            op_type: op_type.into(),
            attribute,
        }
    }

    /// A value is called as the node that writes it.
    fn value_name(&self, value: Value) -> String {
        if value == self.graph.output() {
            return OUTPUT.into();
        }
        let writer = value.0.checked_sub(1).and_then(|node| self.graph.nodes().get(node));
        writer.map_or_else(|| INPUT.into(), |node| node.name.clone())
    }

    /// Draws the weights of a node and gives their names.
    fn initializers(&mut self, node: &Node) -> Vec<String> {
        let channels = node.inputs.first().and_then(|&input| self.graph.shape(input).get(1)).copied().unwrap_or(1);
        match node.operator {
            Operator::Convolution(convolution) => self.convolution(&node.name, &convolution, channels),
            Operator::Linear { features } => {
                let mut layer = self.weights.layer();
                let mut weights = Vec::with_capacity(4 * features * channels);
                layer.append(&mut weights, features * channels, he_bound(channels));
                let bias = layer.vector(features, 0.0, 0.25);
                vec![
                    self.tensor(&node.name, "weight", &[features, channels], weights),
                    self.vector(&node.name, "bias", &bias),
                ]
            }
            Operator::BatchNormalization => {
                let Statistics { scale, shift, mean, variance } = self.weights.statistics(channels);
                let vectors = [("scale", scale), ("shift", shift), ("mean", mean), ("variance", variance)];
                vectors.iter().map(|(role, vector)| self.vector(&node.name, role, vector)).collect()
            }
            Operator::MultiplyBy(factor) => {
                vec![self.tensor(&node.name, "factor", &[], factor.to_le_bytes().into())]
            }
            _ => Vec::new(),
        }
    }

    fn convolution(&mut self, name: &str, convolution: &Convolution, channels: usize) -> Vec<String> {
        let Convolution { channels: outputs, kernel, groups, folded, .. } = *convolution;
        let fan_in = channels / groups * kernel * kernel;
        let bound = he_bound(fan_in);
        let mut layer = self.weights.layer();
        let normalisation = folded.then(|| self.weights.statistics(outputs).factors_and_offsets());
        let mut weights = Vec::with_capacity(4 * outputs * fan_in);
        for channel in 0..outputs {
            let factor = normalisation.as_ref().and_then(|(factors, _)| factors.get(channel)).unwrap_or(&1.0);
            layer.append(&mut weights, fan_in, bound * factor);
        }
        let dimensions = [outputs, channels / groups, kernel, kernel];
        let mut names = vec![self.tensor(name, "weight", &dimensions, weights)];
        if let Some((_, offsets)) = &normalisation {
            names.push(self.vector(name, "bias", offsets));
        }
        names
    }

    fn vector(&mut self, node: &str, role: &str, values: &[f32]) -> String {
        let raw_data = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.tensor(node, role, &[values.len()], raw_data)
    }

    fn tensor(&mut self, node: &str, role: &str, dimensions: &[usize], raw_data: Vec<u8>) -> String {
        let name = format!("{node}.{role}");
        let dims = dimensions.iter().map(|&size| signed(size)).collect();
        self.initializers.push(TensorProto { dims, data_type: FLOAT, name: name.clone(), raw_data });
        name
    }
}

/// ONNX's name for an operator, and its attributes.
fn kind(operator: &Operator) -> (&'static str, Vec<AttributeProto>) {
    let square = |name, size| AttributeProto::ints(name, &[size; 2]);
    let sides = |padding| AttributeProto::ints("pads", &[padding; 4]);
    match *operator {
        Operator::Convolution(Convolution { kernel, stride, padding, groups, .. }) => (
            "Conv",
            vec![
                square("kernel_shape", kernel),
                square("strides", stride),
                sides(padding),
                AttributeProto::int("group", groups),
            ],
        ),
        Operator::Linear { .. } => ("Gemm", vec![AttributeProto::int("transB", 1)]),
        Operator::BatchNormalization => ("BatchNormalization", vec![AttributeProto::float("epsilon", EPSILON)]),
        Operator::Relu => ("Relu", vec![]),
        Operator::Add => ("Add", vec![]),
        Operator::MultiplyBy(_) => ("Mul", vec![]),
        Operator::AveragePool { kernel, stride, padding } => (
            "AveragePool",
            vec![
                square("kernel_shape", kernel),
                square("strides", stride),
                sides(padding),
                AttributeProto::int("count_include_pad", 0),
            ],
        ),
        Operator::GlobalAveragePool => ("GlobalAveragePool", vec![]),
        Operator::Flatten => ("Flatten", vec![AttributeProto::int("axis", 1)]),
    }
}
