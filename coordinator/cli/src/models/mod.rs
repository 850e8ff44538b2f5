//! `tenshot models`: architectures as ONNX files, what they cost, and how they look.

mod blocks;
mod build;
mod choice;
mod cost;
mod draw;
mod folder;
mod list;
mod network_options;
mod references;
mod show;

use std::path::Path;

use clap::Subcommand;
use tenshot_onnx_models::CostSummary;

use super::{Exit, Failure, FailureContext, output};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Write an architecture's network as an ONNX file with random weights.
    Build(build::Args),
    /// Show what an architecture is and what its kernels cost.
    Show(show::Args),
    /// List the search spaces, or architectures of one of them.
    List(list::Args),
    /// Print what networks cost: in all, or node by node.
    Cost(cost::Args),
    /// List the blocks that a space's networks are made of, write them as ONNX files, or name the
    /// networks that contain them all.
    Blocks(blocks::Args),
    /// Draw an architecture as SVG.
    Draw(draw::Args),
    /// List a reference set, and write its models where a folder is given.
    References(references::Args),
}

pub(crate) fn run(args: Args) -> Result<(), Failure> {
    match args.action {
        Action::Build(args) => build::run(&args),
        Action::Show(args) => show::run(&args),
        Action::List(args) => list::run(&args),
        Action::Cost(args) => cost::run(&args),
        Action::Blocks(args) => blocks::run(&args),
        Action::Draw(args) => draw::run(&args),
        Action::References(args) => references::run(&args),
    }
}

fn totals(cost: &CostSummary) -> String {
    let kernels: u64 = cost.kinds.iter().map(|kind| kind.count).sum();
    let (macs, parameters, bytes) = (millions(cost.macs), millions(cost.parameters), millions(cost.bytes));
    format!("{macs} M multiply-accumulates, {parameters} M parameters, {bytes} MB moved, {kernels} kernels")
}

fn millions(number: u64) -> String {
    format!("{:.3}", number as f64 / 1e6)
}

fn create_folder(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).or_fail(Exit::Machine, format_args!("cannot create {}", folder.display()))
}

fn write(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    output::file(file, bytes)
}
