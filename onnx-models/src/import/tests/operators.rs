//! Shapes and costs of operators, one by one.

use super::file::{File, int, ints, text};
use crate::cost::{Cost, KernelKind};
use crate::graph::Graph;
use crate::import::ImportOptions;

fn output_shape(graph: &Graph) -> Vec<usize> {
    graph.shape(graph.outputs()[0].value).to_vec()
}

/// Shape and multiply-accumulates of one node that gives `y`.
fn one(file: File, line: &str, attributes: Vec<crate::graph::AttributeProto>) -> (Vec<usize>, u64) {
    let graph = file.node(line, attributes).output("y").read().unwrap();
    (output_shape(&graph), Cost::of(&graph).macs)
}

#[test]
fn convolutions_of_any_window() {
    let image = || File::default().input("x", &[1, 4, 10, 12]);
    let wide = image().weights("w", &[6, 4, 1, 7]);
    assert_eq!(one(wide, "y = Conv x w", vec![ints("pads", &[0, 3, 0, 3])]), (vec![1, 6, 10, 12], 6 * 120 * 28));
    let uneven = image().weights("w", &[6, 4, 3, 3]);
    let attributes = vec![ints("strides", &[2, 2]), ints("pads", &[0, 0, 1, 1]), ints("dilations", &[1, 2])];
    assert_eq!(one(uneven, "y = Conv x w", attributes), (vec![1, 6, 5, 5], 6 * 25 * 36));
    let same = image().weights("w", &[6, 4, 3, 3]);
    let attributes = vec![ints("strides", &[3, 3]), text("auto_pad", "SAME_UPPER")];
    assert_eq!(one(same, "y = Conv x w", attributes).0, [1, 6, 4, 4]);
    let row = File::default().input("x", &[1, 4, 16]).weights("w", &[8, 4, 5]);
    assert_eq!(one(row, "y = Conv x w", vec![]), (vec![1, 8, 12], 8 * 12 * 20));
    let transposed = image().weights("w", &[4, 3, 2, 2]);
    let attributes = vec![ints("strides", &[2, 2])];
    assert_eq!(one(transposed, "y = ConvTranspose x w", attributes), (vec![1, 3, 20, 24], 4 * 120 * 12));
}

#[test]
fn groups_make_kinds() {
    let kind = |groups: i64| {
        let file = File::default().input("x", &[1, 8, 5, 5]).weights("w", &[8, 8 / groups, 3, 3]).weights("b", &[8]);
        let graph = file.node("y = Conv x w b", vec![int("group", groups)]).output("y").read().unwrap();
        let cost = Cost::of(&graph);
        (cost.kernels[0].kind, cost.kernels[0].kernel_size, cost.parameters)
    };
    assert_eq!(kind(1), (KernelKind::Convolution, 3, 8 * 72 + 8));
    assert_eq!(kind(2), (KernelKind::Grouped, 3, 8 * 36 + 8));
    assert_eq!(kind(8), (KernelKind::Depthwise, 3, 8 * 9 + 8));
}

#[test]
fn pools_round_up_where_they_are_told_to() {
    let pool = |operator: &str, ceil| {
        let attributes = vec![ints("kernel_shape", &[3, 3]), ints("strides", &[2, 2]), int("ceil_mode", ceil)];
        one(File::default().input("x", &[1, 4, 112, 112]), &format!("y = {operator} x"), attributes).0
    };
    assert_eq!(pool("MaxPool", 0), [1, 4, 55, 55]);
    assert_eq!(pool("AveragePool", 1), [1, 4, 56, 56]);
    let image = || File::default().input("x", &[2, 4, 7, 9]);
    assert_eq!(one(image(), "y = GlobalMaxPool x", vec![]).0, [2, 4, 1, 1]);
    // A last window that would lie in the padding alone is none.
    let attributes =
        vec![ints("kernel_shape", &[1]), ints("strides", &[2]), ints("pads", &[0, 1]), int("ceil_mode", 1)];
    assert_eq!(one(File::default().input("x", &[1, 1, 2]), "y = MaxPool x", attributes).0, [1, 1, 1]);
}

#[test]
fn products_of_matrices() {
    let stacks = File::default().input("x", &[2, 8, 10, 16]).input("z", &[8, 16, 10]);
    assert_eq!(one(stacks, "y = MatMul x z", vec![]), (vec![2, 8, 10, 10], 2 * 8 * 100 * 16));
    let vector = File::default().input("x", &[5]).input("z", &[3, 5, 4]);
    assert_eq!(one(vector, "y = MatMul x z", vec![]), (vec![3, 4], 60));
    let gemm = File::default().input("x", &[3, 5]).weights("w", &[7, 3]).weights("b", &[7]);
    let attributes = vec![int("transA", 1), int("transB", 1)];
    assert_eq!(one(gemm, "y = Gemm x w b", attributes), (vec![5, 7], 105));
    let einsum = File::default().input("x", &[2, 3, 4]).input("z", &[2, 5, 4]);
    assert_eq!(one(einsum, "y = Einsum x z", vec![text("equation", "bqd,bkd->bqk")]), (vec![2, 3, 5], 120));
    let lstm = File::default().input("x", &[6, 1, 3]).weights("w", &[1, 40, 3]).weights("r", &[1, 40, 10]);
    assert_eq!(one(lstm, "y = LSTM x w r", vec![]), (vec![6, 1, 1, 10], 6 * 40 * 13));
}

