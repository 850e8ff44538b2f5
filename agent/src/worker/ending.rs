//! What the end of a measuring process says about the measurement.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use tenshot_protocol::v1::{FailureKind, MeasurementFailure, Outcome};

/// How a measuring process ended by itself.
pub(crate) struct Ending<'a> {
    /// How it exited.
    pub(crate) status: ExitStatus,
    /// What it wrote to its standard output.
    pub(crate) output: &'a [u8],
    /// The last line that it wrote to its standard error.
    pub(crate) last_words: Option<&'a str>,
    /// The memory that it was allowed, in bytes.
    pub(crate) memory_bytes: u64,
}

/// What allocators say before they give up: Rust's own, tract's tensors, a new thread's stack.
const OUT_OF_MEMORY: [&str; 3] = ["memory allocation of", "failed to allocate", "Cannot allocate memory"];

const SIGKILL: i32 = 9;

impl Ending<'_> {
    /// The outcome that the process reported, or why there is none.
    pub(crate) fn outcome(&self) -> Outcome {
        let said = self.said();
        if self.status.success() {
            let outcome = serde_json::from_slice(self.output);
            return outcome.unwrap_or_else(|error| {
                failed(FailureKind::Crashed, format!("it ended without an outcome ({error}){said}"))
            });
        }
        if self.last_words.is_some_and(|line| OUT_OF_MEMORY.iter().any(|words| line.contains(words))) {
            let allowed = self.memory_bytes >> 20;
            return failed(FailureKind::MemoryLimit, format!("more than {allowed} MiB were needed{said}"));
        }
        let how = match (self.status.signal(), self.status.code()) {
            (Some(SIGKILL), _) => "killed from outside, perhaps because the board ran out of memory".to_owned(),
            (Some(signal), _) => format!("signal {signal}{}", signal_name(signal)),
            (None, Some(code)) => format!("exit code {code}"),
            (None, None) => "no exit code".to_owned(),
        };
        failed(FailureKind::Crashed, format!("{how}{said}"))
    }

    fn said(&self) -> String {
        self.last_words.map(|line| format!("; its last words: {line}")).unwrap_or_default()
    }
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

    use tenshot_protocol::v1::{FailureKind, Outcome};

    use super::Ending;

    /// `wait_status` as the operating system packs it: exit code << 8, or the signal.
    fn failure(wait_status: i32, output: &str, last_words: Option<&str>) -> (FailureKind, String) {
        let status = ExitStatus::from_raw(wait_status);
        let ending = Ending { status, output: output.as_bytes(), last_words, memory_bytes: 2 << 30 };
        let Outcome::Failed(failure) = ending.outcome() else { panic!("measured") };
        (failure.kind, failure.detail)
    }

    #[test]
    fn what_the_process_reports_counts() {
        let report = r#"{"failed":{"kind":"board","detail":"no such processor"}}"#;
        assert_eq!(failure(0, report, Some("noise")), (FailureKind::Board, "no such processor".to_owned()));
    }

    #[test]
    fn every_other_ending_is_told_apart() {
        let endings = [
            failure(0, "<garbage>", Some("a word")),
            failure(0, "", None),
            failure(3 << 8, "", Some("no idea")),
            failure(11, "", None),
            failure(9, "", None),
            failure(6, "", Some("memory allocation of 1024 bytes failed")),
            failure(101 << 8, "", Some("panicked: failed to allocate Layout { size: 64 }")),
        ];
        let lines: Vec<String> = endings.iter().map(|(kind, detail)| format!("{kind:?}: {detail}")).collect();
        insta::assert_snapshot!(lines.join("\n"), @"");
    }
}
