//! The measuring process within its limits.

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Command, Stdio};

use tenshot_agent::backend::RuntimeChoice;
use tenshot_agent::worker::{Host, Job, measure};
use tenshot_measurement::{FailureKind, Limits, Measurement, ModelHash, Outcome, Reading, Settings};

use crate::{Workbench, agent, shell};

async fn measured(job: &Job) -> Measurement {
    match measure(&agent(), job).await {
        Outcome::Measured(measurement) => *measurement,
        Outcome::Failed(failure) => panic!("{failure}"),
    }
}

async fn failure(host: &Host, job: &Job) -> (FailureKind, String) {
    match measure(host, job).await {
        Outcome::Measured(measurement) => panic!("{measurement:?}"),
        Outcome::Failed(failure) => (failure.kind, failure.detail),
    }
}

#[tokio::test]
async fn a_model_is_measured() {
    let workbench = Workbench::new();
    let job = Job { batch: Some(1), ..workbench.job() };
    let measurement = measured(&job).await;
    assert_eq!(measurement.model_sha256, ModelHash::of(&std::fs::read(workbench.model()).unwrap()));
    assert_eq!((measurement.samples_ns.len(), measurement.warmup_runs), (3, 1));
    assert_eq!((measurement.backend.name.as_str(), measurement.threads, measurement.batch), ("tract", 1, 1));
    assert!(measurement.load_ms > 0.0 && measurement.cold_start_ms > 0.0);
    assert_eq!(measurement.environment.before.load_average, Reading::Unknown);
}

#[tokio::test]
async fn several_threads_and_bound_processors() {
    let workbench = Workbench::new();
    let processor = tenshot_agent::board::control::allowed_processors()[0];
    let job = Job { threads: 2, cpu_set: Some(vec![processor]), ..workbench.job() };
    let measurement = measured(&job).await;
    assert_eq!((measurement.threads, measurement.cpu_set), (2, Some(vec![processor])));
}

#[tokio::test]
async fn a_job_that_cannot_be_done_says_why() {
    let workbench = Workbench::new();
    let job = || workbench.job();
    let other = Some(ModelHash::of(b"another file"));
    let jobs = [
        (Job { sha256: other, ..job() }, FailureKind::ModelUnreadable, "the file has the SHA-256 "),
        (
            Job { model: workbench.path("none"), ..job() },
            FailureKind::ModelUnreadable,
            "failed to read the file: No such file",
        ),
        (Job { batch: Some(2), ..job() }, FailureKind::InputUnsupported, "fixed batch of 1, not 2"),
        (Job { cpu_set: Some(vec![100_000]), ..job() }, FailureKind::Board, "processor 100000 does not exist here"),
        (Job { runtime: RuntimeChoice::new("ort", "cpu"), ..job() }, FailureKind::Board, "unknown backend `ort`"),
        (Job { threads: 0, ..job() }, FailureKind::Board, "must be at least 1"),
        (
            Job { settings: Settings { trim_fraction: 0.5, ..Settings::help() }, ..job() },
            FailureKind::Board,
            "trim_fraction is 0.5",
        ),
    ];
    for (job, kind, words) in jobs {
        let (found, detail) = failure(&agent(), &job).await;
        assert_eq!(found, kind, "{detail}");
        assert!(detail.contains(words), "{detail}");
    }
}

#[tokio::test]
async fn time_is_limited() {
    let workbench = Workbench::new();
    let endless = Settings { timed_min_ms: 3_600_000, timed_max_runs: Settings::MOST_RUNS, ..Settings::help() };
    let limits = Limits { time_ms: 300, ..Limits::default() };
    let job = Job { settings: endless, limits, ..workbench.job() };
    assert_eq!(failure(&agent(), &job).await, (FailureKind::TimeLimit, "it did not end within 300 ms".to_owned()));
    let (kind, detail) = failure(&shell("echo still here >&2; exec sleep 3600"), &job).await;
    assert_eq!(kind, FailureKind::TimeLimit);
    assert!(detail.ends_with("; its last words: still here"), "{detail}");
}

#[tokio::test]
async fn memory_is_limited() {
    let workbench = Workbench::new();
    // Enough to start with, too little for the model.
    let limits = Limits { memory_bytes: 1 << 20, ..Limits::default() };
    let (kind, detail) = failure(&agent(), &Job { limits, ..workbench.job() }).await;
    assert_eq!(kind, FailureKind::MemoryLimit, "{detail}");
    assert!(detail.starts_with("more than 1 MiB were needed; its last words: "), "{detail}");
}

#[tokio::test]
async fn a_measuring_process_that_dies_fails_alone() {
    let job = Workbench::new().job();
    let crash = failure(&shell("echo about to crash >&2; kill -SEGV $$"), &job).await;
    let expected = "signal 11 (segmentation fault); its last words: about to crash";
    assert_eq!(crash, (FailureKind::Crashed, expected.to_owned()));
    assert_eq!(failure(&shell("exit 7"), &job).await, (FailureKind::Crashed, "exit code 7".to_owned()));
    let (kind, detail) = failure(&shell("echo '<html>'"), &job).await;
    assert_eq!(kind, FailureKind::Crashed);
    assert!(detail.starts_with("it ended without an outcome ("), "{detail}");
    let missing = Host { program: "/no/such/program".into(), arguments: Vec::new() };
    assert_eq!(failure(&missing, &job).await.0, FailureKind::Board);
}

#[tokio::test]
async fn whoever_gives_up_waiting_ends_the_process() {
    let workbench = Workbench::new();
    let pipe = workbench.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    // The pipe opens when the process has started, and ends when the process does.
    let host = shell(&format!("exec 3> '{}'; exec sleep 3600", pipe.display()));
    let job = workbench.job();
    let started = tokio::task::spawn_blocking(move || File::open(pipe).unwrap());
    let mut alive = tokio::select! {
        outcome = measure(&host, &job) => panic!("{outcome:?}"),
        pipe = started => pipe.unwrap(),
    };
    assert_eq!(alive.read_to_end(&mut Vec::new()).unwrap(), 0);
}

#[test]
fn the_measuring_process_ends_with_its_parent() {
    let workbench = Workbench::new();
    let endless = Settings { timed_min_ms: 3_600_000, timed_max_runs: Settings::MOST_RUNS, ..Settings::help() };
    let job = Job { settings: endless, ..workbench.job() };
    let mut command = Command::new(crate::PROGRAM);
    command.arg(Host::SUBCOMMAND).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(&serde_json::to_vec(&job).unwrap()).unwrap();
    input.write_all(b"\n").unwrap();
    drop(input);
    let ended = child.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), ended.stdout.len()), (Some(1), 0));
}

#[test]
fn the_hidden_command_wants_a_job() {
    let ended = Command::new(crate::PROGRAM).arg(Host::SUBCOMMAND).stdin(Stdio::null()).output().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    let words = String::from_utf8(ended.stderr).unwrap();
    assert!(words.starts_with("no job on the standard input: ") && words.lines().count() == 1, "{words}");
}
