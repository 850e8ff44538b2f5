//! `tenshot adapt`: a predictor of a device from a table of measurements, without a coordinator or an agent.

use std::fs::File;
use std::path::PathBuf;
use std::time::Instant;

use serde_json::{Value, json};
use tenshot_onnx_models::Space;
use tenshot_predictor::{Adapted, Support, Trained, bundled};

use super::pool_data::check_folder_of;
use super::{Exit, Failure, FailureContext, output};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  tenshot adapt --measurements ten.csv --device toaster --out toaster.safetensors\n  \
                        tenshot predict --predictor toaster.safetensors 9930\n\nThe table's first line is \
                        `architecture,latency_ms`; three rows or more follow, each with a cell string (or the \
                        benchmark's index) and its latency in milliseconds."
)]
pub(crate) struct Args {
    /// The search space.
    #[arg(long, default_value = "nasbench201")]
    space: Space,
    /// The table of measurements, as CSV.
    #[arg(long, value_name = "FILE")]
    measurements: PathBuf,
    /// A trained predictor, as `tenshot meta-train` writes it, in place of the bundled one.
    #[arg(long, value_name = "FILE")]
    predictor: Option<PathBuf>,
    /// The device's name, kept in the file.
    #[arg(long, value_name = "NAME")]
    device: Option<String>,
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Print what was done as JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: Args) -> Result<(), Failure> {
    check_folder_of(&args.out)?;
    let path = &args.measurements;
    let doing = || format!("cannot use {}", path.display());
    let table = File::open(path).or_fail(Exit::Input, doing())?;
    let support = Support::from_csv(table, args.space).or_fail(Exit::Input, doing())?;
    let trained = trained(&args)?;
    let started = Instant::now();
    let adapted = trained.adapt(&support).or_exit(Exit::Input)?;
    let adapting_ms = started.elapsed().as_secs_f64() * 1e3;
    let adapted = match &args.device {
        Some(device) => adapted.for_device(device, Value::Null),
        None => adapted,
    };
    adapted.write(&args.out).or_exit(Exit::Machine)?;
    report(&args, &adapted, adapting_ms)
}

fn trained(args: &Args) -> Result<Trained, Failure> {
    let trained = match &args.predictor {
        Some(path) => Trained::read(path).or_exit(Exit::Input)?,
        None => bundled(args.space).or_exit(Exit::Input)?,
    };
    if trained.space() == args.space {
        Ok(trained)
    } else {
        Err(Failure::input(format_args!("the predictor is for space {}, not {}", trained.space(), args.space)))
    }
}

fn report(args: &Args, adapted: &Adapted, adapting_ms: f64) -> Result<(), Failure> {
    let support = adapted.support();
    let left_out: Vec<String> = adapted
        .header()
        .outliers
        .iter()
        .filter_map(|&place| support.measurements().get(place))
        .map(|measurement| measurement.architecture.to_string())
        .collect();
    if args.json {
        return output::json(&json!({
            "space": args.space,
            "method": adapted.trained_header().method,
            "device": args.device,
            "measurements": support.measurements().len(),
            "left_out_as_outliers": left_out,
            "adapting_ms": adapting_ms,
            "file": args.out,
        }));
    }
    for architecture in left_out {
        eprintln!("left out as an outlier: {architecture}");
    }
    let count = support.measurements().len();
    output::line(&format!("adapted from {count} measurements in {adapting_ms:.2} ms: {}", args.out.display()))
}
