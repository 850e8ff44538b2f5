//! The `tenshot` command line: one file per command.
//!
//! Every command file has `pub(crate) struct Args` (clap) and `pub(crate) fn run(args: Args) -> Result<(), Failure>`.
//! Results go to stdout (a table, or JSON with `--json`), progress and logs to stderr.

mod adapt;
mod campaign;
mod campaign_document;
mod client;
mod connection;
mod demo;
mod devices;
mod eval;
mod export;
mod import;
mod meta_train;
mod models;
mod output;
mod pool;
mod pool_data;
mod predict;
mod predictors;
mod progress;
mod runtime;
mod serve;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tenshot_agent::worker::Host;
pub(crate) use tenshot_kit::{Exit, Failure, FailureContext};

/// Ten measurements on a board become a latency predictor for every architecture of a search space.
#[derive(Debug, Parser)]
#[command(
    name = "tenshot",
    version,
    after_help = "Exit codes:\n  0  success\n  1  a defect or an unforeseen error\n  2  the command line cannot be \
                  understood\n  3  a file, architecture or number that was given is wrong\n  4  the coordinator cannot \
                  be reached, or refused\n  5  the machine refused: port in use, no permission, disk full, folder \
                  locked\n  6  the work ended, and its result is incomplete\n\nLogs go to stderr; TENSHOT_LOG sets \
                  their level, such as `info` or `tenshot_coordinator=debug`."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measure this machine, adapt a predictor to it, and hold its predictions against fresh measurements.
    Demo(demo::Args),
    /// Run the coordinator.
    Serve(serve::Args),
    /// Create, list, watch and stop collection campaigns.
    Campaign(campaign::Args),
    /// Show devices and what is known of them.
    Devices(devices::Args),
    /// List and pull adapted predictors.
    Predictors(predictors::Args),
    /// Predict latencies, by a coordinator or by a predictor's file.
    Predict(predict::Args),
    /// Adapt a predictor to a device from a table of measurements.
    Adapt(adapt::Args),
    /// Turn an adapted predictor into an ONNX file, for runtimes and programs without this one.
    Export(export::Args),
    /// Train a predictor on a device pool.
    MetaTrain(meta_train::Args),
    /// Show how well a method predicts devices that it was not trained on.
    Eval(eval::Args),
    /// Turn published or exported latencies into a device pool's file.
    Import(import::Args),
    /// Show what a device pool holds.
    Pool(pool::Args),
    /// Build and show the networks of a search space, and its reference sets.
    Models(models::Args),
    /// Measure models on this machine: everything that `tenshot-agent` does.
    Agent(tenshot_agent::cli::Command),
}

/// Runs the command line of this process.
fn main() -> ExitCode {
    let command = Cli::parse().command;
    // The agent logs in its own way.
    if !matches!(command, Command::Agent(_)) {
        tenshot_kit::start_logging("warn");
    }
    run(command).unwrap_or_else(|failure| failure.report("tenshot"))
}

fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Demo(args) => demo::run(args),
        Command::Serve(args) => serve::run(args),
        Command::Campaign(args) => campaign::run(args),
        Command::Devices(args) => devices::run(args),
        Command::Predictors(args) => predictors::run(args),
        Command::Predict(args) => predict::run(args),
        Command::Adapt(args) => adapt::run(args),
        Command::Export(args) => export::run(args),
        Command::MetaTrain(args) => meta_train::run(args),
        Command::Eval(args) => eval::run(args),
        Command::Import(args) => import::run(args),
        Command::Pool(args) => pool::run(args),
        Command::Models(args) => models::run(args),
        Command::Agent(command) => {
            let host = Host::current(&["agent"]).or_fail(Exit::Machine, "cannot find this program's own file")?;
            return Ok(tenshot_agent::cli::dispatch(command, host));
        }
    }
    .map(|()| ExitCode::SUCCESS)
}
