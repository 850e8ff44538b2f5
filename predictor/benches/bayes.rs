//! Speed of the bundled `bayes` predictors on one core: adapting and predicting.

#![expect(clippy::unwrap_used, reason = "a bench that cannot run should stop")]

use divan::{Bencher, black_box};
use tenshot_onnx_models::{Architecture, Space};
use tenshot_predictor::{Support, SupportMeasurement, Trained, bundled};

fn main() {
    divan::main();
}

/// Ten measurements of a device that is like none of the pool.
fn support(trained: &Trained, whole_ms: bool) -> Support {
    let architectures = trained.space().sample(1, 10).unwrap();
    let costs = trained.method().expected_cost(&architectures);
    let latency = |(position, cost): (usize, f64)| {
        let ms = 7.0 * cost.powf(1.3) * (1.0 + 0.05 * (position as f64).sin()) + 1.0;
        if whole_ms { ms.round() } else { ms }
    };
    let latencies = costs.into_iter().enumerate().map(latency);
    let measurements = architectures.into_iter().zip(latencies).map(|(one, ms)| SupportMeasurement::new(one, ms));
    Support::new(measurements.collect()).unwrap()
}

#[divan::bench(args = Space::ALL)]
fn adapt_from_ten_measurements(bencher: Bencher<'_, '_>, space: &Space) {
    let trained = bundled(*space).unwrap();
    let support = support(&trained, false);
    bencher.bench_local(|| trained.adapt(black_box(&support)).unwrap());
}

#[divan::bench(args = Space::ALL)]
fn adapt_from_ten_whole_milliseconds(bencher: Bencher<'_, '_>, space: &Space) {
    let trained = bundled(*space).unwrap();
    let support = support(&trained, true);
    bencher.bench_local(|| trained.adapt(black_box(&support)).unwrap());
}

/// Architectures that nobody has seen before, from what is parsed to milliseconds.
#[divan::bench(args = Space::ALL)]
fn predict_10_000_random_architectures_means_alone(bencher: Bencher<'_, '_>, space: &Space) {
    let trained = bundled(*space).unwrap();
    let adapted = trained.adapt(&support(&trained, false)).unwrap();
    let random = space.sample(2, 10_000).unwrap();
    bencher.bench_local(|| adapted.means_ms(black_box(&random)).unwrap());
}

#[divan::bench(args = Space::ALL)]
fn predict_1_000_random_architectures_with_intervals(bencher: Bencher<'_, '_>, space: &Space) {
    let trained = bundled(*space).unwrap();
    let adapted = trained.adapt(&support(&trained, false)).unwrap();
    let random = space.sample(2, 1_000).unwrap();
    bencher.bench_local(|| adapted.predict(black_box(&random)).unwrap());
}

#[divan::bench]
fn predict_all_cells_with_intervals(bencher: Bencher<'_, '_>) {
    let trained = bundled(Space::NasBench201).unwrap();
    let adapted = trained.adapt(&support(&trained, false)).unwrap();
    let all: Vec<Architecture> = Space::NasBench201.enumerate().unwrap().collect();
    bencher.bench_local(|| adapted.predict(black_box(&all)).unwrap());
}

#[divan::bench]
fn predict_all_cells_means_alone(bencher: Bencher<'_, '_>) {
    let trained = bundled(Space::NasBench201).unwrap();
    let adapted = trained.adapt(&support(&trained, false)).unwrap();
    let all: Vec<Architecture> = Space::NasBench201.enumerate().unwrap().collect();
    bencher.bench_local(|| adapted.means_ms(black_box(&all)).unwrap());
}

#[divan::bench(args = Space::ALL)]
fn read_bundled(bencher: Bencher<'_, '_>, space: &Space) {
    bencher.bench_local(|| bundled(black_box(*space)).unwrap());
}
