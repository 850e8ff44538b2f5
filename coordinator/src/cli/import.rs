//! `tenshot import`: a published device pool as one file of the project's own format.

use std::path::PathBuf;

use super::pool_data::{PoolData, check_folder_of};
use super::{Exit, Failure, FailureContext, output};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tenshot import --data help --space nasbench201 --out nasbench201.pool")]
pub(crate) struct Args {
    #[command(flatten)]
    pool: PoolData,
    /// The file to write; `--data` of other commands takes it.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(crate) fn run(args: Args) -> Result<(), Failure> {
    check_folder_of(&args.out)?;
    let pool = args.pool.read()?;
    pool.write(&args.out).or_exit(Exit::Machine)?;
    output::line(&format!(
        "{} devices, {} architectures: {}",
        pool.devices().len(),
        pool.architectures().len(),
        args.out.display()
    ))
}
