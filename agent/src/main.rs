//! The `tenshot-agent` command.

use std::process::ExitCode;

use clap::Parser;
use tenshot_agent::cli;
use tenshot_agent::worker::Host;
use tenshot_kit::Failure;

/// Measure ONNX models on this board, alone or for a coordinator
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    #[command(flatten)]
    command: cli::Command,
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    match Host::current(&[]) {
        Ok(host) => cli::dispatch(command, host),
        Err(error) => {
            Failure::machine(format!("failed to find this program's own file: {error}")).report("tenshot-agent")
        }
    }
}
