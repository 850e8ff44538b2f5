//! `scratch` and `brp-nas` on a made-up device and on published ones.

use std::path::Path;

use tenshot_onnx_models::{Architecture, Space, with_space};

use super::TargetOnly;
use super::regressor::Regressor;
use super::supervised_training::SupervisedTraining;
use crate::baselines::tests::{assert_gradient, cells, correlation};
use crate::evaluation::{Evaluation, run};
use crate::methods::{MethodName, TrainedMethod};
use crate::network::Sizes;
use crate::pool::Pool;
use crate::pool::paper::TABLE_3;
use crate::random::Random;
use crate::spaces::{PredictorSpace, network_input};
use crate::support::{Support, SupportMeasurement};
use crate::synthetic;

#[test]
fn more_measurements_fit_better_and_a_seed_fits_the_same() {
    let scratch = TargetOnly::scratch(Space::NasBench201, 3);
    let adapted = |count| scratch.adapt(&synthetic::support(&cells(count))).unwrap();
    let (few, many) = (correlation(&*adapted(5)), correlation(&*adapted(60)));
    assert!(many > 0.85 && many > few + 0.1, "{few} {many}");
    let unseen = Space::NasBench201.sample(9, 20).unwrap();
    assert_eq!(adapted(10).means_ms(&unseen), adapted(10).means_ms(&unseen));
    let other = TargetOnly::scratch(Space::NasBench201, 4).adapt(&synthetic::support(&cells(10))).unwrap();
    assert_ne!(adapted(10).means_ms(&unseen), other.means_ms(&unseen));
}

#[test]
fn batches_shrink_the_error_on_every_space() {
    for &space in Space::ALL {
        let sizes = Sizes { encoder_width: 16, ..with_space!(space, S => S::NETWORK_SIZES) };
        let regressor = Regressor::new(sizes, &[8]);
        let architectures = space.sample(1, 25).unwrap();
        let encoded = network_input(space, &architectures).unwrap();
        let mut random = Random::stream(1, &[]);
        let targets: Vec<f32> = (0..25).map(|_| random.normal() as f32).collect();
        let error = |epochs| {
            let training = SupervisedTraining { epochs, batch: 10, rate: 5e-3, weight_decay: 1e-4 };
            regressor.loss(&training.train(&regressor, &encoded, &targets, 0), &encoded, &targets).0
        };
        let (before, after) = (error(0), error(200));
        assert!(after < 0.7 * before, "{space}: {before} {after}");
    }
}

#[test]
fn derivatives_are_differences_of_the_loss() {
    for space in [Space::NasBench201, Space::FbNet] {
        let sizes = Sizes { encoder_width: 8, ..with_space!(space, S => S::NETWORK_SIZES) };
        let mut random = Random::stream(2, &[]);
        let encoded = network_input(space, &space.sample(1, 10).unwrap()).unwrap();
        let targets: Vec<f32> = (0..10).map(|_| random.normal() as f32).collect();
        let regressor = Regressor::new(sizes, &[8]);
        assert_gradient(&regressor.initial(&mut random), |parameters| {
            let (value, gradient) = regressor.loss(parameters, &encoded, &targets);
            (value, gradient.to_vec())
        });
    }
}

#[test]
fn equal_latencies_are_predicted_again() {
    let scratch = TargetOnly::scratch(Space::NasBench201, 0);
    let equal = |one: &Architecture| SupportMeasurement::new(*one, 3.0);
    let support = Support::new(cells(10).iter().map(equal).collect()).unwrap();
    let predicted = scratch.adapt(&support).unwrap().means_ms(&cells(20));
    assert!(predicted.iter().all(|latency| (latency - 3.0).abs() < 0.3), "{predicted:?}");
}

#[test]
fn other_spaces_are_refused() {
    let of_fbnet = TargetOnly::scratch(Space::FbNet, 0);
    let refused = of_fbnet.adapt(&synthetic::support(&cells(10))).unwrap_err();
    insta::assert_snapshot!(refused, @"the measurements are of space nasbench201, but the predictor is for fbnet");
    let adapted = TargetOnly::scratch(Space::NasBench201, 0).adapt(&synthetic::support(&cells(3))).unwrap();
    let mixed = [Space::FbNet.sample(1, 1).unwrap(), cells(1)].concat();
    assert_eq!(adapted.means_ms(&mixed).iter().map(|one| one.is_nan()).collect::<Vec<_>>(), [true, false]);
}

/// The published pool; `None`, with a printed line, where `TENSHOT_SHARED` is not set.
fn published() -> Option<Pool> {
    let Some(shared) = std::env::var_os("TENSHOT_SHARED") else {
        println!("skipped: TENSHOT_SHARED is not set");
        return None;
    };
    Some(Pool::read(&Path::new(&shared).join("data/help"), Space::NasBench201).unwrap())
}

#[test]
fn scratch_ranks_published_devices() {
    let Some(pool) = published() else { return };
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let evaluation = Evaluation {
        train: names(TABLE_3.train),
        validation: names(TABLE_3.validation),
        test: names(TABLE_3.test),
        repeats: 2,
        ..Evaluation::new(MethodName::Scratch)
    };
    let spearman = run(&pool, &evaluation, &|_| {}).unwrap()[0].mean.spearman;
    assert!(spearman.mean > 0.6, "{spearman:?}");
}
