//! Baselines on a made-up device and on published ones.

use std::path::Path;

use tenshot_onnx_models::{Architecture, Space};

use super::neural_process::{NeuralProcess, Question};
use super::recipe::Recipe;
use super::regressor::Regressor;
use super::{Anp, AnpSettings, BaselineError, TargetOnly};
use crate::Trained;
use crate::evaluation::{Evaluation, run};
use crate::methods::{AdaptedMethod, MethodName, TrainedMethod};
use crate::metrics::spearman;
use crate::network::{Sizes, encode, sizes};
use crate::pool::Pool;
use crate::pool::paper::TABLE_3;
use crate::random::Random;
use crate::synthetic;

fn cells(count: usize) -> Vec<Architecture> {
    synthetic::pool().architectures()[..count].to_vec()
}

fn correlation(adapted: &dyn AdaptedMethod) -> f64 {
    let queries = &cells(2 * synthetic::TRAINING)[synthetic::TRAINING..];
    spearman(&adapted.means_ms(queries), &synthetic::target_ms(queries))
}

#[test]
fn more_measurements_fit_better_and_a_seed_fits_the_same() {
    let scratch = TargetOnly::scratch(Space::NasBench201, 3).unwrap();
    let adapted = |count| scratch.adapt(&synthetic::support(&cells(count))).unwrap();
    let (few, many) = (correlation(&*adapted(5)), correlation(&*adapted(60)));
    assert!(many > 0.85 && many > few + 0.1, "{few} {many}");
    let unseen = Space::NasBench201.sample(9, 20).unwrap();
    assert_eq!(adapted(10).means_ms(&unseen), adapted(10).means_ms(&unseen));
    let other = TargetOnly::scratch(Space::NasBench201, 4).unwrap().adapt(&synthetic::support(&cells(10))).unwrap();
    assert_ne!(adapted(10).means_ms(&unseen), other.means_ms(&unseen));
}

#[test]
fn batches_shrink_the_error_on_every_space() {
    for &space in Space::ALL {
        let sizes = Sizes { encoder_width: 16, ..sizes(space).unwrap() };
        let regressor = Regressor::new(sizes, &[8]);
        let architectures = space.sample(1, 25).unwrap();
        let encoded = encode(space, &architectures).unwrap();
        let mut random = Random::stream(1, &[]);
        let targets: Vec<f32> = (0..25).map(|_| random.normal() as f32).collect();
        let error = |epochs| {
            let recipe = Recipe { epochs, batch: 10, rate: 5e-3, weight_decay: 1e-4 };
            regressor.loss(&recipe.train(&regressor, &encoded, &targets, 0), &encoded, &targets).0
        };
        let (before, after) = (error(0), error(200));
        assert!(after < 0.7 * before, "{space}: {before} {after}");
    }
}

/// Along the gradient a loss rises by the gradient's squared length.
fn assert_gradient(name: &str, parameters: &[f32], loss: impl Fn(&[f32]) -> (f32, Vec<f32>)) {
    let (_, gradient) = loss(parameters);
    let square: f32 = gradient.iter().map(|one| one * one).sum();
    let at = |step: f32| {
        let moved: Vec<f32> = parameters.iter().zip(&gradient).map(|(a, b)| a + step * b).collect();
        f64::from(loss(&moved).0)
    };
    let step = 1e-2 / square.sqrt();
    let difference = (at(step) - at(-step)) / f64::from(2.0 * step);
    assert!((difference / f64::from(square) - 1.0).abs() < 0.01, "{name}: {difference} {square}");
}

#[test]
fn derivatives_are_differences_of_the_loss() {
    for space in [Space::NasBench201, Space::FbNet] {
        let sizes = Sizes { encoder_width: 8, header_width: 8, ..sizes(space).unwrap() };
        let mut random = Random::stream(2, &[]);
        let encoded = encode(space, &space.sample(1, 10).unwrap()).unwrap();
        let mut targets: Vec<f32> = (0..10).map(|_| random.normal() as f32).collect();

        let regressor = Regressor::new(sizes, &[8]);
        assert_gradient("regressor", &regressor.initial(&mut random), |parameters| {
            let (value, gradient) = regressor.loss(parameters, &encoded, &targets);
            (value, gradient.to_vec())
        });

        let network = NeuralProcess::new(sizes);
        let asked = targets.split_off(4);
        let question = Question { encoded: &encoded, measured: &targets };
        // Larger values than the initial ones, so that attention is far from even.
        let parameters: Vec<f32> = network.initial(&mut random).iter().map(|one| 2.0 * one).collect();
        assert_gradient("neural process", &parameters, |parameters| {
            let (value, gradient) = network.loss(parameters, question, &asked);
            (value, gradient.to_vec())
        });
    }
}

