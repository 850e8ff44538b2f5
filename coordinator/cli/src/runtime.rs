//! The runtime of commands that wait for the network.

use tenshot_kit::Stop;

use super::{Exit, Failure, FailureContext};

/// Runs a command that waits for the network.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .or_fail(Exit::Machine, "cannot start threads")?;
    let result = runtime.block_on(work);
    // A name look-up may still run on a thread of its own; nothing waits for it.
    runtime.shutdown_background();
    result
}

/// Listens for requests to end: by SIGTERM or SIGINT or, where `with_stdin`, by the end of the input.
pub(crate) fn listen_for_stop(with_stdin: bool) -> Result<Stop, Failure> {
    Stop::listen(with_stdin).or_fail(Exit::Machine, "cannot listen for signals")
}
