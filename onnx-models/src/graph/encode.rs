//! Writes a graph as an ONNX model with random weights.

use prost::Message;
use prost::encoding::{WireType, encode_key, encode_varint, encoded_len_varint};

use super::initializer::{Content, Initializer};
use super::onnx::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, StringStringEntryProto, ValueInfoProto,
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

/// The tag of `ModelProto.graph`.
const GRAPH: u32 = 7;
/// The tag of `GraphProto.initializer`.
const INITIALIZER: u32 = 5;

/// The bytes of an ONNX file. `metadata` goes into the file as it is.
///
/// Nearly all of the file are weights. They come last, where their memory is touched once.
pub(crate) fn encode(graph: &Graph, seed: u64, metadata: Vec<(&str, String)>) -> Vec<u8> {
    let mut encoder = Encoder { graph, weights: Weights::new(seed), initializers: Vec::new() };
    let head = head(metadata).encode_to_vec();
    let structure = encoder.structure().encode_to_vec();
    let field_len = |content: usize| 1 + encoded_len_varint(content as u64) + content;
    let weights: usize = encoder.initializers.iter().map(|tensor| field_len(tensor.encoded_len())).sum();
    let graph_len = structure.len() + weights;

    let mut file = Vec::with_capacity(head.len() + field_len(graph_len));
    file.extend(head);
    encode_key(GRAPH, WireType::LengthDelimited, &mut file);
    encode_varint(graph_len as u64, &mut file);
    file.extend(structure);
    for initializer in encoder.initializers {
        encode_key(INITIALIZER, WireType::LengthDelimited, &mut file);
        encode_varint(initializer.encoded_len() as u64, &mut file);
        initializer.append_to(&mut file);
    }
    file
}

/// The model without its graph.
fn head(metadata: Vec<(&str, String)>) -> ModelProto {
    let entry = |(key, value): (&str, String)| StringStringEntryProto { key: key.into(), value };
    ModelProto {
        ir_version: IR_VERSION,
        producer_name: env!("CARGO_PKG_NAME").into(),
        graph: None,
        opset_import: vec![OperatorSetIdProto { domain: Some(String::new()), version: OPSET_VERSION }],
        metadata_props: metadata.into_iter().map(entry).collect(),
    }
}

struct Encoder<'a> {
    graph: &'a Graph,
    weights: Weights,
    initializers: Vec<Initializer>,
}

impl Encoder<'_> {
    /// The graph without its initializers, which are collected on the way.
    fn structure(&mut self) -> GraphProto {
        let graph = self.graph;
        GraphProto {
            node: graph.nodes().iter().map(|node| self.node(node)).collect(),
            name: "network".into(),
            initializer: Vec::new(),
            input: vec![ValueInfoProto::tensor(INPUT, graph.shape(graph.input()))],
            output: vec![ValueInfoProto::tensor(OUTPUT, graph.shape(graph.output()))],
        }
    }

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
                let (layer, bias) = (self.weights.layer(), self.weights.layer().vector(features, 0.0, 0.25));
                let bounds = vec![he_bound(channels); features];
                vec![
                    self.tensor(&node.name, "weight", &[features, channels], Content::Uniform { layer, bounds }),
                    self.vector(&node.name, "bias", bias),
                ]
            }
            Operator::BatchNormalization => {
                let Statistics { scale, shift, mean, variance } = self.weights.statistics(channels);
                let vectors = [("scale", scale), ("shift", shift), ("mean", mean), ("variance", variance)];
                vectors.into_iter().map(|(role, vector)| self.vector(&node.name, role, vector)).collect()
            }
            Operator::MultiplyBy(factor) => {
                vec![self.tensor(&node.name, "factor", &[], Content::Values(vec![factor]))]
            }
            _ => Vec::new(),
        }
    }

    fn convolution(&mut self, name: &str, convolution: &Convolution, channels: usize) -> Vec<String> {
        let Convolution { channels: outputs, kernel, groups, folded, .. } = *convolution;
        let fan_in = channels / groups * kernel * kernel;
        let (layer, bound) = (self.weights.layer(), he_bound(fan_in));
        let dimensions = [outputs, channels / groups, kernel, kernel];
        if !folded {
            let bounds = vec![bound; outputs];
            return vec![self.tensor(name, "weight", &dimensions, Content::Uniform { layer, bounds })];
        }
        let (factors, offsets) = self.weights.statistics(outputs).factors_and_offsets();
        let bounds = factors.iter().map(|factor| bound * factor).collect();
        vec![
            self.tensor(name, "weight", &dimensions, Content::Uniform { layer, bounds }),
            self.vector(name, "bias", offsets),
        ]
    }

    fn vector(&mut self, node: &str, role: &str, values: Vec<f32>) -> String {
        self.tensor(node, role, &[values.len()], Content::Values(values))
    }

    fn tensor(&mut self, node: &str, role: &str, shape: &[usize], content: Content) -> String {
        let name = format!("{node}.{role}");
        self.initializers.push(Initializer { name: name.clone(), shape: shape.to_vec(), content });
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
