//! The `tenshot` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    tenshot_coordinator::cli::main()
}
