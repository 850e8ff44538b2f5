//! Small ONNX files for tests.

use prost::Message;

use crate::graph::{
    AttributeProto, DimensionProto, FLOAT, Graph, GraphProto, INT64, ModelProto, NodeProto, OperatorSetIdProto,
    TensorProto, TensorShapeProto, TensorTypeProto, TypeProto, ValueInfoProto,
};
use crate::import::{ImportError, ImportOptions, read_graph_with};

/// A file that grows line by line.
#[derive(Default, Clone)]
pub(super) struct File(GraphProto);

/// A size below 0 is open and called `open`.
fn info(name: &str, elem_type: i32, shape: &[i64]) -> ValueInfoProto {
    let dimension = |&size: &i64| DimensionProto {
        dim_value: (size >= 0).then_some(size),
        dim_param: (size < 0).then(|| "open".into()),
    };
    let shape = Some(TensorShapeProto { dim: shape.iter().map(dimension).collect() });
    let tensor_type = Some(TensorTypeProto { elem_type, shape });
    ValueInfoProto { name: name.into(), r#type: Some(TypeProto { tensor_type }) }
}

impl File {
    pub(super) fn input(mut self, name: &str, shape: &[i64]) -> Self {
        self.0.input.push(info(name, FLOAT, shape));
        self
    }

    pub(super) fn indices(mut self, name: &str, shape: &[i64]) -> Self {
        self.0.input.push(info(name, INT64, shape));
        self
    }

    pub(super) fn noted(mut self, name: &str, shape: &[i64]) -> Self {
        self.0.value_info.push(info(name, FLOAT, shape));
        self
    }

    pub(super) fn weights(mut self, name: &str, dims: &[i64]) -> Self {
        let dims = dims.to_vec();
        self.0.initializer.push(TensorProto { dims, data_type: FLOAT, name: name.into(), ..TensorProto::default() });
        self
    }

    pub(super) fn integers(mut self, name: &str, values: &[i64]) -> Self {
        let (dims, int64_data) = (vec![i64::try_from(values.len()).unwrap()], values.to_vec());
        let tensor = TensorProto { dims, data_type: INT64, name: name.into(), int64_data, ..TensorProto::default() };
        self.0.initializer.push(tensor);
        self
    }

    /// `line` is `outputs = operator inputs`, a dash for an input that is left out.
    pub(super) fn node(mut self, line: &str, attribute: Vec<AttributeProto>) -> Self {
        let (output, call) = line.split_once(" = ").unwrap();
        let (op_type, input) = call.split_once(' ').unwrap_or((call, ""));
        let words = |text: &str| text.split_whitespace().map(|word| word.replace('-', "")).collect();
        let name = format!("node{}", self.0.node.len());
        let node = NodeProto {
            input: words(input),
            output: words(output),
            name,
            op_type: op_type.into(),
            attribute,
            domain: String::new(),
        };
        self.0.node.push(node);
        self
    }

    pub(super) fn output(mut self, name: &str) -> Self {
        self.0.output.push(ValueInfoProto { name: name.into(), r#type: None });
        self
    }

    pub(super) fn bytes(self) -> Vec<u8> {
        let opset_import = vec![OperatorSetIdProto { domain: None, version: 18 }];
        ModelProto { graph: Some(self.0), opset_import, ..ModelProto::default() }.encode_to_vec()
    }

    pub(super) fn read(self) -> Result<Graph, ImportError> {
        self.read_with(&ImportOptions::default())
    }

    pub(super) fn read_with(self, options: &ImportOptions) -> Result<Graph, ImportError> {
        read_graph_with(&self.bytes(), options)
    }
}

pub(super) fn int(name: &str, value: i64) -> AttributeProto {
    AttributeProto { name: name.into(), i: Some(value), r#type: 2, ..AttributeProto::default() }
}

pub(super) fn ints(name: &str, values: &[i64]) -> AttributeProto {
    AttributeProto { name: name.into(), ints: values.to_vec(), r#type: 7, ..AttributeProto::default() }
}

pub(super) fn text(name: &str, value: &str) -> AttributeProto {
    AttributeProto { name: name.into(), s: Some(value.into()), r#type: 3, ..AttributeProto::default() }
}
