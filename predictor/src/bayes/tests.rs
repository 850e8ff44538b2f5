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
