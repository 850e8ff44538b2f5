//! A small pool of made-up devices for tests.

use std::sync::LazyLock;

use tenshot_onnx_models::{Architecture, Space};

use crate::artefact::Trained;
use crate::pool::{Platform, Pool, PoolDevice, Ranges};
use crate::random::Random;
use crate::support::{Support, SupportMeasurement};

/// The pool's training architectures; as many queries follow.
pub(crate) const TRAINING: usize = 60;

/// What a device spends on each live operation (skip, 1x1, 3x3, pooling) and on everything else,
/// in milliseconds.
type Costs = ([f64; 4], f64);

const DEVICES: [(&str, &str, Costs); 7] = [
    ("gpu_1", "gpu", ([0.2, 1.0, 1.4, 0.9], 3.0)),
    ("gpu_32", "gpu", ([0.2, 1.1, 1.9, 1.0], 3.0)),
    ("server_a", "server_a", ([0.1, 1.0, 3.0, 1.2], 2.0)),
    ("server_b", "server_b", ([0.1, 0.9, 3.6, 1.0], 1.5)),
    ("phone", "phone", ([0.3, 2.0, 9.0, 2.5], 4.0)),
    ("board", "board", ([0.1, 3.0, 12.0, 6.0], 5.0)),
    ("target", "target", ([0.2, 1.5, 5.0, 1.5], 2.5)),
];

/// Names of the devices to train on: all but `target`.
pub(crate) const SOURCES: [&str; 6] = ["gpu_1", "gpu_32", "server_a", "server_b", "phone", "board"];

/// The latency of an architecture on a device with these costs, without noise.
fn latency_ms((operations, rest): &Costs, architecture: &Architecture) -> f64 {
    let cell = architecture.as_cell().unwrap();
    let live = cell.operations().iter().zip(cell.live_edges()).filter(|(_, live)| *live);
    // `none` is never live; the costs are in the order of the other four.
    rest + live.map(|(operation, _)| operations[operation.ordinal() - 1]).sum::<f64>()
}

/// The pool: seven devices, with 2% of noise.
pub(crate) fn pool() -> Pool {
    let space = Space::NasBench201;
    let architectures = space.sample(5, 2 * TRAINING).unwrap();
    let device = |(number, (name, model, costs)): (usize, &(&str, &str, Costs))| {
        let mut random = Random::stream(0, &[number as u64]);
        let noisy = |one| latency_ms(costs, one) * (1.0 + 0.02 * random.normal());
        let platform = match *model {
            "gpu" => Platform::Gpu,
            "server_a" | "server_b" => Platform::ServerCpu,
            other => Platform::Other(other.to_owned()),
        };
        PoolDevice::new(name, model, platform, architectures.iter().map(noisy).collect())
    };
    let devices = DEVICES.iter().enumerate().map(device).collect();
    let ranges = Ranges { training: 0..TRAINING, queries: TRAINING..2 * TRAINING, references: (0..10).collect() };
    Pool::new(space, architectures, devices, ranges).unwrap()
}

/// A predictor trained on the pool's sources.
pub(crate) fn trained() -> Trained {
    static TRAINED: LazyLock<Trained> = LazyLock::new(|| {
        let pool = pool();
        Trained::train(&pool, &pool.select(&SOURCES.map(str::to_owned)).unwrap(), 0).unwrap()
    });
    TRAINED.clone()
}

/// Noiseless measurements of `target`.
pub(crate) fn support(architectures: &[Architecture]) -> Support {
    let (_, _, costs) = &DEVICES[6];
    let measure = |one: &Architecture| SupportMeasurement::new(*one, latency_ms(costs, one));
    Support::new(architectures.iter().map(measure).collect()).unwrap()
}

/// What `target` takes without noise.
pub(crate) fn target_ms(architectures: &[Architecture]) -> Vec<f64> {
    architectures.iter().map(|one| latency_ms(&DEVICES[6].2, one)).collect()
}

/// What each made-up device of HAT spends on the encoder, on a decoder layer, and on the width of
/// its feed-forward network.
const HAT_DEVICES: [[f64; 3]; 4] = [[5.0, 20.0, 4.0], [30.0, 10.0, 25.0], [9.0, 30.0, 10.0], [20.0, 12.0, 12.0]];

/// The latency of a Transformer on a device of [`hat_pool`], without noise.
pub(crate) fn hat_ms(device: usize, architecture: &Architecture) -> f64 {
    let Architecture::Hat(transformer) = architecture else { return f64::NAN };
    let [encoder, layer, width] = HAT_DEVICES[device];
    let decoder = transformer.decoder_layers().iter();
    encoder + decoder.map(|one| layer + width * f64::from(one.feed_forward) / 3072.0).sum::<f64>()
}

/// Four devices of HAT, each with Transformers of its own, as the published files are.
pub(crate) fn hat_pool() -> Pool {
    let device = |number: usize| {
        let architectures = Space::Hat.sample(number as u64, 3 * TRAINING).unwrap();
        let latencies_ms = architectures.iter().map(|one| hat_ms(number, one)).collect();
        let named = PoolDevice::named(&format!("device{number}"), latencies_ms);
        PoolDevice { own_architectures: Some(architectures), ..named }
    };
    let devices = (0..HAT_DEVICES.len()).map(device).collect();
    let ranges = Ranges { training: 0..2 * TRAINING, queries: 2 * TRAINING..3 * TRAINING, references: Vec::new() };
    Pool::new(Space::Hat, Vec::new(), devices, ranges).unwrap()
}
