//! `tenshot import`: a device pool as one file of the project's own format.

mod campaign;

use std::path::PathBuf;
use std::str::FromStr;

use tenshot_onnx_models::Space;
use tenshot_predictor::pool::{Pool, Source};

use super::pool_data::check_folder_of;
use super::{Exit, Failure, FailureContext, output};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Sources:\n  published     the folder published with HELP, or HAT's CSV files (in it as hat/, or by themselves)\n  \
                  csv           a table: `architecture` and a column of latencies for each device\n  \
                  hw-nas-bench  HW-NAS-Bench-v1_0.pickle\n  \
                  latbench      LatBench's pickles: a folder, or one file\n  \
                  measurements  CSV files with `architecture,latency_ms`, one a device: a folder, or one file\n  \
                  campaign      what `tenshot campaign show --json` printed\n\n\
                  Examples:\n  tenshot import --data help --space fbnet --out fbnet.pool\n  \
                  tenshot import --from csv --data lab.csv --out lab.pool"
)]
pub(crate) struct Args {
    /// What kind of source it is.
    #[arg(long, value_name = "SOURCE", default_value = "published")]
    from: Form,
    /// The file or folder to read.
    #[arg(long, value_name = "DIR|FILE")]
    data: PathBuf,
    /// The search space; a campaign names its own.
    #[arg(long, default_value = "nasbench201")]
    space: Space,
    /// The file to write; `--data` of other commands takes it.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// A form of latencies: those that the predictor's crate reads, and the coordinator's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Pool(Source),
    Campaign,
}

impl FromStr for Form {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "campaign" => Ok(Self::Campaign),
            _ => text.parse().map(Self::Pool).map_err(|error| format!("{error}, campaign")),
        }
    }
}

pub(crate) fn run(args: Args) -> Result<(), Failure> {
    check_folder_of(&args.out)?;
    let pool = match args.from {
        Form::Pool(source) => Pool::import(source, &args.data, args.space).or_exit(Exit::Input)?,
        Form::Campaign => campaign::read(&args.data)?,
    };
    pool.write(&args.out).or_exit(Exit::Machine)?;
    output::line(&format!(
        "{} devices, {} architectures{}: {}",
        pool.devices().len(),
        pool.architectures_per_device(),
        if pool.is_shared() { "" } else { " each" },
        args.out.display()
    ))
}