#[test]
fn shapes_that_exporters_compute_are_followed() {
    let file = File::default()
        .input("x", &[3, 8, 4, 5])
        .integers("zero", &[0])
        .integers("one", &[1])
        .integers("rest", &[-1])
        .node("shape = Shape x", vec![])
        .node("batch = Slice shape zero one zero", vec![])
        .node("target = Concat batch rest", vec![int("axis", 0)])
        .node("y = Reshape x target", vec![]);
    let graph = file.output("y").read().unwrap();
    assert_eq!(output_shape(&graph), [3, 160]);
    assert!(Cost::of(&graph).kernels.is_empty(), "nothing is left to compute");
}

#[test]
fn pads_that_exporters_compute_are_followed() {
    // How a list of pads, last dimension first, becomes ONNX's.
    let file = File::default()
        .input("x", &[1, 2, 10])
        .integers("pads", &[1, 2, 0, 0, 0, 0])
        .integers("pairs", &[-1, 2])
        .integers("last", &[-1])
        .integers("first", &[i64::MIN + 1])
        .integers("axis", &[0])
        .node("rows = Reshape pads pairs", vec![])
        .node("turned = Slice rows last first axis last", vec![])
        .node("columns = Transpose turned", vec![ints("perm", &[1, 0])])
        .node("flat = Reshape columns last", vec![])
        .node("y = Pad x flat", vec![]);
    assert_eq!(output_shape(&file.output("y").read().unwrap()), [1, 2, 13]);
}

#[test]
fn dimensions_move() {
    let x = || File::default().input("x", &[2, 3, 1, 4]);
    assert_eq!(one(x(), "y = Transpose x", vec![ints("perm", &[0, 2, 3, 1])]).0, [2, 1, 4, 3]);
    assert_eq!(one(x(), "y = Squeeze x", vec![]).0, [2, 3, 4]);
    assert_eq!(one(x(), "y = Flatten x", vec![int("axis", -2)]).0, [6, 4]);
    assert_eq!(one(x().integers("a", &[0, -1]), "y = Unsqueeze x a", vec![]).0, [1, 2, 3, 1, 4, 1]);
    assert_eq!(one(x().integers("s", &[3, 5, 4]), "y = Expand x s", vec![]).0, [2, 3, 5, 4]);
    assert_eq!(one(x(), "y = ReduceMean x", vec![ints("axes", &[-1]), int("keepdims", 0)]).0, [2, 3, 1]);
    let ends = || x().integers("start", &[-3]).integers("end", &[i64::MAX]).integers("axis", &[3]);
    assert_eq!(one(ends(), "y = Slice x start end axis", vec![]).0, [2, 3, 1, 3]);
    let scaled = x().integers("sizes", &[2, 3, 8, 8]);
    assert_eq!(one(scaled, "y = Resize x - - sizes", vec![]).0, [2, 3, 8, 8]);
    let table = File::default().indices("x", &[2, 9]).weights("w", &[100, 16]);
    assert_eq!(one(table, "y = Gather w x", vec![]).0, [2, 9, 16]);
}

#[test]
fn a_split_reads_what_it_writes() {
    let file = File::default().input("x", &[1, 6, 4]).node("a b = Split x", vec![int("axis", 1)]);
    let graph = file.node("y = Mul a b", vec![]).output("y").read().unwrap();
    assert_eq!(output_shape(&graph), [1, 3, 4]);
    assert_eq!(Cost::of(&graph).bytes, 4 * (4 * 12 + 3 * 12));
}

#[test]
fn weights_that_several_nodes_read_count_once() {
    let file = File::default()
        .indices("x", &[1, 9])
        .weights("w", &[100, 16])
        .node("a = Gather w x", vec![])
        .node("t = Transpose w", vec![])
        .node("y = MatMul a t", vec![]);
    let cost = Cost::of(&file.output("y").read().unwrap());
    assert_eq!((cost.parameters, cost.macs), (1600, 9 * 16 * 100));
    assert_eq!(cost.kernels.len(), 2, "stored weights are transposed before the first run");
}

#[test]
fn constants_are_no_parameters() {
    let file = File::default().input("x", &[1, 4]).weights("half", &[]).weights("scale", &[4]);
    let file = file.node("a = Mul x half", vec![]).node("y = Mul a scale", vec![]).output("y");
    let cost = Cost::of(&file.read().unwrap());
    assert_eq!((cost.parameters, cost.weight_bytes), (4, 20));
}

#[test]
fn an_unknown_operator_counts_its_bytes() {
    let file = File::default().input("x", &[-1, 4]).weights("w", &[3]).noted("a", &[-1, 6]);
    let graph = file.node("a = Fancy x w", vec![]).node("y = Relu a", vec![]).output("y");
    let graph = graph.read_with(&ImportOptions { batch: 5, ..ImportOptions::default() }).unwrap();
    assert_eq!(output_shape(&graph), [5, 6]);
    let cost = Cost::of(&graph);
    assert_eq!((cost.kernels[0].flops, cost.kernels[0].bytes), (0, 4 * (20 + 3 + 30)));
    assert_eq!(graph.unknown_operators(), ["Fancy"]);
}

#[test]
fn open_dimensions_take_the_sizes_they_are_given() {
    let file = File::default().input("x", &[1, -1, 4]).node("y = Relu x", vec![]).output("y");
    for key in ["open", "x.1"] {
        let options = ImportOptions { sizes: [(key.to_owned(), 7)].into(), ..ImportOptions::default() };
        assert_eq!(output_shape(&file.clone().read_with(&options).unwrap()), [1, 7, 4]);
    }
}

#[test]
fn a_batch_is_the_same_wherever_it_stands() {
    let file = File::default().input("state", &[2, -1]).input("x", &[-1, 4]).node("y = Relu state", vec![]);
    let options = ImportOptions { batch: 3, ..ImportOptions::default() };
    assert_eq!(output_shape(&file.output("y").read_with(&options).unwrap()), [2, 3]);
}
