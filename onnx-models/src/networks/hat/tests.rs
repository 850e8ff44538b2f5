//! What networks of HAT compute and store, counted by hand and against each other.

use std::collections::HashSet;

use prost::Message;

use super::{middle_position, total_latency_ms};
use crate::cost::Cost;
use crate::graph::{Graph, ModelProto, Operator};
use crate::networks::{BuildOptions, Form, Sentence, all_blocks};
use crate::spaces::hat::{DecoderLayer, EncoderLayer, Transformer};
use crate::spaces::{Architecture, Space};
use crate::{CostSummary, CostTable, build, graph};

const FORMS: [Form; 3] = [Form::Encoder, Form::DecoderStep, Form::Unrolled];

fn options(form: Form, vocabulary: Option<usize>, target_length: usize) -> BuildOptions {
    let sentence = Sentence { vocabulary, target_length, ..Sentence::default() };
    BuildOptions { form: Some(form), sentence, ..BuildOptions::default() }
}

/// Two decoder layers, of which the second reads the encoder's last three layers.
fn small() -> Architecture {
    let encoder_layer = EncoderLayer { feed_forward: 1024, heads: 4 };
    let first = DecoderLayer { feed_forward: 2048, self_heads: 8, cross_heads: 2, span: 1 };
    let second = DecoderLayer { feed_forward: 512, self_heads: 2, cross_heads: 8, span: 3 };
    Transformer::new(640, 512, [encoder_layer; 6], &[first, second]).unwrap().into()
}

fn cost(form: Form, vocabulary: Option<usize>, target_length: usize) -> Cost {
    crate::cost(&small(), &options(form, vocabulary, target_length)).unwrap()
}

fn random() -> Vec<Architecture> {
    Space::Hat.sample(1, 20).unwrap()
}

#[test]
fn macs_are_those_of_matrix_products() {
    // Queries, keys, values and output; scores and mixed values; the feed-forward network.
    let encoder_layer = 30 * (4 * 640 * 512 + 2 * 30 * 512 + 2 * 640 * 1024);
    let cross_caches = 2 * (30 + 3 * 30) * 640 * 512;
    assert_eq!(cost(Form::Encoder, Some(100), 30).macs, 6 * encoder_layer + cross_caches);

    let self_attention = 4 * 512 * 512 + 2 * 15 * 512;
    let cross_attention = |span: u64| 2 * 512 * 512 + 2 * span * 30 * 512;
    let feed_forwards = 2 * 512 * (2048 + 512);
    let row: u64 = 2 * self_attention + cross_attention(1) + cross_attention(3) + feed_forwards;
    assert_eq!(cost(Form::DecoderStep, None, 30).macs, 5 * row);
    assert_eq!(cost(Form::DecoderStep, Some(100), 30).macs, 5 * (row + 100 * 512));
}

#[test]
fn the_middle_step_is_the_mean_of_all() {
    let of = |form| cost(form, Some(100), 23).macs;
    assert_eq!(of(Form::Unrolled), of(Form::Encoder) + 23 * of(Form::DecoderStep));
    assert_eq!((middle_position(23), middle_position(30), middle_position(1)), (12, 15, 1));
    assert_eq!(total_latency_ms(5.0, 2.0, 30), 65.0);
}

#[test]
fn steps_share_their_weights_and_embedding_and_projection_their_table() {
    let of = |form| cost(form, Some(100), 7).parameters;
    let positions = 6 * 512;
    assert_eq!(of(Form::Unrolled), of(Form::Encoder) + of(Form::DecoderStep) + positions);
    let without = cost(Form::DecoderStep, None, 7).parameters;
    assert_eq!(of(Form::DecoderStep), without + 100 * 512 + 512);
}

