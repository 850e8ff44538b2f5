//! `tenshot pool`: what a device pool holds.

mod correlate;
pub(crate) mod correlations;
mod show;

use std::path::PathBuf;

use clap::Subcommand;
use tenshot_onnx_models::Space;
use tenshot_predictor::pool::Pool;

use super::Failure;
use super::pool_data::read_pool;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show a pool's devices, how many architectures each was measured on, and its latencies.
    Show(show::Args),
    /// Show how alike a pool's devices order its architectures: Spearman's rank correlations.
    Correlate(correlate::Args),
}

pub(crate) fn run(args: Args) -> Result<(), Failure> {
    match args.action {
        Action::Show(args) => show::run(&args),
        Action::Correlate(args) => correlate::run(&args),
    }
}

/// A pool to look at.
#[derive(Debug, clap::Args)]
struct PoolFile {
    /// A file that `tenshot import` wrote, or the folder published with HELP.
    #[arg(value_name = "POOL")]
    path: PathBuf,
    /// The search space; that of the file, or nasbench201 of a folder, where it is left out.
    #[arg(long)]
    space: Option<Space>,
}

impl PoolFile {
    fn read(&self) -> Result<Pool, Failure> {
        read_pool(&self.path, self.space)
    }
}