#[test]
fn equal_latencies_are_predicted_again() {
    let scratch = TargetOnly::scratch(Space::NasBench201, 0).unwrap();
    let equal = |one: &Architecture| crate::support::SupportMeasurement::new(*one, 3.0);
    let support = crate::support::Support::new(cells(10).iter().map(equal).collect()).unwrap();
    let predicted = scratch.adapt(&support).unwrap().means_ms(&cells(20));
    assert!(predicted.iter().all(|latency| (latency - 3.0).abs() < 0.3), "{predicted:?}");
}

#[test]
fn other_spaces_are_refused() {
    let of_fbnet = TargetOnly::scratch(Space::FbNet, 0).unwrap();
    let refused = of_fbnet.adapt(&synthetic::support(&cells(10))).unwrap_err();
    insta::assert_snapshot!(refused, @"the measurements are of space nasbench201, but the predictor is for fbnet");
    let adapted = TargetOnly::scratch(Space::NasBench201, 0).unwrap().adapt(&synthetic::support(&cells(3))).unwrap();
    let mixed = [Space::FbNet.sample(1, 1).unwrap(), cells(1)].concat();
    assert_eq!(adapted.means_ms(&mixed).iter().map(|one| one.is_nan()).collect::<Vec<_>>(), [true, false]);
}

fn anp(sources: &[&str], settings: AnpSettings) -> Result<Anp, BaselineError> {
    let pool = synthetic::pool();
    let names: Vec<String> = sources.iter().map(|name| (*name).to_owned()).collect();
    let validation = pool.select(&["board".to_owned()]).unwrap();
    Anp::train(&pool, &pool.select(&names).unwrap(), &validation, settings, &|_| ())
}

#[test]
fn anp_learns_from_other_devices_and_attends_to_any_measurements() {
    let usual = AnpSettings { queries: 40, rate: 1e-3, ..AnpSettings::new(Space::NasBench201, 10, 0) };
    let [none, some] = [1, 150].map(|episodes| {
        let trained = anp(&synthetic::SOURCES[..5], AnpSettings { episodes, ..usual }).unwrap();
        correlation(&*trained.adapt(&synthetic::support(&cells(10))).unwrap())
    });
    assert!(some > 0.8 && some > none, "{none} {some}");
}

#[test]
fn anp_is_the_same_on_any_number_of_threads() {
    let settings = AnpSettings { episodes: 4, queries: 20, ..AnpSettings::new(Space::NasBench201, 5, 0) };
    let predicted = || {
        let trained = anp(&synthetic::SOURCES[..5], settings).unwrap();
        trained.adapt(&synthetic::support(&cells(7))).unwrap().means_ms(&cells(20))
    };
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(one_thread.install(predicted), predicted());
}

#[test]
fn anp_is_taken_up_as_if_it_had_never_stopped() {
    let pool = synthetic::pool();
    let devices = pool.select(&synthetic::SOURCES.map(str::to_owned)).unwrap();
    let (devices, validation) = devices.split_at(5);
    let new = AnpSettings::new(Space::NasBench201, 5, 0);
    let settings = AnpSettings { episodes: 5, queries: 20, validate_every: 2, ..new };
    // The trained, and the checkpoints on the way.
    let train = |checkpoint: Option<&[u8]>, settings| {
        let mut checkpoints = Vec::new();
        let course = (&pool, devices, validation);
        let anp = Anp::train_from(checkpoint, course, settings, &mut |_, checkpoint| {
            checkpoints.push(checkpoint()?);
            Ok(())
        });
        anp.map(|anp| (Trained::of_anp(anp, &pool, devices).to_bytes().unwrap(), checkpoints))
    };
    let (unbroken, checkpoints) = train(None, settings).unwrap();
    let (taken_up, later) = train(Some(&checkpoints[0]), settings).unwrap();
    assert_eq!((checkpoints.len(), later.len()), (3, 2));
    assert!(taken_up == unbroken, "other bytes");
    let refused = train(Some(&checkpoints[0]), AnpSettings { episodes: 6, ..settings }).unwrap_err();
    let cause = std::error::Error::source(&refused).unwrap().to_string();
    insta::assert_snapshot!(cause, @"a checkpoint of another training: its settings are others; go on with the same or start anew");
}

#[test]
fn pools_that_anp_cannot_learn_from_are_refused() {
    let settings = AnpSettings::new(Space::NasBench201, 10, 0);
    insta::assert_snapshot!(anp(&[], settings).unwrap_err(), @"there is no device to train on");
    let refused = anp(&["phone"], AnpSettings { shots: 60, ..settings }).unwrap_err();
    insta::assert_snapshot!(refused, @"60 training architectures are too few; with 60 shots training takes more than 60");
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
