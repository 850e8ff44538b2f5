//! What every command needs to run: logs, and a runtime for those that wait.

use std::io;

use tokio::io::AsyncReadExt;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use super::{Exit, Failure, FailureContext};

/// Sends logs to stderr; warnings and worse, where `TENSHOT_LOG` says nothing else.
pub(crate) fn start_logging() {
    let filter = EnvFilter::try_from_env("TENSHOT_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_target(false);
    // A second call, as in tests, changes nothing.
    let _ = logs.try_init();
}

/// Runs a command that waits for the network.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .or_fail(Exit::Machine, "cannot start threads")?;
    let result = runtime.block_on(work);
    // A read of stdin cannot be interrupted; nothing else is left.
    runtime.shutdown_background();
    result
}

/// Done when the process is asked to end: by SIGTERM or SIGINT or, where `with_stdin`, by the end of its input.
pub(crate) async fn stop_requested(with_stdin: bool) {
    let signalled = async |kind| match signal(kind) {
        Ok(mut signals) => {
            signals.recv().await;
        }
        Err(_) => std::future::pending().await,
    };
    let stdin_ended = async {
        if !with_stdin {
            std::future::pending::<()>().await;
        }
        let mut stdin = tokio::io::stdin();
        let mut buffer = [0_u8; 64];
        while matches!(stdin.read(&mut buffer).await, Ok(count) if count > 0) {}
    };
    tokio::select! {
        () = signalled(SignalKind::terminate()) => {}
        () = signalled(SignalKind::interrupt()) => {}
        () = stdin_ended => {}
    }
}
