//! Training: the same on any number of threads, and taken up as if never stopped.

use std::sync::Arc;

use serde_json::json;

use super::super::ablation::{Part, Parts};
use super::super::learner::HelpLearner;
use super::super::settings::Settings;
use super::super::training_pool::{TrainingDevice, TrainingPool};
use super::normals;
use crate::meta_training::Training;
use crate::network::{Encoded, EncoderKind, Matrix, Sizes};
use crate::random::Random;

const ARCHITECTURES: usize = 60;

/// Devices that weigh three features differently.
fn pool() -> TrainingPool {
    let mut random = Random::stream(4, &[]);
    let rows = normals(&mut random, 5 * ARCHITECTURES, 1.0);
    let device = |number: usize| -> Vec<f64> {
        let weights = [1.0, 0.3 * number as f64, 2.0 - 0.2 * number as f64];
        let latency =
            |row: &[f32]| 10.0 + row.iter().zip(weights).map(|(x, weight)| f64::from(*x) * weight).sum::<f64>();
        rows.chunks(5).map(latency).collect()
    };
    let latencies: Vec<Vec<f64>> = (0..8).map(device).collect();
    let encoded = Encoded::flat(Matrix::from_values(5, rows.clone()).unwrap());
    let training = Arc::new(encoded.select(&(0..50).collect::<Vec<_>>()));
    let references: Vec<usize> = (0..4).map(|one| 11 * one).collect();
    let devices: Vec<_> = latencies
        .iter()
        .map(|latencies| TrainingDevice {
            name: "device",
            encoded: training.clone(),
            latencies_ms: &latencies[..50],
            is_reference: (0..50).map(|one| references.contains(&one)).collect(),
            references_ms: references.iter().map(|&one| latencies[one]).collect(),
        })
        .collect();
    TrainingPool::new(encoded.select(&references), &devices[..6], &devices[6..]).unwrap()
}

fn sizes() -> Sizes {
    Sizes { references: 4, encoder_width: 10, header_width: 12, ..Sizes::paper(EncoderKind::Flat, 5) }
}

fn settings(episodes: u32) -> Settings {
    let paper = Settings::paper(tenshot_onnx_models::Space::FbNet, Parts::HELP, 3);
    Settings { episodes, rate: 3e-3, inner_rate: 1e-2, validate_every: 20, ..paper }
}

fn learner(settings: Settings) -> HelpLearner {
    HelpLearner::new(sizes(), settings, pool())
}

fn trained(training: Training<'_, HelpLearner>, episodes: u32) -> Training<'_, HelpLearner> {
    let mut training = training;
    for _ in 0..episodes {
        training.step();
    }
    training
}

#[test]
fn every_part_can_be_left_out_of_training() {
    let first = settings(1).inner_rate;
    for part in Part::ALL {
        let learner = learner(Settings { parts: Parts::HELP.without(part), ..settings(200) });
        let training = trained(Training::new(&learner), 200);
        let curve = &training.state().curve;
        let best = curve.iter().filter_map(|one| one.spearman).fold(0.0, f64::max);
        assert!(best > 0.8 && curve[9].error < 0.7 * curve[0].error, "{part}: {curve:?}");
        // Rates that no step uses, or that are not learned, stay as they were.
        let is_learned = training.state().parameters.rates.iter().any(|rate| *rate != first);
        assert_eq!(is_learned, !matches!(part, Part::InnerSteps | Part::LearnedRates), "{part}");
        assert_eq!(curve[9].divergence == 0.0, part == Part::Modulator, "{part}");
    }
}

#[test]
fn training_learns_devices_that_it_never_saw() {
    let learner = learner(settings(300));
    let training = trained(Training::new(&learner), 300);
    let curve = &training.state().curve;
    assert!(training.is_done() && curve.len() == 15);
    let best = curve.iter().filter_map(|one| one.spearman).fold(0.0, f64::max);
    assert!(best > 0.9 && curve[14].error < 0.5 * curve[0].error, "{curve:?}");
    assert_eq!(training.state().best.as_ref().map(|(validation, _)| validation.spearman), Some(Some(best)));
}

#[test]
fn training_is_the_same_to_the_bit_on_any_number_of_threads() {
    let learner = learner(settings(30));
    let run = |threads: usize| {
        let threads = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        threads.install(|| trained(Training::new(&learner), 30).state().clone())
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn training_is_taken_up_as_if_it_had_never_stopped() {
    let (learner, split) = (learner(settings(50)), json!({"devices": 6}));
    let unbroken = trained(Training::new(&learner), 50);
    // In between two validations, and after a best one.
    let stopped = trained(Training::new(&learner), 33);
    let bytes = stopped.checkpoint(&split).unwrap();
    let again = Training::resume(&learner, &split, &bytes).unwrap();
    assert_eq!(again.state(), stopped.state());
    assert_eq!(trained(again, 17).state(), unbroken.state());
}

#[test]
fn foreign_checkpoints_are_refused() {
    let own = learner(settings(50));
    let split = json!({"devices": 6});
    let bytes = Training::new(&own).checkpoint(&split).unwrap();
    let refused = |bytes: &[u8], learner: &HelpLearner, split: &serde_json::Value| {
        Training::resume(learner, split, bytes).unwrap_err().to_string()
    };
    insta::assert_snapshot!(refused(&bytes, &learner(settings(60)), &split), @"a checkpoint of another training: its settings are others; go on with the same or start anew");
    let wider = HelpLearner::new(Sizes { header_width: 14, ..sizes() }, settings(50), pool());
    insta::assert_snapshot!(refused(&bytes, &own, &json!({"devices": 7})), @"a checkpoint of another training: its devices, latencies or references are others; go on with the same or start anew");
    insta::assert_snapshot!(refused(&bytes, &wider, &split), @"tensor `model.fc3.weight` is of F32 [12, 20], but this model has F32 [14, 20]");
    insta::assert_snapshot!(refused(&bytes[..999], &own, &split), @"not a whole checkpoint");
    let newer = String::from_utf8_lossy(&bytes[..400]).find(r#"format_version\":1"#).unwrap();
    let mut edited = bytes;
    edited[newer + r#"format_version\":"#.len()] = b'9';
    insta::assert_snapshot!(refused(&edited, &own, &split), @"checkpoint of format version 9, newer than 1, the newest that this program reads");
}
