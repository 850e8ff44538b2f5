//! ONNX files of any computation, in ONNX's own words: operators by name, and stored tensors.
//!
//! A [`Graph`](crate::graph::Graph) knows shapes and costs of networks. This knows neither: it serves
//! those who want a function as a file that any runtime can run.

use prost::Message;

use crate::graph::{
    AttributeProto, DOUBLE, DimensionProto, FLOAT, GraphProto, INT64, ModelProto, NodeProto, OperatorSetIdProto,
    StringStringEntryProto, TensorProto, TensorShapeProto, TensorTypeProto, TypeProto, ValueInfoProto, signed,
};

/// Read by ONNX Runtime from 1.10 on, and by tract.
const IR_VERSION: i64 = 8;
/// The version of ONNX's operators.
const OPERATOR_SET: i64 = 13;
/// The name of the dimension that a run chooses.
const BATCH: &str = "batch";

/// What a tensor consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    /// 32-bit floats.
    Float,
    /// 64-bit floats.
    Double,
    /// 64-bit integers.
    Integer,
}

impl Number {
    const fn data_type(self) -> i32 {
        match self {
            Self::Float => FLOAT,
            Self::Double => DOUBLE,
            Self::Integer => INT64,
        }
    }
}

/// A tensor of a [`Computation`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tensor(usize);

/// A computation in the making, of operators of ONNX's operator set 13.
///
/// ```
/// use tenshot_onnx_models::computation::{Computation, Number};
///
/// let mut doubling = Computation::default();
/// let numbers = doubling.input("numbers", Number::Float, &[3]);
/// let two = doubling.floats(&[], &[2.0]);
/// let doubled = doubling.node("Mul", &[numbers, two], &[]);
/// doubling.output("doubled", doubled, Number::Float, &[3]);
/// let file = doubling.to_bytes("example", &[("unit", "none".into())]);
/// # assert!(tenshot_onnx_models::read_graph(&file).is_ok());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Computation {
    graph: GraphProto,
    /// The names of all tensors.
    names: Vec<String>,
}

impl Computation {
    /// An input of the shape \[batch, …\], where the batch is free.
    pub fn input(&mut self, name: &str, number: Number, shape: &[usize]) -> Tensor {
        self.graph.input.push(behind_batch(name, number, shape));
        self.tensor(name.into())
    }

    /// A stored tensor of 32-bit floats.
    pub fn floats(&mut self, shape: &[usize], values: &[f32]) -> Tensor {
        self.store(Number::Float, shape, values.iter().flat_map(|value| value.to_le_bytes()).collect())
    }

    /// A stored tensor of 64-bit floats.
    pub fn doubles(&mut self, shape: &[usize], values: &[f64]) -> Tensor {
        self.store(Number::Double, shape, values.iter().flat_map(|value| value.to_le_bytes()).collect())
    }

    /// A stored tensor of integers.
    pub fn integers(&mut self, shape: &[usize], values: &[i64]) -> Tensor {
        self.store(Number::Integer, shape, values.iter().flat_map(|value| value.to_le_bytes()).collect())
    }

    /// The first output of an operator, which has these whole numbers as attributes.
    pub fn node(&mut self, operator: &str, inputs: &[Tensor], attributes: &[(&str, i64)]) -> Tensor {
        let name = format!("{operator}{}", self.names.len());
        self.named_node(operator, &name, inputs, attributes)
    }

    /// The tensor as other numbers.
    pub fn cast(&mut self, tensor: Tensor, to: Number) -> Tensor {
        self.node("Cast", &[tensor], &[("to", to.data_type().into())])
    }

    /// Gives a tensor of the shape \[batch, …\] out.
    pub fn output(&mut self, name: &str, tensor: Tensor, number: Number, shape: &[usize]) {
        self.named_node("Identity", name, &[tensor], &[]);
        self.graph.output.push(behind_batch(name, number, shape));
    }

    /// The bytes of the file.
    #[must_use]
    pub fn to_bytes(&self, producer: &str, metadata: &[(&str, String)]) -> Vec<u8> {
        let entry = |(key, value): &(&str, String)| StringStringEntryProto { key: (*key).into(), value: value.clone() };
        let model = ModelProto {
            ir_version: IR_VERSION,
            producer_name: producer.into(),
            graph: Some(GraphProto { name: "computation".into(), ..self.graph.clone() }),
            opset_import: vec![OperatorSetIdProto { domain: Some(String::new()), version: OPERATOR_SET }],
            metadata_props: metadata.iter().map(entry).collect(),
        };
        model.encode_to_vec()
    }

    fn named_node(&mut self, operator: &str, name: &str, inputs: &[Tensor], attributes: &[(&str, i64)]) -> Tensor {
        let attribute = attributes.iter().map(|&(name, value)| AttributeProto::signed_int(name, value)).collect();
        let input = inputs.iter().filter_map(|input| self.names.get(input.0).cloned()).collect();
        let (output, op_type) = (vec![name.to_owned()], operator.into());
        self.graph.node.push(NodeProto { input, output, name: name.into(), op_type, attribute, domain: String::new() });
        self.tensor(name.into())
    }

    fn store(&mut self, number: Number, shape: &[usize], raw_data: Vec<u8>) -> Tensor {
        let name = format!("stored{}", self.names.len());
        let (dims, data_type) = (shape.iter().map(|&size| signed(size)).collect(), number.data_type());
        self.graph.initializer.push(TensorProto {
            dims,
            data_type,
            name: name.clone(),
            raw_data,
            ..TensorProto::default()
        });
        self.tensor(name)
    }

    fn tensor(&mut self, name: String) -> Tensor {
        self.names.push(name);
        Tensor(self.names.len() - 1)
    }
}

/// A tensor that a run chooses the first size of.
fn behind_batch(name: &str, number: Number, shape: &[usize]) -> ValueInfoProto {
    let batch = DimensionProto { dim_value: None, dim_param: Some(BATCH.into()) };
    let sizes = shape.iter().map(|&size| DimensionProto { dim_value: Some(signed(size)), dim_param: None });
    let shape = TensorShapeProto { dim: [batch].into_iter().chain(sizes).collect() };
    let tensor = TensorTypeProto { elem_type: number.data_type(), shape: Some(shape) };
    ValueInfoProto { name: name.into(), r#type: Some(TypeProto { tensor_type: Some(tensor) }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ImportOptions, read_graph_with};

    #[test]
    fn the_file_is_read_with_any_batch() {
        let mut sums = Computation::default();
        let input = sums.input("places", Number::Integer, &[4]);
        let table = sums.doubles(&[3, 2], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let rows = sums.node("Gather", &[table, input], &[]);
        let axis = sums.integers(&[1], &[1]);
        let sum = sums.node("ReduceSum", &[rows, axis], &[("keepdims", 0)]);
        let sum = sums.cast(sum, Number::Float);
        sums.output("sum", sum, Number::Float, &[2]);
        let bytes = sums.to_bytes("test", &[("key", "value".into())]);
        for batch in [1, 7] {
            let options = ImportOptions { batch, ..ImportOptions::default() };
            let graph = read_graph_with(&bytes, &options).unwrap();
            assert_eq!(graph.shape(graph.inputs()[0].value), [batch, 4]);
            assert_eq!(graph.outputs()[0].name, "sum");
            assert_eq!(graph.shape(graph.outputs()[0].value), [batch, 2]);
        }
        let model = ModelProto::decode(bytes.as_slice()).unwrap();
        assert_eq!((model.metadata_props[0].key.as_str(), model.metadata_props[0].value.as_str()), ("key", "value"));
    }
}
