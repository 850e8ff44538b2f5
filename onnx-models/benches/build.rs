//! How long a model takes to build, and its cost to count: 10 ms are allowed for a model of
//! NAS-Bench-201, 60 ms for one of FBNet or MobileNetV3, a second for a whole Transformer.

use divan::Bencher;
use divan::counter::BytesCount;
use tenshot_onnx_models::spaces::{fbnet, hat, mobilenetv3};
use tenshot_onnx_models::{
    Architecture, BatchNorm, BuildOptions, Form, ReferenceSet, Space, build, cost, live_kernels,
};

fn main() {
    divan::main();
}

/// 3x3 convolutions alone, the largest network of the space; and a cell of middling size.
const CELLS: [&str; 2] = ["1462", "11982"];

#[expect(clippy::unwrap_used, reason = "a benchmark may stop at what cannot happen")]
fn cell(index: &str) -> Architecture {
    Space::NasBench201.parse(index).unwrap()
}

#[divan::bench(args = CELLS)]
fn build_folded(bencher: Bencher<'_, '_>, index: &str) {
    build_with(bencher, index, BatchNorm::Folded);
}

#[divan::bench(args = CELLS)]
fn build_kept(bencher: Bencher<'_, '_>, index: &str) {
    build_with(bencher, index, BatchNorm::Kept);
}

fn build_with(bencher: Bencher<'_, '_>, index: &str, batch_norm: BatchNorm) {
    let (cell, options) = (cell(index), BuildOptions { batch_norm, ..BuildOptions::default() });
    let size = build(&cell, &options).map_or(0, |model| model.bytes.len());
    bencher.counter(BytesCount::new(size)).bench_local(|| build(&cell, &options));
}

/// The largest Transformer with the vocabulary's embeddings, in each form.
#[divan::bench(args = Space::Hat.forms(), sample_count = 10)]
#[expect(clippy::unwrap_used, reason = "a benchmark may stop at what cannot happen")]
fn build_transformer(bencher: Bencher<'_, '_>, form: &Form) {
    let encoder = [hat::EncoderLayer { feed_forward: 3072, heads: 8 }; 6];
    let decoder = [hat::DecoderLayer { feed_forward: 3072, self_heads: 8, cross_heads: 8, span: 3 }; 6];
    build_in(bencher, &hat::Transformer::new(640, 640, encoder, &decoder).unwrap().into(), *form);
}

/// The largest networks of FBNet.
#[divan::bench(args = [Form::Cifar, Form::Imagenet])]
fn build_fbnet(bencher: Bencher<'_, '_>, form: Form) {
    build_in(bencher, &fbnet::Network::new([fbnet::Choice::K5E6; fbnet::Network::POSITIONS]).into(), form);
}

/// The largest networks of MobileNetV3.
#[divan::bench(args = [Form::Mobile, Form::WideMobile])]
#[expect(clippy::unwrap_used, reason = "a benchmark may stop at what cannot happen")]
fn build_mobilenetv3(bencher: Bencher<'_, '_>, form: Form) {
    build_in(bencher, &mobilenetv3::Network::new(224, [4; 5], [7; 20], [6; 20]).unwrap().into(), form);
}

/// The paper's first reference architecture of FBNet and MobileNetV3.
#[divan::bench(args = [Space::FbNet, Space::MobileNetV3])]
#[expect(clippy::unwrap_used, reason = "a benchmark may stop at what cannot happen")]
fn build_reference(bencher: Bencher<'_, '_>, space: Space) {
    build_in(bencher, &ReferenceSet::paper(space).unwrap().architectures[0], space.default_form());
}

fn build_in(bencher: Bencher<'_, '_>, architecture: &Architecture, form: Form) {
    let options = BuildOptions { form: Some(form), ..BuildOptions::default() };
    let size = build(architecture, &options).map_or(0, |model| model.bytes.len());
    bencher.counter(BytesCount::new(size)).bench_local(|| build(architecture, &options));
}

#[divan::bench(args = CELLS)]
fn count_cost(bencher: Bencher<'_, '_>, index: &str) {
    let (cell, options) = (cell(index), BuildOptions::default());
    bencher.bench_local(|| cost(&cell, &options));
}

#[divan::bench(args = CELLS)]
fn list_live_kernels(bencher: Bencher<'_, '_>, index: &str) {
    let cell = cell(index);
    bencher.bench_local(|| live_kernels(&cell));
}

#[divan::bench]
fn enumerate_with_index() -> usize {
    let cells = Space::NasBench201.enumerate().into_iter().flatten();
    cells.filter_map(|architecture| architecture.as_cell().map(|cell| cell.index())).sum()
}
