//! Loading and running, with models made of one node.

use tenshot_measurement::FailureKind;
use tenshot_onnx_models::{BuildOptions, Sentence, Space, build};
use tract_onnx::pb::tensor_shape_proto::{Dimension, dimension::Value};
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto, TensorShapeProto, TypeProto,
    ValueInfoProto, tensor_proto, type_proto,
};

use super::{Tract, VERSION};
use crate::backend::{BackendError, Inference, LoadOptions, Runtime};

const OPTIONS: LoadOptions = LoadOptions { threads: 1, batch: None, input_seed: 1 };

fn value(name: &str, element: tensor_proto::DataType, shape: &[Value]) -> ValueInfoProto {
    let dim = shape.iter().map(|value| Dimension { value: Some(value.clone()), ..Dimension::default() }).collect();
    let tensor = type_proto::Tensor { elem_type: element as i32, shape: Some(TensorShapeProto { dim }) };
    let r#type = TypeProto { value: Some(type_proto::Value::TensorType(tensor)), ..TypeProto::default() };
    ValueInfoProto { name: name.to_owned(), r#type: Some(r#type), ..ValueInfoProto::default() }
}

/// `output = operator(input)`, as the bytes of an ONNX file.
fn one_node(operator: &str, element: tensor_proto::DataType, shape: &[Value]) -> Vec<u8> {
    let node = NodeProto {
        input: vec!["image".into()],
        output: vec!["output".into()],
        op_type: operator.to_owned(),
        attribute: Vec::<AttributeProto>::new(),
        ..NodeProto::default()
    };
    let graph = GraphProto {
        node: vec![node],
        input: vec![value("image", element, shape)],
        output: vec![value("output", element, shape)],
        ..GraphProto::default()
    };
    let model = ModelProto {
        ir_version: 8,
        opset_import: vec![OperatorSetIdProto { version: 13, ..OperatorSetIdProto::default() }],
        graph: Some(graph),
        ..ModelProto::default()
    };
    prost::Message::encode_to_vec(&model)
}

fn named(name: &str) -> Value {
    Value::DimParam(name.to_owned())
}

fn load(model: &[u8], options: &LoadOptions) -> Result<Box<dyn Inference>, BackendError> {
    Tract.load(model, options)
}

fn relu(shape: &[Value]) -> Vec<u8> {
    one_node("Relu", tensor_proto::DataType::Float, shape)
}

fn failure(model: &[u8], options: &LoadOptions) -> (FailureKind, String) {
    let error = load(model, options).err().unwrap();
    (error.kind(), error.to_string())
}

#[test]
fn the_version_is_that_of_the_lock_file() {
    let lock = include_str!("../../../../Cargo.lock");
    assert!(
        lock.contains(&format!("name = \"tract-onnx\"\nversion = \"{VERSION}\"")),
        "tract was upgraded: set VERSION"
    );
}

#[test]
fn a_fixed_batch_is_the_models() {
    let mut model = load(&relu(&[Value::DimValue(4), Value::DimValue(3)]), &OPTIONS).unwrap();
    assert_eq!(model.batch(), 4);
    model.infer().unwrap();
    model.infer().unwrap();
}

#[test]
fn a_free_batch_is_set() {
    let shape = [named("batch"), Value::DimValue(3), named("batch")];
    assert_eq!(load(&relu(&shape), &OPTIONS).unwrap().batch(), 1);
    let mut model = load(&relu(&shape), &LoadOptions { batch: Some(8), ..OPTIONS }).unwrap();
    assert_eq!(model.batch(), 8);
    model.infer().unwrap();
}

#[test]
fn threads_give_a_model_that_runs() {
    let mut model = load(&relu(&[Value::DimValue(2)]), &LoadOptions { threads: 2, ..OPTIONS }).unwrap();
    model.infer().unwrap();
}

#[test]
fn another_batch_than_the_models_is_refused() {
    let (kind, message) = failure(&relu(&[Value::DimValue(4)]), &LoadOptions { batch: Some(2), ..OPTIONS });
    assert_eq!(kind, FailureKind::InputUnsupported);
    insta::assert_snapshot!(message, @"input `image` has a fixed batch of 4, not 2: build the model with batch 2");
}

#[test]
fn an_input_of_unknown_size_is_refused() {
    let (kind, message) = failure(&relu(&[named("batch"), Value::DimValue(3), named("width")]), &OPTIONS);
    assert_eq!(kind, FailureKind::InputUnsupported);
    insta::assert_snapshot!(message, @"input `image` has the shape [batch, 3, width]: every dimension but the first must be fixed in the model");
}

#[test]
fn an_input_of_absurd_size_is_refused() {
    let (kind, _) = failure(&relu(&[Value::DimValue(1), Value::DimValue(i64::MAX)]), &OPTIONS);
    assert_eq!(kind, FailureKind::InputUnsupported);
    let (kind, _) = failure(&relu(&[Value::DimValue(0), Value::DimValue(3)]), &OPTIONS);
    assert_eq!(kind, FailureKind::InputUnsupported);
}

#[test]
fn an_input_of_whole_numbers_is_filled_with_zeros() {
    for element in [tensor_proto::DataType::Int64, tensor_proto::DataType::Int32] {
        let mut model = load(&gather(element), &OPTIONS).unwrap();
        assert_eq!(model.batch(), 4);
        // The table has one row: any place but 0 is an error.
        model.infer().unwrap();
    }
}

/// The rows of a table of one row, at places that are the input.
fn gather(element: tensor_proto::DataType) -> Vec<u8> {
    let table = TensorProto {
        name: "table".into(),
        dims: vec![1, 3],
        data_type: tensor_proto::DataType::Float as i32,
        float_data: vec![0.5; 3],
        ..TensorProto::default()
    };
    let mut model: ModelProto =
        prost::Message::decode(one_node("Gather", element, &[Value::DimValue(4)]).as_slice()).unwrap();
    let graph = model.graph.as_mut().unwrap();
    graph.node[0].input.insert(0, "table".into());
    graph.initializer.push(table);
    graph.output = vec![value("output", tensor_proto::DataType::Float, &[Value::DimValue(4), Value::DimValue(3)])];
    prost::Message::encode_to_vec(&model)
}

#[test]
fn an_input_of_another_type_is_refused() {
    let (kind, message) = failure(&one_node("Not", tensor_proto::DataType::Bool, &[Value::DimValue(4)]), &OPTIONS);
    assert_eq!(kind, FailureKind::InputUnsupported);
    insta::assert_snapshot!(message, @"input `image` is of type Bool: only inputs of floats or of 32- and 64-bit integers can be filled");
}

#[test]
fn an_operator_that_tract_lacks_is_named() {
    let model = one_node("Frobnicate", tensor_proto::DataType::Float, &[Value::DimValue(4)]);
    let (kind, message) = failure(&model, &OPTIONS);
    assert_eq!(kind, FailureKind::ModelUnreadable);
    assert!(message.starts_with("tract cannot run this model: ") && message.contains("Frobnicate"), "{message}");
}

#[test]
fn what_is_no_model_is_refused() {
    for bytes in [&b""[..], b"<html>404</html>", &[0xff; 100]] {
        let (kind, message) = failure(bytes, &OPTIONS);
        assert_eq!(kind, FailureKind::ModelUnreadable);
        assert!(message.contains("no ONNX model") && !message.contains('\n'), "{message}");
    }
}

#[test]
fn a_truncated_model_is_refused() {
    let whole = relu(&[Value::DimValue(4)]);
    for length in 0..whole.len() {
        // A cut may leave a file that is whole in itself; it must never panic.
        if let Err(error) = load(&whole[..length], &OPTIONS) {
            assert!(matches!(error.kind(), FailureKind::ModelUnreadable | FailureKind::InputUnsupported), "{error}");
        }
    }
    assert_eq!(failure(&whole[..whole.len() / 2], &OPTIONS).0, FailureKind::ModelUnreadable);
}

#[test]
fn networks_of_every_space_and_form_run() {
    // Two short sentences of a small vocabulary: files stay small, and every operator is there.
    let sentence = Sentence { source_length: 3, target_length: 2, beam: 2, vocabulary: Some(50) };
    for &space in Space::ALL {
        let architecture = space.sample(2, 1).unwrap()[0];
        for &form in space.forms() {
            let options = BuildOptions { form: Some(form), sentence, ..BuildOptions::default() };
            let model = build(&architecture, &options).unwrap();
            load(&model.bytes, &OPTIONS).unwrap().infer().unwrap_or_else(|error| panic!("{space}, {form}: {error}"));
        }
    }
}
