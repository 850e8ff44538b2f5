//! What is said of files that cannot be read.

use super::file::{File, int, ints};
use crate::import::{ImportOptions, read_graph};

fn message(file: File) -> String {
    file.read().unwrap_err().to_string()
}

fn image() -> File {
    File::default().input("x", &[1, 4, 8, 8])
}

#[test]
fn bytes_that_are_no_file() {
    insta::assert_snapshot!(read_graph(b"").unwrap_err(), @"not an ONNX file: it has no graph");
    insta::assert_snapshot!(read_graph(b"\x0a\xffhello").unwrap_err(), @"not an ONNX file: failed to decode Protobuf message: ModelProto.ir_version: invalid wire type: LengthDelimited (expected Varint)");
}

#[test]
fn node_and_operator_are_named() {
    let channels = image().weights("w", &[6, 3, 3, 3]).node("y = Conv x w", vec![]);
    insta::assert_snapshot!(message(channels.output("y")), @"node `node0` (Conv): shapes [1, 4, 8, 8] and [6, 3, 3, 3] do not fit together");
    let window = image().node("y = MaxPool x", vec![ints("kernel_shape", &[9, 9])]);
    insta::assert_snapshot!(message(window.output("y")), @"node `node0` (MaxPool): `kernel_shape` is missing, of the wrong length or out of range");
    insta::assert_snapshot!(message(image().node("y = MaxPool x", vec![]).output("y")), @"node `node0` (MaxPool): `kernel_shape` is missing, of the wrong length or out of range");
    let broadcast = image().input("z", &[3]).node("y = Add x z", vec![]);
    insta::assert_snapshot!(message(broadcast.output("y")), @"node `node0` (Add): shapes [1, 4, 8, 8] and [3] do not fit together");
    insta::assert_snapshot!(message(image().node("y = Concat x", vec![int("axis", 4)]).output("y")), @"node `node0` (Concat): axis 4 is out of range for 4 dimensions");
    insta::assert_snapshot!(message(image().node("y = Gemm x", vec![]).output("y")), @"node `node0` (Gemm): input 0 has shape [1, 4, 8, 8], expected 2 dimensions");
    insta::assert_snapshot!(message(image().node("y = Conv x", vec![]).output("y")), @"node `node0` (Conv): input 1 is missing");
    insta::assert_snapshot!(message(image().node("y = Relu z", vec![]).output("y")), @"node `node0` (Relu): nothing before it writes `z`");
    insta::assert_snapshot!(message(image().node("y = Fancy x", vec![]).output("y")), @"node `node0` (Fancy): the shape of `y` does not follow from its inputs, expected it in the file's value_info");
    insta::assert_snapshot!(message(image().node("y = NonZero x", vec![]).output("y")), @"node `node0` (NonZero): the shape of `y` does not follow from its inputs, expected it in the file's value_info");
}

#[test]
fn tensors_are_named() {
    insta::assert_snapshot!(message(image().output("y")), @"output `y` is written by no node");
    let twice = image().node("y = Relu x", vec![]).node("y = Relu x", vec![]);
    insta::assert_snapshot!(message(twice.output("y")), @"tensor `y` is written twice, expected one writer");
    insta::assert_snapshot!(message(File::default().input("x", &[1, -1]).output("x")), @"input `x` leaves dimension 1 open, expected a size for `open` or `x.1`");
    insta::assert_snapshot!(message(File::default().input("x", &[1 << 40, 2]).output("x")), @"tensor `x` has a negative or too large shape");
    insta::assert_snapshot!(message(File::default().weights("w", &[-2]).output("w")), @"tensor `w` has a negative or too large shape");
    let none = ImportOptions { batch: 0, ..ImportOptions::default() };
    insta::assert_snapshot!(image().output("x").read_with(&none).unwrap_err(), @"batch 0 is out of range, expected at least 1");
}

#[test]
fn work_that_cannot_be_counted_is_refused() {
    let size = 1 << 39;
    let file = File::default().input("x", &[size, 1]).input("z", &[1, 2]).node("a = MatMul x z", vec![]);
    let repeated = (0..1000).fold(file, |file, number| file.node(&format!("y{number} = Sqrt a"), vec![]));
    assert!(repeated.output("y0").read().is_ok());
    let file = File::default().input("x", &[1 << 20, 1 << 20]).input("z", &[1 << 20, 1 << 20]);
    insta::assert_snapshot!(message(file.node("y = MatMul x z", vec![]).output("y")), @"node `node0` (MatMul): its output or its work is too large to count");
}
