//! What the end of a measuring process says about the measurement.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use tenshot_measurement::{FailureKind, MeasurementFailure, Outcome};
use tenshot_protocol::v1;

/// How a measuring process ended by itself.
pub(crate) struct ChildExit<'a> {
    /// How it exited.
    pub(crate) status: ExitStatus,
    /// What it wrote to its standard output.
    pub(crate) output: &'a [u8],
    /// The end of what it wrote to its standard error.
    pub(crate) errors: &'a str,
    /// The memory that it was allowed, in bytes.
    pub(crate) memory_bytes: u64,
}

/// What allocators say before they give up: Rust's own, tract's tensors, a new thread's stack, and
/// the reading of a file.
const OUT_OF_MEMORY: [&str; 4] =
    ["memory allocation of", "failed to allocate", "Cannot allocate memory", "out of memory"];

const SIGKILL: i32 = 9;

impl ChildExit<'_> {
    /// The outcome that the process reported, or why there is none.
    pub(crate) fn outcome(&self) -> Outcome {
        let said = said(self.errors);
        if self.status.success() {
            return match serde_json::from_slice::<v1::Outcome>(self.output).map(Outcome::from) {
                // A model that did not fit where it was read is not at fault.
                Ok(Outcome::Failed(failure)) if is_out_of_memory(&failure.detail) => {
                    self.memory_limit(&said_last(&failure.detail))
                }
                Ok(outcome) => outcome,
                Err(error) => failed(FailureKind::Crashed, format!("it ended without an outcome ({error}){said}")),
            };
        }
        if self.errors.lines().any(is_out_of_memory) {
            return self.memory_limit(&said);
        }
        let how = match (self.status.signal(), self.status.code()) {
            (Some(SIGKILL), _) => "killed from outside, perhaps because the board ran out of memory".to_owned(),
            (Some(signal), _) => format!("signal {signal}{}", signal_name(signal)),
            (None, Some(code)) => format!("exit code {code}"),
            (None, None) => "no exit code".to_owned(),
        };
        failed(FailureKind::Crashed, format!("{how}{said}"))
    }

    fn memory_limit(&self, said: &str) -> Outcome {
        let allowed = self.memory_bytes >> 20;
        failed(FailureKind::MemoryLimit, format!("more than {allowed} MiB were needed{said}"))
    }
}

/// What a process said before its end, to be put behind what is known already.
pub(crate) fn said(errors: &str) -> String {
    last_words(errors).map(said_last).unwrap_or_default()
}

fn said_last(words: &str) -> String {
    format!("; its last words: {words}")
}

/// The last line that is not blank; where memory ran out, the line that says so: advice may follow it.
fn last_words(errors: &str) -> Option<&str> {
    let lines = || errors.lines().map(str::trim);
    lines().rfind(|line| is_out_of_memory(line)).or_else(|| lines().rfind(|line| !line.is_empty()))
}

fn is_out_of_memory(line: &str) -> bool {
    OUT_OF_MEMORY.iter().any(|words| line.contains(words))
}

fn failed(kind: FailureKind, detail: String) -> Outcome {
    Outcome::Failed(MeasurementFailure { kind, detail })
}

fn signal_name(signal: i32) -> &'static str {
    match signal {
        4 => " (illegal instruction)",
        6 => " (abort)",
        7 => " (bus error)",
        8 => " (arithmetic exception)",
        11 => " (segmentation fault)",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;

    use tenshot_measurement::{FailureKind, Outcome};

    use super::ChildExit;

    /// `wait_status` as the operating system packs it: exit code << 8, or the signal.
    fn failure(wait_status: i32, output: &str, errors: &str) -> (FailureKind, String) {
        let status = ExitStatus::from_raw(wait_status);
        let ending = ChildExit { status, output: output.as_bytes(), errors, memory_bytes: 2 << 30 };
        let Outcome::Failed(failure) = ending.outcome() else { panic!("measured") };
        (failure.kind, failure.detail)
    }

    #[test]
    fn what_the_process_reports_counts() {
        let report = r#"{"failed":{"kind":"board","detail":"no such processor"}}"#;
        assert_eq!(failure(0, report, "noise"), (FailureKind::Board, "no such processor".to_owned()));
    }

    #[test]
    fn a_model_that_did_not_fit_is_not_at_fault() {
        let report = r#"{"failed":{"kind":"model_unreadable","detail":"no ONNX model (out of memory)"}}"#;
        let (kind, detail) = failure(0, report, "");
        assert_eq!(kind, FailureKind::MemoryLimit);
        assert_eq!(detail, "more than 2048 MiB were needed; its last words: no ONNX model (out of memory)");
    }

    #[test]
    fn every_other_ending_is_told_apart() {
        let endings = [
            failure(0, "<garbage>", "a word\n"),
            failure(0, "", ""),
            failure(3 << 8, "", "first\n no idea\n\n  \n"),
            failure(11, "", ""),
            failure(9, "", " \n"),
            failure(6, "", "memory allocation of 1024 bytes failed\nnote: some advice\n"),
            failure(101 << 8, "", "panicked: failed to allocate Layout { size: 64 }"),
        ];
        let lines: Vec<String> = endings.iter().map(|(kind, detail)| format!("{kind:?}: {detail}")).collect();
        insta::assert_snapshot!(lines.join("\n"), @r"
        Crashed: it ended without an outcome (expected value at line 1 column 1); its last words: a word
        Crashed: it ended without an outcome (EOF while parsing a value at line 1 column 0)
        Crashed: exit code 3; its last words: no idea
        Crashed: signal 11 (segmentation fault)
        Crashed: killed from outside, perhaps because the board ran out of memory
        MemoryLimit: more than 2048 MiB were needed; its last words: memory allocation of 1024 bytes failed
        MemoryLimit: more than 2048 MiB were needed; its last words: panicked: failed to allocate Layout { size: 64 }
        ");
    }
}
