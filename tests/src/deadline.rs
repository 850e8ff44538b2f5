//! Nothing in these tests waits for ever: what hangs is ended, and the test fails.

use std::process::{Child, Output};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::run::panic_with;

/// Several times what the slowest step takes on a busy machine of two cores. No test passes or fails
/// by how long it takes: what is not done by then never will be.
const PATIENCE: Duration = Duration::from_secs(900);

/// Repeats a question until it has an answer.
///
/// # Panics
/// Where there is none in time; `what` says what was waited for.
pub fn until<T>(what: &str, mut question: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match question() {
            Some(answer) => return answer,
            None if Instant::now() >= deadline => panic_with(&format!("waited {PATIENCE:?} for {what}, in vain")),
            None => thread::yield_now(),
        }
    }
}

/// Waits for the end of a child that leads a process group, and ends the group where it does not come.
pub(crate) fn output(child: Child) -> std::io::Result<Output> {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let (ended, end) = mpsc::channel::<()>();
    let watchdog = thread::spawn(move || {
        if end.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout)
            && let Some(group) = group
        {
            let _ = kill_process_group(group, Signal::KILL);
        }
    });
    let output = child.wait_with_output();
    drop(ended);
    let _ = watchdog.join();
    output
}