#[test]
fn files_store_what_is_counted() {
    for form in FORMS {
        let model = build(&small(), &options(form, Some(100), 3)).unwrap();
        let file = ModelProto::decode(model.bytes.as_slice()).unwrap().graph.unwrap();
        let floats = file.initializer.iter().filter(|tensor| tensor.data_type == 1);
        let stored: usize = floats.map(|tensor| tensor.raw_data.len()).sum();
        assert_eq!(stored as u64, model.cost.weight_bytes, "{form}");

        let mut known: HashSet<_> = file.initializer.iter().map(|tensor| &tensor.name).collect();
        assert_eq!(known.len(), file.initializer.len(), "{form}: a tensor is stored twice");
        known.extend(file.input.iter().map(|input| &input.name));
        for node in &file.node {
            assert!(node.input.iter().all(|input| known.contains(input)), "{form}: {node:?}");
            assert!(known.insert(&node.output[0]), "{form}: {node:?}");
        }
        assert!(file.output.iter().all(|output| known.contains(&output.name)), "{form}");
    }
}

#[test]
fn costs_of_blocks_add_up_to_the_networks() {
    for (form, vocabulary) in FORMS.into_iter().flat_map(|form| [(form, None), (form, Some(1_000))]) {
        let options = BuildOptions { batch: 2, ..options(form, vocabulary, 4) };
        let table = CostTable::new(Space::Hat, &options).unwrap();
        for architecture in random() {
            let counted = CostSummary::of(&graph(&architecture, &options).unwrap());
            assert_eq!(table.cost(&architecture), counted, "{form}: {architecture}");
        }
    }
}

#[test]
fn names_of_nodes_are_unique_in_blocks() {
    for form in FORMS {
        let blocks = all_blocks(Space::Hat, form);
        for graph in blocks.iter().map(|block| block.graph(&options(form, Some(100), 5)).unwrap()) {
            let names: HashSet<_> = graph.nodes().iter().map(|node| &node.name).collect();
            assert_eq!(names.len(), graph.nodes().len());
        }
    }
}

fn interface(graph: &Graph) -> String {
    let inputs = graph.inputs().iter().map(|input| (&input.name, input.value));
    let outputs = graph.outputs().iter().map(|output| (&output.name, output.value));
    let line = |(name, value)| format!("{name} {:?}", graph.shape(value));
    let [inputs, outputs] = [inputs.map(line).collect::<Vec<_>>(), outputs.map(line).collect()];
    format!("{}\n->\n{}", inputs.join("\n"), outputs.join("\n"))
}

#[test]
fn inputs_and_outputs_are_those_of_decoding() {
    let of = |form, vocabulary| interface(&graph(&small(), &options(form, vocabulary, 4)).unwrap());
    insta::assert_snapshot!(of(Form::Encoder, Some(100)), @r#"
source [1, 30]
->
cross1.keys [1, 2, 256, 30]
cross1.values [1, 2, 30, 256]
cross2.keys [1, 8, 64, 90]
cross2.values [1, 8, 90, 64]
"#);
    insta::assert_snapshot!(of(Form::DecoderStep, Some(100)), @r#"
target [1, 5]
self1.keys [5, 8, 64, 1]
self1.values [5, 8, 1, 64]
self2.keys [5, 2, 256, 1]
self2.values [5, 2, 1, 256]
cross1.keys [1, 2, 256, 30]
cross1.values [1, 2, 30, 256]
cross2.keys [1, 8, 64, 90]
cross2.values [1, 8, 90, 64]
->
logits [1, 5, 100]
extended1.keys [5, 8, 64, 2]
extended1.values [5, 8, 2, 64]
extended2.keys [5, 2, 256, 2]
extended2.values [5, 2, 2, 256]
"#);
    insta::assert_snapshot!(of(Form::Unrolled, None), @r#"
source [1, 30, 640]
target [1, 5, 4, 512]
->
hidden1 [1, 5, 512]
hidden2 [1, 5, 512]
hidden3 [1, 5, 512]
hidden4 [1, 5, 512]
"#);
}

#[test]
fn the_first_step_has_no_cache_to_read() {
    let graph = graph(&small(), &options(Form::DecoderStep, None, 1)).unwrap();
    assert!(graph.inputs().iter().all(|input| !input.name.starts_with("self")));
    assert!(!graph.nodes().iter().any(|node| matches!(node.operator, Operator::Concatenate { .. })));
}
