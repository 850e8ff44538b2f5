//! Reading what was built, what others write, and what is no file at all.

mod faults;
mod file;
mod operators;

use proptest::prelude::{ProptestConfig, any, proptest};

use super::read_graph;
use crate::cost::Cost;
use crate::networks::{BatchNorm, BuildOptions, Sentence};
use crate::spaces::Space;
use crate::{build, build_block};

#[test]
fn what_is_built_costs_the_same_when_it_is_read() {
    for &space in Space::ALL {
        for &form in space.forms() {
            for batch_norm in [BatchNorm::Folded, BatchNorm::Kept] {
                // Short sentences and few words: files of Transformers are large.
                let vocabulary = (batch_norm == BatchNorm::Folded).then_some(200);
                let sentence = Sentence { source_length: 5, target_length: 4, beam: 2, vocabulary };
                let options =
                    BuildOptions { form: Some(form), batch: 2, batch_norm, sentence, ..BuildOptions::default() };
                for architecture in space.sample(11, 2).unwrap() {
                    let model = build(&architecture, &options).unwrap();
                    let graph = read_graph(&model.bytes).unwrap();
                    assert_eq!(Cost::of(&graph), model.cost, "{form}, {batch_norm:?}: {architecture}");
                    let inputs = graph.inputs().iter().map(|input| (input.name.clone(), graph.shape(input.value)));
                    assert!(inputs.eq(model.inputs.iter().map(|input| (input.name.clone(), input.shape.as_slice()))));
                }
            }
        }
    }
}

#[test]
fn blocks_cost_the_same_when_they_are_read() {
    for &space in Space::ALL {
        for block in crate::all_blocks(space, space.forms()[0]).into_iter().step_by(7) {
            let model = build_block(block, &BuildOptions::default()).unwrap();
            assert_eq!(Cost::of(&read_graph(&model.bytes).unwrap()), model.cost, "{block}");
        }
    }
}

fn small_file() -> Vec<u8> {
    let cell = "|nor_conv_1x1~0|+|none~0|avg_pool_3x3~1|+|skip_connect~0|none~1|none~2|";
    build(&Space::NasBench201.parse(cell).unwrap(), &BuildOptions::default()).unwrap().bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read_graph(&bytes);
    }

    #[test]
    fn a_file_cut_short_or_changed_never_panics(
        length in any::<proptest::sample::Index>(),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..20),
    ) {
        let mut bytes = small_file();
        // The structure comes before the weights: most changes go there.
        let structure = 12_000.min(bytes.len());
        for (place, byte) in changes {
            bytes[place.index(structure)] = byte;
        }
        if let Ok(graph) = read_graph(&bytes) {
            let _ = Cost::of(&graph);
        }
        bytes.truncate(length.index(bytes.len()));
        let _ = read_graph(&bytes);
    }
}
