//! `tenshot pool correlate`: the paper's Table A.3 for any pool.

use std::path::PathBuf;

use super::{PoolFile, correlations};
use crate::Failure;
use crate::pool_data::check_folder_of;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tenshot pool correlate fbnet.pool --svg fbnet.svg")]
pub(super) struct Args {
    #[command(flatten)]
    pool: PoolFile,
    /// Write the matrix as a picture, too.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    args.svg.as_deref().map_or(Ok(()), check_folder_of)?;
    correlations::show(&args.pool.read()?, args.svg.as_deref(), None, args.json)
}
