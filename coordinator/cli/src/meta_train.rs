//! `tenshot meta-train`: train a predictor on a device pool.

mod episodes;
mod report;

use std::path::PathBuf;
use std::time::Instant;

use tenshot_onnx_models::Space;
use tenshot_predictor::artefact::MethodTraining;
use tenshot_predictor::methods::MethodName;

use self::episodes::EpisodeArgs;
use super::pool_data::{PoolData, check_folder_of, device_names};
use super::{Exit, Failure, FailureContext, output};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tenshot meta-train --data help --out all.safetensors\n  tenshot meta-train --data help \
                        --train 1080ti_1,1080ti_32,raspi4 --out three.safetensors\n  tenshot meta-train --data help --method \
                        help --train 1080ti_1,1080ti_32,silver_4114 --checkpoint half.ckpt --report help.html --out help.safetensors\n\nThe same data, devices and seed \
                        give the same file, byte for byte."
)]
pub(crate) struct Args {
    #[command(flatten)]
    pool: PoolData,
    /// Devices to train on, between commas, or `all`.
    #[arg(long, value_name = "DEVICES", value_delimiter = ',', default_value = "all")]
    train: Vec<String>,
    /// The method: bayes, help, meta-sgd, maml, anp or layerwise, which learns from no device.
    #[arg(long, default_value = "bayes")]
    method: MethodName,
    /// The seed of everything random.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Write into the file how long training took; its bytes then differ from run to run.
    #[arg(long)]
    record_time: bool,
    /// Write a page for people: settings, devices, scores, and the curve of training in episodes.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Print what the file says of itself as JSON, the scores among it.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    episodes: EpisodeArgs,
}

pub(crate) fn run(args: Args) -> Result<(), Failure> {
    check_folder_of(&args.out)?;
    let training = MethodTraining::of(args.method).or_exit(Exit::Input)?;
    if let Some(flag) = args.episodes.unused_by(training) {
        return Err(Failure::input(format_args!("{} makes no use of {flag}; leave it out", args.method)));
    }
    args.report.as_deref().map_or(Ok(()), check_folder_of)?;
    let pool = args.pool.read(Space::NasBench201)?;
    let names = device_names(&pool, &args.train);
    let devices = pool.select(&names).or_exit(Exit::Input)?;
    eprintln!("training on {} devices, {} architectures each", devices.len(), pool.ranges().training.len());
    let started = Instant::now();
    let mut trained = args.episodes.train(training, &pool, &devices, args.seed)?;
    let seconds = started.elapsed().as_secs_f64();
    if args.record_time {
        trained = trained.with_training_seconds(seconds);
    }
    trained.write(&args.out).or_exit(Exit::Machine)?;
    eprintln!("trained in {seconds:.1} s; wrote {}", args.out.display());
    if let Some(report) = &args.report {
        report::write(report, &trained, &pool, seconds)?;
        eprintln!("wrote {}", report.display());
    }
    if args.json {
        return output::json(trained.header());
    }
    let scores = trained.header().source_scores.iter();
    if scores.len() == 0 {
        return Ok(());
    }
    output::table(
        &["DEVICE, TREATED AS NEW", "SPEARMAN"],
        scores.map(|score| [score.device.clone(), format!("{:.3}", score.spearman)]),
    )
}
