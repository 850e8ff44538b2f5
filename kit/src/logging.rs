//! Logs on the standard error.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

/// Sends logs to stderr: at this level, where `TENSHOT_LOG` says nothing else.
///
/// A program that logs already goes on as it does.
pub fn start_logging(default_level: &str) {
    let filter = EnvFilter::try_from_env("TENSHOT_LOG").unwrap_or_else(|_| EnvFilter::new(default_level));
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false);
    let _ = logs.try_init();
}
