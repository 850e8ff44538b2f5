//! Writes a graph as an ONNX model with random weights.

use std::collections::HashMap;

use prost::Message;
use prost::encoding::{WireType, encode_key, encode_varint, encoded_len_varint};

use super::attributes::{attributes, op_type, opset_version};
use super::initializer::{Content, Initializer};
use super::onnx::{GraphProto, ModelProto, NodeProto, OperatorSetIdProto, StringStringEntryProto, ValueInfoProto};
use super::weights::{RESIDUAL_GAIN, Statistics, Weights, he_bound};
use super::{Bias, Convolution, Element, Graph, Node, Operator, Value};

/// Read by ONNX Runtime from 1.10 on, and by tract.
const IR_VERSION: i64 = 8;
/// The tag of `ModelProto.graph`.
const GRAPH: u32 = 7;
/// The tag of `GraphProto.initializer`.
const INITIALIZER: u32 = 5;

/// The bytes of an ONNX file. `metadata` goes into the file as it is.
///
/// Nearly all of the file are weights. They come last, where their memory is touched once.
pub(crate) fn encode(graph: &Graph, seed: u64, metadata: Vec<(&str, String)>) -> Vec<u8> {
    let mut encoder = Encoder { graph, weights: Weights::new(seed), initializers: Vec::new(), stored: HashMap::new() };
    let head = head(opset_version(graph), metadata).encode_to_vec();
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
fn head(opset_version: i64, metadata: Vec<(&str, String)>) -> ModelProto {
    let entry = |(key, value): (&str, String)| StringStringEntryProto { key: key.into(), value };
    ModelProto {
        ir_version: IR_VERSION,
        producer_name: env!("CARGO_PKG_NAME").into(),
        graph: None,
        opset_import: vec![OperatorSetIdProto { domain: Some(String::new()), version: opset_version }],
        metadata_props: metadata.into_iter().map(entry).collect(),
    }
}

struct Encoder<'a> {
    graph: &'a Graph,
    weights: Weights,
    initializers: Vec<Initializer>,
    /// The tensors that nodes have stored for others to reuse, by the name of their storage.
    stored: HashMap<String, Vec<String>>,
}

