//! Speed of `help` at the paper's sizes: an episode of training, adapting, predicting.
//!
//! Times do not depend on what was learned, so the latencies are made up.

#![expect(clippy::unwrap_used, reason = "a bench that cannot run should stop")]

use divan::{Bencher, black_box};
use tenshot_onnx_models::{Architecture, Space};
use tenshot_predictor::help::{Help, Parts, Settings};
use tenshot_predictor::meta_training::TrainingSplit;
use tenshot_predictor::methods::{AdaptedMethod, TrainedMethod};
use tenshot_predictor::pool::{Platform, Pool, PoolDevice, Ranges};
use tenshot_predictor::{Support, SupportMeasurement};

fn main() {
    divan::main();
}

/// So many architectures are trained on, as in the paper for NAS-Bench-201.
const TRAINING: usize = 900;
const EPISODES: u32 = 10;

fn latency_ms(device: usize, position: usize) -> f64 {
    10.0 + (1.0 + 0.1 * device as f64) * (0.37 * position as f64).sin()
}

fn pool(space: Space) -> Pool {
    let device = |number: usize| {
        let latencies = (0..TRAINING).map(|position| latency_ms(number, position)).collect();
        PoolDevice::new(&format!("device{number}"), "device", Platform::Phone, latencies)
    };
    let ranges = Ranges { training: 0..TRAINING, queries: 0..TRAINING, references: Vec::new() };
    Pool::new(space, space.sample(1, TRAINING).unwrap(), (0..9).map(device).collect(), ranges).unwrap()
}

fn train(pool: &Pool, episodes: u32) -> Help {
    let devices: Vec<&PoolDevice> = pool.devices().iter().collect();
    let split = TrainingSplit { pool, devices: &devices, validation: &[] };
    Help::train(
        split,
        &pool.architectures()[..10],
        Settings { episodes, ..Settings::paper(pool.space(), Parts::HELP, 0) },
        &|_| (),
    )
    .unwrap()
}

fn support(help: &Help) -> Support {
    let measure = |(position, one): (usize, &Architecture)| SupportMeasurement::new(*one, latency_ms(9, position));
    Support::new(help.references().iter().enumerate().map(measure).collect()).unwrap()
}

fn adapted(space: Space) -> Box<dyn AdaptedMethod> {
    let help = train(&pool(space), 1);
    help.adapt(&support(&help)).unwrap()
}

const SPACES: [Space; 4] = [Space::NasBench201, Space::FbNet, Space::MobileNetV3, Space::Hat];

/// Ten episodes of eight devices, ten support and 200 query architectures.
#[divan::bench(args = SPACES, sample_count = 10)]
fn train_ten_episodes(bencher: Bencher<'_, '_>, space: Space) {
    let pool = pool(space);
    bencher.bench_local(|| train(black_box(&pool), EPISODES));
}

#[divan::bench(args = SPACES)]
fn adapt_from_ten_measurements(bencher: Bencher<'_, '_>, space: Space) {
    let help = train(&pool(space), 1);
    let support = support(&help);
    bencher.bench_local(|| help.adapt(black_box(&support)).unwrap());
}

#[divan::bench(sample_count = 20)]
fn predict_all_cells(bencher: Bencher<'_, '_>) {
    let adapted = adapted(Space::NasBench201);
    let all: Vec<Architecture> = Space::NasBench201.enumerate().unwrap().collect();
    bencher.counter(divan::counter::ItemsCount::new(all.len())).bench_local(|| adapted.means_ms(black_box(&all)));
}

#[divan::bench]
fn predict_one_cell(bencher: Bencher<'_, '_>) {
    let adapted = adapted(Space::NasBench201);
    let some = Space::NasBench201.sample(2, 1000).unwrap();
    let mut next = some.chunks(1).cycle();
    bencher.counter(divan::counter::ItemsCount::new(1usize)).bench_local(|| adapted.means_ms(next.next().unwrap()));
}

/// Architectures never seen before, encoding included.
#[divan::bench(args = &SPACES[1..], sample_count = 20)]
fn predict_new_architectures(bencher: Bencher<'_, '_>, space: Space) {
    let adapted = adapted(space);
    let new = space.sample(3, 10_000).unwrap();
    bencher.counter(divan::counter::ItemsCount::new(new.len())).bench_local(|| adapted.means_ms(black_box(&new)));
}
