//! How long training, adapting and predicting take on the published pools, as JSON.
//!
//! `predictor/check/beside_official.py` prints it beside the same of the official code.
//!
//! ```sh
//! cargo run --release -p tenshot-predictor --example timing -- HELP/data nasbench201 100
//! ```

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use serde_json::json;
use tenshot_predictor::help::{Help, Parts, Settings};
use tenshot_predictor::meta_training::TrainingSplit;
use tenshot_predictor::methods::TrainedMethod;
use tenshot_predictor::pool::{PaperSplit, Pool, PoolDevice};
use tenshot_predictor::{Architecture, Space, Support, SupportMeasurement, bundled};

/// Episodes before the clock starts.
const WARM_UP: u32 = 10;
/// So often is adapted, and so often predicted; medians are printed.
const ADAPTATIONS: usize = 200;
const PREDICTIONS: usize = 9;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, data, space, episodes] = arguments.as_slice() else {
        return Err("give the published data, a space and a number of episodes".into());
    };
    let (space, episodes): (Space, u32) = (space.parse()?, episodes.parse()?);
    let pool = Pool::read(Path::new(data), space)?;
    let split = PaperSplit::of(space).ok_or("the paper has no split of this space")?;
    let (help, episode_ms) = train(&pool, &split, episodes)?;
    let training_peak_mb = peak_memory_mb();
    let target = pool.device(split.test.first().ok_or("the split tests on nothing")?)?;
    let support = Support::new(measurements(&pool, target))?;
    let bayes = bundled(space)?;
    let (by_help, by_bayes) = (help.adapt(&support)?, bayes.adapt(&support)?);
    let all = pool.architectures();
    let one_by_one = |few: &[Architecture]| few.chunks(1).flat_map(|one| by_help.means_ms(one)).collect::<Vec<f64>>();
    let few = all.get(..1_000).unwrap_or(all);
    let numbers = json!({
        "episode_ms": episode_ms,
        "training_peak_mb": training_peak_mb,
        "adapt_ms": median_ms(ADAPTATIONS, || help.adapt(&support)),
        "bayes_adapt_ms": median_ms(ADAPTATIONS, || bayes.adapt(&support)),
        "predictions_per_s": per_second(all.len(), || by_help.means_ms(all)),
        "single_predictions_per_s": per_second(few.len(), || one_by_one(few)),
        "bayes_predictions_per_s": per_second(all.len(), || by_bayes.means_ms(all).unwrap_or_default()),
    });
    println!("{numbers}");
    Ok(())
}

/// Trains as the paper does but for validation; the mean milliseconds of an episode after those
/// that warm up.
fn train(pool: &Pool, split: &PaperSplit, episodes: u32) -> Result<(Help, f64), Box<dyn Error>> {
    let names: Vec<String> = split.train.iter().map(|&name| name.to_owned()).collect();
    let devices = pool.select(&names)?;
    let references = references(pool);
    let split = TrainingSplit { pool, devices: &devices, validation: &[] };
    let paper = Settings::paper(pool.space(), Parts::HELP, 0);
    let settings = Settings { episodes: WARM_UP + episodes, validate_every: WARM_UP, ..paper };
    let (mut warm, mut timed_ms) = (None, 0.0);
    let help = Help::train_from(None, split, &references, settings, &mut |_, _| {
        let started = warm.get_or_insert_with(Instant::now);
        timed_ms = started.elapsed().as_secs_f64() * 1e3;
        Ok(())
    })?;
    Ok((help, timed_ms / f64::from(episodes)))
}

fn references(pool: &Pool) -> Vec<Architecture> {
    let places = pool.ranges().references.iter();
    places.filter_map(|&one| pool.architectures().get(one)).copied().collect()
}

/// What a device gives: its latencies of the references.
fn measurements(pool: &Pool, device: &PoolDevice) -> Vec<SupportMeasurement> {
    let places = pool.ranges().references.iter();
    let latencies_ms = places.filter_map(|&one| device.latencies_ms.get(one));
    references(pool).into_iter().zip(latencies_ms).map(|(one, &ms)| SupportMeasurement::new(one, ms)).collect()
}

fn median_ms<T>(runs: usize, work: impl Fn() -> T) -> f64 {
    let time = |_| {
        let started = Instant::now();
        std::hint::black_box(work());
        started.elapsed().as_secs_f64() * 1e3
    };
    let mut times: Vec<f64> = (0..runs).map(time).collect();
    times.sort_by(f64::total_cmp);
    times.get(runs / 2).copied().unwrap_or(f64::NAN)
}

fn per_second(count: usize, predict: impl Fn() -> Vec<f64>) -> f64 {
    count as f64 * 1e3 / median_ms(PREDICTIONS, predict)
}

/// The most memory that this process has had, where the system tells.
fn peak_memory_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok()? / 1024.0)
}
