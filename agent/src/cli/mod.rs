//! The command line, shared by `tenshot-agent` and `tenshot agent`.

mod bench;
mod report;
mod run;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::worker;

/// What an agent can be told: the subcommands of `tenshot-agent`, and of `tenshot agent`.
#[derive(Debug, Args)]
pub struct Command {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Bench(bench::BenchArgs),
    Run(run::RunArgs),
    /// Measure one job in this process (for the agent's own use)
    #[command(hide = true, name = worker::Host::SUBCOMMAND)]
    MeasureWorker,
}

/// Does what the command says; `host` is the program that measuring processes are started from.
///
/// A failure is one line on the standard error, and an [`Exit`](tenshot_kit::Exit) code.
#[must_use]
pub fn dispatch(command: Command, host: worker::Host) -> ExitCode {
    let program = host.program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let done = match command.action {
        Action::Bench(args) => bench::bench(args, &host),
        Action::Run(args) => run::run(args, host),
        Action::MeasureWorker => return worker::run_child(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(&program),
    }
}