impl Encoder<'_> {
    /// The graph without its initializers, which are collected on the way.
    fn structure(&mut self) -> GraphProto {
        let graph = self.graph;
        let input = |input: &super::Input| ValueInfoProto::tensor(&input.name, input.element, graph.shape(input.value));
        let output =
            |output: &super::Output| ValueInfoProto::tensor(&output.name, Element::Float, graph.shape(output.value));
        GraphProto {
            node: graph.nodes().iter().filter_map(|node| self.node(node)).collect(),
            name: "network".into(),
            initializer: Vec::new(),
            input: graph.inputs().iter().map(input).collect(),
            output: graph.outputs().iter().map(output).collect(),
            value_info: Vec::new(),
        }
    }

    /// Nothing for a table, which is stored and not computed.
    fn node(&mut self, node: &Node) -> Option<NodeProto> {
        let stored = self.stored(node);
        let op_type = op_type(&node.operator)?;
        let mut input: Vec<String> = node.inputs.iter().map(|&value| self.value_name(value)).collect();
        input.extend(stored);
        Some(NodeProto {
            input,
            output: vec![self.value_name(node.output)],
            name: node.name.clone(),
            op_type: op_type.into(),
            attribute: attributes(&node.operator),
            domain: String::new(),
        })
    }

    /// A value is called as the node that writes it, or as the graph's input or output that it is.
    fn value_name(&self, value: Value) -> String {
        let graph = self.graph;
        let output = graph.outputs().iter().find(|output| output.value == value).map(|output| &output.name);
        let input = || graph.inputs().iter().find(|input| input.value == value).map(|input| &input.name);
        let writer = || graph.writer(value).map(|node| if is_table(node) { node.storage() } else { &node.name });
        output.or_else(input).map(String::as_str).or_else(writer).unwrap_or_default().to_owned()
    }

    /// The names of a node's stored tensors, which are drawn where they are not there yet.
    fn stored(&mut self, node: &Node) -> Vec<String> {
        if let Some(names) = self.stored.get(node.storage()) {
            return names.clone();
        }
        let names = self.initializers(node.storage(), node);
        if node.operator.is_trained() {
            self.stored.insert(node.storage().to_owned(), names.clone());
        }
        names
    }

    /// Draws the weights of a node and gives their names.
    fn initializers(&mut self, storage: &str, node: &Node) -> Vec<String> {
        let shape = node.inputs.first().map_or(&[] as &[usize], |&input| self.graph.shape(input));
        let channels = shape.get(1).copied().unwrap_or(1);
        match node.operator {
            Operator::Convolution(convolution) => self.convolution(storage, &convolution, channels),
            Operator::Linear { features } => {
                let (layer, bias) = (self.weights.layer(), self.weights.layer().vector(features, 0.0, 0.25));
                let bounds = vec![he_bound(channels); features];
                vec![
                    self.tensor(storage, "weight", &[features, channels], Content::Uniform { layer, bounds }),
                    self.vector(storage, "bias", bias),
                ]
            }
            Operator::Table { rows, features } => {
                let (layer, bounds) = (self.weights.layer(), vec![he_bound(features); rows]);
                let (name, shape) = (storage.to_owned(), vec![rows, features]);
                self.initializers.push(Initializer { name, shape, content: Content::Uniform { layer, bounds } });
                Vec::new()
            }
            Operator::BatchNormalization => {
                let Statistics { scale, shift, mean, variance } = self.weights.statistics(channels);
                let vectors = [("scale", scale), ("shift", shift), ("mean", mean), ("variance", variance)];
                vectors.into_iter().map(|(role, vector)| self.vector(storage, role, vector)).collect()
            }
            Operator::LayerNormalization => {
                let features = shape.last().copied().unwrap_or(1);
                let mut layer = self.weights.layer();
                let (scale, shift) = (layer.vector(features, 1.0, 0.25), layer.vector(features, 0.0, 0.25));
                vec![self.vector(storage, "scale", scale), self.vector(storage, "shift", shift)]
            }
            Operator::MultiplyBy(factor) => {
                vec![self.tensor(storage, "factor", &[], Content::Values(vec![factor]))]
            }
            Operator::Reshape(ref shape) => vec![self.integers(storage, "shape", shape)],
            Operator::Slice { axis, start, end } => [("start", start), ("end", end), ("axis", axis)]
                .map(|(role, number)| self.integers(storage, role, &[number]))
                .into(),
            _ => Vec::new(),
        }
    }

    fn convolution(&mut self, name: &str, convolution: &Convolution, channels: usize) -> Vec<String> {
        let Convolution { channels: outputs, kernel, groups, bias, residual, .. } = *convolution;
        let fan_in = channels / groups * kernel * kernel;
        let gain = if residual { RESIDUAL_GAIN } else { 1.0 };
        let (layer, bound) = (self.weights.layer(), gain * he_bound(fan_in));
        let dimensions = [outputs, channels / groups, kernel, kernel];
        let (bounds, bias) = match bias {
            Bias::None => (vec![bound; outputs], None),
            Bias::Trained => (vec![bound; outputs], Some(self.weights.layer().vector(outputs, 0.0, 0.25))),
            Bias::Folded => {
                let (factors, offsets) = self.weights.statistics(outputs).factors_and_offsets();
                (factors.iter().map(|factor| bound * factor).collect(), Some(offsets))
            }
        };
        let weight = self.tensor(name, "weight", &dimensions, Content::Uniform { layer, bounds });
        let bias = bias.map(|bias| self.vector(name, "bias", bias));
        [weight].into_iter().chain(bias).collect()
    }

    fn integers(&mut self, node: &str, role: &str, values: &[usize]) -> String {
        self.tensor(node, role, &[values.len()], Content::Integers(values.to_vec()))
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

/// Whether a node's output is a stored tensor.
const fn is_table(node: &Node) -> bool {
    matches!(node.operator, Operator::Table { .. })
}
