//! The child's side: reads the job, measures, writes the outcome.

use std::io::{self, BufRead, Write};
use std::panic;
use std::process::{self, ExitCode};
use std::thread;

use tenshot_measurement::{FailureKind, Measurement, MeasurementFailure, Outcome};
use tenshot_protocol::v1;

use crate::board::control;
use crate::worker::{Job, in_process};

/// The measuring process: the hidden subcommand's whole life.
///
/// Its exit code is 0 wherever it could write an outcome, a failed one included.
#[must_use]
pub fn run() -> ExitCode {
    panic::set_hook(Box::new(|info| eprintln!("{}", one_line(&info.to_string()))));
    let job = match read_job() {
        Ok(job) => job,
        Err(error) => {
            eprintln!("no job on the standard input: {error}; this command is for the agent's own use");
            return ExitCode::FAILURE;
        }
    };
    let outcome = match measure(&job) {
        Ok(measurement) => Outcome::Measured(Box::new(measurement)),
        Err(failure) => Outcome::Failed(failure),
    };
    match write_outcome(outcome) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the outcome cannot be written: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(job: &Job) -> Result<Measurement, MeasurementFailure> {
    // The thread comes first: it would be the first to lack memory, with a message of its own.
    end_with_parent()?;
    control::limit_memory(job.limits.memory_bytes).map_err(board_failure)?;
    in_process::measure(job)
}

fn read_job() -> io::Result<Job> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(serde_json::from_str(&line)?)
}

fn write_outcome(outcome: Outcome) -> io::Result<()> {
    let mut output = io::stdout().lock();
    serde_json::to_writer(&mut output, &v1::Outcome::from(outcome))?;
    output.flush()
}

/// Ends this process when its input ends: the parent holds it open as long as it wants an outcome.
/// The thread sleeps in one system call, and so takes nothing from the measurement.
fn end_with_parent() -> Result<(), MeasurementFailure> {
    let wait = || {
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        process::exit(1);
    };
    let thread = thread::Builder::new().name("parent".to_owned()).stack_size(64 << 10).spawn(wait);
    thread.map(drop).map_err(|error| board_failure(format!("failed to start a thread: {error}")))
}

fn board_failure(detail: impl ToString) -> MeasurementFailure {
    MeasurementFailure { kind: FailureKind::Board, detail: detail.to_string() }
}

/// The last line of the standard error is what the parent quotes.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
