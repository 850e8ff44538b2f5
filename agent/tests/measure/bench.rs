//! `tenshot-agent bench`.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use tenshot_protocol::v1::Measurement;

use crate::{PROGRAM, Workbench};

fn bench(model: &Path, arguments: &str) -> Output {
    let words = arguments.split_whitespace();
    Command::new(PROGRAM).arg("bench").arg(model).args(words).stdin(Stdio::null()).output().unwrap()
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[test]
fn json_is_the_whole_measurement() {
    let ended = bench(Workbench::new().model().as_path(), "--json");
    assert_eq!(ended.status.code(), Some(0), "{}", text(ended.stderr));
    let output = text(ended.stdout);
    let measurement: Measurement = serde_json::from_str(&output).unwrap();
    assert_eq!(serde_json::to_string(&measurement).unwrap() + "\n", output);
    assert_eq!((measurement.warmup_runs, measurement.samples_ns.len()), (10, 50));
    assert_eq!((measurement.settings.preset.as_str(), measurement.latency_ms.trimmed_runs), ("help", 5));
}

#[test]
fn a_suspect_measurement_is_a_success() {
    let ended = bench(Workbench::new().model().as_path(), "--runs 3");
    assert_eq!(ended.status.code(), Some(0));
    let output = text(ended.stdout);
    assert!(output.contains("verdict     suspect: 3 samples, 10 needed"), "{output}");
}

#[test]
fn bad_input_is_one_line_and_a_code() {
    let workbench = Workbench::new();
    let whole = std::fs::read(workbench.model()).unwrap();
    let truncated = workbench.write("truncated.onnx", &whole[..whole.len() / 2]);
    let page = workbench.write("page.onnx", b"<html>404</html>");
    let model = workbench.model();
    let wrongs = [
        (workbench.path("missing.onnx"), "", 3, "No such file or directory"),
        (truncated, "", 3, "check that the file is whole"),
        (page, "", 3, "check that the file is whole"),
        (model.clone(), "--batch 2", 3, "build the model with batch 2"),
        (model.clone(), "--backend ort", 3, "this build has tract"),
        (model.clone(), "--cpus 100000", 5, "processor 100000 does not exist here"),
        (model.clone(), "--memory-limit-mib 1", 6, "--memory-limit-mib allows more"),
        (model.clone(), "--min-ms 99999 --time-limit-s 1", 6, "--time-limit-s allows more"),
        (model, "--preset best", 2, "this version knows help"),
    ];
    for (model, arguments, code, words) in wrongs {
        let ended = bench(&model, arguments);
        let line = text(ended.stderr);
        assert_eq!(ended.status.code(), Some(code), "{line}");
        assert!(line.starts_with("tenshot-agent: ") && line.contains(words) && line.lines().count() == 1, "{line}");
        assert!(ended.stdout.is_empty());
    }
}

#[test]
fn sensors_are_read_below_the_root() {
    let workbench = Workbench::new();
    std::fs::create_dir_all(workbench.path("root/proc")).unwrap();
    workbench.write("root/proc/loadavg", b"0.31 0.20 0.10 1/129 26460\n");
    let root = workbench.path("root");
    let ended = bench(&workbench.model(), &format!("--json --runs 3 --sysfs-root {}", root.display()));
    let measurement: serde_json::Value = serde_json::from_slice(&ended.stdout).unwrap();
    let before = &measurement["environment"]["before"];
    assert_eq!((&before["load_average"], &before["governor"]), (&0.31.into(), &"unknown".into()));
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    let workbench = Workbench::new();
    let mut command = Command::new(PROGRAM);
    command.arg("bench").arg(workbench.model()).args(["--json", "--runs", "3"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), text(ended.stderr)), (Some(0), String::new()));
}
