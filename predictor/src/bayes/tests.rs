//! The method as a whole, on made-up devices.

use tenshot_onnx_models::Space;

use crate::metrics::{mape, spearman};
use crate::support::{Support, SupportMeasurement};
use crate::synthetic;

#[test]
fn ten_measurements_predict_a_device_with_intervals() {
    let trained = synthetic::trained();
    let all = Space::NasBench201.sample(77, 210).unwrap();
    let (references, queries) = all.split_at(10);
    let adapted = trained.adapt(&synthetic::support(references)).unwrap();
    let predictions = adapted.predict(queries).unwrap();
    let predicted: Vec<f64> = predictions.iter().map(|one| one.mean_ms).collect();
    let truth = synthetic::target_ms(queries);
    assert!(spearman(&predicted, &truth) > 0.97, "{}", spearman(&predicted, &truth));
    assert!(mape(&predicted, &truth) < 0.06, "{}", mape(&predicted, &truth));
    for one in &predictions {
        let interval = one.interval_ms.unwrap();
        assert!(interval.low <= interval.high && interval.high.is_finite(), "{one:?}");
    }
    let covered = predictions.iter().zip(&truth).filter(|(one, truth)| {
        one.interval_ms.is_some_and(|interval| interval.low <= **truth && **truth <= interval.high)
    });
    assert!(covered.count() > 150);
}

#[test]
fn means_alone_are_the_means_of_predictions() {
    let trained = synthetic::trained();
    let all = Space::NasBench201.sample(3, 60).unwrap();
    let adapted = trained.adapt(&synthetic::support(&all[..7])).unwrap();
    let means = adapted.means_ms(&all).unwrap();
    let predictions = adapted.predict(&all).unwrap();
    assert_eq!(means, predictions.iter().map(|one| one.mean_ms).collect::<Vec<_>>());
}

#[test]
fn a_wild_measurement_is_left_out() {
    let trained = synthetic::trained();
    let all = Space::NasBench201.sample(77, 110).unwrap();
    let (references, queries) = all.split_at(10);
    let mut measurements = synthetic::support(references).measurements().to_vec();
    measurements[4].latency_ms *= 9.0;
    let adapted = trained.adapt(&Support::new(measurements).unwrap()).unwrap();
    assert_eq!(adapted.header().outliers, [4]);
    let predicted = adapted.means_ms(queries).unwrap();
    assert!(mape(&predicted, &synthetic::target_ms(queries)) < 0.08);
}

#[test]
fn a_noisy_measurement_counts_less_than_a_trusted_one() {
    let trained = synthetic::trained();
    let all = Space::NasBench201.sample(8, 4).unwrap();
    let mut measurements = synthetic::support(&all[..4]).measurements().to_vec();
    measurements[0].latency_ms *= 1.4;
    let error = |extra_noise: f64| {
        let noisy = SupportMeasurement { extra_noise, ..measurements[0] };
        let support = Support::new([&[noisy], &measurements[1..]].concat()).unwrap();
        let predicted = trained.adapt(&support).unwrap().means_ms(&all[..1]).unwrap();
        (predicted[0] - measurements[0].latency_ms).abs()
    };
    assert!(error(0.5) > error(0.0), "{} {}", error(0.5), error(0.0));
}

#[test]
fn three_and_many_measurements_work() {
    let trained = synthetic::trained();
    let all = Space::NasBench201.sample(9, 130).unwrap();
    for count in [3, 4, 5, 6, 100] {
        let adapted = trained.adapt(&synthetic::support(&all[..count])).unwrap();
        let predicted = adapted.means_ms(&all[100..]).unwrap();
        let error = mape(&predicted, &synthetic::target_ms(&all[100..]));
        assert!(error < 0.15, "{error} from {count}");
    }
}

#[test]
fn designed_references_are_different_repeatable_and_alive() {
    let trained = synthetic::trained();
    let designed = crate::design(&trained, 10, 4);
    assert_eq!(designed, crate::design(&trained, 10, 4));
    assert_eq!(designed[..5], crate::design(&trained, 5, 4));
    let different: std::collections::HashSet<_> = designed.iter().collect();
    assert_eq!(different.len(), 10);
    assert!(designed.iter().all(|one| !one.as_cell().unwrap().is_dead()));
}

#[test]
fn the_trait_says_what_the_artefact_says() {
    let trained = synthetic::trained();
    let all = Space::NasBench201.sample(3, 12).unwrap();
    let support = synthetic::support(&all[..10]);
    let by_trait = trained.method().adapt(&support).unwrap().predict(&all);
    assert_eq!(by_trait, trained.adapt(&support).unwrap().predict(&all).unwrap());
}

