//! `anp` on made-up devices.

use tenshot_onnx_models::{Space, with_space};

use super::neural_process::{NeuralProcess, NeuralProcessInput};
use super::{Anp, AnpSettings};
use crate::baselines::tests::{assert_gradient, cells, correlation};
use crate::meta_training::TrainingSplit;
use crate::methods::TrainedMethod;
use crate::network::Sizes;
use crate::random::Random;
use crate::spaces::{PredictorSpace, network_input};
use crate::synthetic;
use crate::{TrainError, Trained};

#[test]
fn derivatives_are_differences_of_the_loss() {
    for space in [Space::NasBench201, Space::FbNet] {
        let sizes = Sizes { encoder_width: 8, header_width: 8, ..with_space!(space, S => S::NETWORK_SIZES) };
        let mut random = Random::stream(2, &[]);
        let encoded = network_input(space, &space.sample(1, 10).unwrap()).unwrap();
        let measured: Vec<f32> = (0..4).map(|_| random.normal() as f32).collect();
        let targets: Vec<f32> = (0..6).map(|_| random.normal() as f32).collect();
        let network = NeuralProcess::new(sizes);
        let input = NeuralProcessInput { encoded: &encoded, measured: &measured };
        // Larger values than the initial ones, so that attention is far from even.
        let parameters: Vec<f32> = network.initial(&mut random).iter().map(|one| 2.0 * one).collect();
        assert_gradient(&parameters, |parameters| {
            let (value, gradient) = network.loss(parameters, input, &targets);
            (value, gradient.to_vec())
        });
    }
}

fn anp(sources: &[&str], settings: AnpSettings) -> Result<Anp, TrainError> {
    let pool = synthetic::pool();
    let names: Vec<String> = sources.iter().map(|name| (*name).to_owned()).collect();
    let validation = pool.select(&["board".to_owned()]).unwrap();
    let devices = pool.select(&names).unwrap();
    Anp::train(TrainingSplit { pool: &pool, devices: &devices, validation: &validation }, settings, &|_| ())
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
        let split = TrainingSplit { pool: &pool, devices, validation };
        let anp = Anp::train_from(checkpoint, split, settings, &mut |_, checkpoint| {
            checkpoints.push(checkpoint()?);
            Ok(())
        });
        anp.map(|anp| (Trained::of_anp(anp, split).to_bytes().unwrap(), checkpoints))
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
    insta::assert_snapshot!(refused, @"60 training architectures are too few; training takes 61 or more");
}
