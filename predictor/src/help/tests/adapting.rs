//! Adapting to a made-up device.

use std::num::NonZeroUsize;

use tenshot_onnx_models::Architecture;

use super::super::ablation::{Part, Parts};
use super::super::method::{Help, ZSamples};
use super::super::settings::Settings;
use crate::meta_training::TrainingSplit;
use crate::support::{Support, SupportMeasurement};
use crate::synthetic;

/// `help`, barely trained, for the first four architectures of the pool.
fn trained(parts: Parts) -> Help {
    let pool = synthetic::pool();
    let devices = pool.select(&synthetic::SOURCES.map(str::to_owned)).unwrap();
    let split = TrainingSplit { pool: &pool, devices: &devices, validation: &[] };
    let settings = Settings { episodes: 2, queries: 20, ..Settings::paper(pool.space(), parts, 0) };
    Help::train(split, &pool.architectures()[..4], settings, &|_| ()).unwrap()
}

fn architectures(count: usize) -> Vec<Architecture> {
    synthetic::pool().architectures()[..count].to_vec()
}

/// What the network predicts for a device that measured the first `count` architectures.
fn predicted(help: &Help, count: usize) -> Vec<f64> {
    help.adapt_to(&synthetic::support(&architectures(count))).unwrap().scaled(&architectures(30))
}

#[test]
fn the_first_measurements_are_embedded_and_all_adapt() {
    let adapts_from_more = |parts| {
        let help = trained(parts);
        predicted(&help, 4) != predicted(&help, 12)
    };
    for part in Part::ALL {
        assert_eq!(adapts_from_more(Parts::HELP.without(part)), part != Part::InnerSteps, "{part}");
    }
}

#[test]
fn without_inner_steps_a_device_is_its_hardware_embedding() {
    let help = trained(Parts::HELP.without(Part::InnerSteps));
    let of_device = |latencies_ms: [f64; 4]| {
        let measured = architectures(4).into_iter().zip(latencies_ms);
        let support = measured.map(|(one, latency_ms)| SupportMeasurement::new(one, latency_ms)).collect();
        help.adapt_to(&Support::new(support).unwrap()).unwrap().scaled(&architectures(30))
    };
    let one = of_device([1.0, 2.0, 3.0, 5.0]);
    assert_eq!(one, of_device([10.0, 20.0, 30.0, 50.0]), "the same embedding");
    assert_ne!(one, of_device([1.0, 4.0, 3.0, 5.0]));
}

fn sampled(help: &Help, count: usize, seed: u64) -> Vec<f64> {
    let samples = NonZeroUsize::new(count).map(|count| ZSamples { count, seed });
    predicted(&help.clone().with_z_samples(samples), 4)
}

#[test]
fn predictions_are_means_over_draws_of_z() {
    let help = trained(Parts::HELP);
    let at_mean = predicted(&help, 4);
    assert_eq!(sampled(&help, 0, 1), at_mean, "z at its mean");
    assert_eq!(sampled(&help, 10, 1), sampled(&help, 10, 1));
    assert_ne!(sampled(&help, 10, 1), sampled(&help, 10, 2));
    let off = |predicted: &[f64]| predicted.iter().zip(&at_mean).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
    let mean_off = |count| (0..6).map(|seed| off(&sampled(&help, count, seed))).sum::<f64>() / 6.0;
    let (one, many) = (mean_off(1), mean_off(40));
    assert!(many > 0.0 && many < 0.3 * one, "{one} {many}");
    let without = trained(Parts::HELP.without(Part::Modulator));
    assert_eq!(sampled(&without, 10, 1), predicted(&without, 4));
}

#[test]
fn training_that_diverges_is_no_predictor() {
    let pool = synthetic::pool();
    let devices = pool.select(&synthetic::SOURCES.map(str::to_owned)).unwrap();
    let split = TrainingSplit { pool: &pool, devices: &devices, validation: &[] };
    let settings = Settings { episodes: 2, queries: 20, rate: 1e30, ..Settings::paper(pool.space(), Parts::HELP, 0) };
    let refused = Help::train(split, &pool.architectures()[..4], settings, &|_| ()).unwrap_err();
    insta::assert_snapshot!(refused, @"training diverged by episode 2; check that the latencies differ on every device, those of the references too");
}