/// Devices that spend their time on kernels, channels and layers in different proportions, on
/// networks of FBNet: a space too large to list.
mod blocks {
    use tenshot_onnx_models::{Architecture, Space};

    use crate::metrics::{mape, spearman};
    use crate::pool::{Pool, PoolDevice, Ranges};
    use crate::random::Random;
    use crate::support::{Support, SupportMeasurement};
    use crate::{Adapted, Trained};

    const TRAINING: usize = 300;

    fn latency_ms([kernels, channels, layers]: [f64; 3], architecture: &Architecture) -> f64 {
        let Architecture::FbNet(network) = architecture else { panic!("{architecture}") };
        let blocks = network.choices().iter().filter_map(|choice| choice.mb_conv());
        let of_block = |block: tenshot_onnx_models::spaces::fbnet::MbConv| {
            let hidden = block.expansion as f64;
            kernels * hidden * (block.kernel * block.kernel) as f64 + channels * hidden / block.groups as f64 + layers
        };
        2.0 + blocks.map(of_block).sum::<f64>()
    }

    fn pool() -> Pool {
        let space = Space::FbNet;
        let architectures = space.sample(5, 2 * TRAINING).unwrap();
        let device = |(name, costs): (&str, [f64; 3])| {
            let mut random = Random::stream(1, &[name.len() as u64]);
            let noisy = |one| latency_ms(costs, one) * (1.0 + 0.01 * random.normal());
            PoolDevice::named(name, architectures.iter().map(noisy).collect())
        };
        let devices = [
            ("few_kernels", [0.01, 0.5, 0.3]),
            ("many_kernels_", [0.06, 0.2, 0.2]),
            ("layers", [0.01, 0.1, 1.0]),
            ("channels___", [0.005, 1.0, 0.1]),
        ];
        let ranges = Ranges { training: 0..TRAINING, queries: TRAINING..2 * TRAINING, references: vec![] };
        Pool::new(space, architectures.clone(), devices.map(device).to_vec(), ranges).unwrap()
    }

    #[test]
    fn networks_never_seen_are_predicted_from_ten_and_files_hold_all_that_it_takes() {
        let pool = pool();
        let devices: Vec<&PoolDevice> = pool.devices().iter().collect();
        let trained = Trained::train(&pool, &devices, 0).unwrap();
        let bytes = trained.to_bytes().unwrap();
        let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let again = one_thread.install(|| Trained::train(&pool, &devices, 0)).unwrap();
        assert_eq!(again.to_bytes().unwrap(), bytes);

        let target = [0.03, 0.3, 0.6];
        let references = crate::design(&trained, 10, 0);
        let measure = |one: &Architecture| SupportMeasurement::new(*one, latency_ms(target, one));
        let support = Support::new(references.iter().map(measure).collect()).unwrap();
        let adapted = trained.adapt(&support).unwrap();
        let new = Space::FbNet.sample(99, 300).unwrap();
        let truth: Vec<f64> = new.iter().map(|one| latency_ms(target, one)).collect();
        let predicted = adapted.means_ms(&new).unwrap();
        assert!(spearman(&predicted, &truth) > 0.97, "{}", spearman(&predicted, &truth));
        assert!(mape(&predicted, &truth) < 0.04, "{}", mape(&predicted, &truth));

        let predictions = adapted.predict(&new).unwrap();
        assert_eq!(predictions.iter().map(|one| one.mean_ms).collect::<Vec<_>>(), predicted);
        let restored = Adapted::from_bytes(&adapted.to_bytes().unwrap()).unwrap();
        assert_eq!(restored.predict(&new).unwrap(), predictions);
        assert_eq!(restored.to_bytes().unwrap(), adapted.to_bytes().unwrap());
    }

    #[test]
    fn tensors_that_do_not_fit_are_refused() {
        let pool = pool();
        let devices: Vec<&PoolDevice> = pool.devices().iter().collect();
        let mut bytes = Trained::train(&pool, &devices, 0).unwrap().to_bytes().unwrap();
        let name = b"simulated_constants";
        let place = bytes.windows(name.len()).position(|window| window == name).unwrap();
        bytes[place] = b'z';
        let refused = Trained::from_bytes(&bytes).unwrap_err();
        insta::assert_snapshot!(refused, @"not a whole predictor file (tensor `simulated_constants` not found); fetch or train it again");
    }
}
