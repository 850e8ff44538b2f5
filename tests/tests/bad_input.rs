//! Bad input gets one clear line, a documented exit code, and no panic.

use std::fs;
use std::net::TcpListener;
use std::process::Command;

use tenshot_tests::{Lab, Ran, tenshot, tenshot_agent};

const USAGE: i32 = 2;
const INPUT: i32 = 3;
const COORDINATOR: i32 = 4;
const MACHINE: i32 = 5;

/// The command fails with this code, and its last line says all of `says`.
#[track_caller]
fn fails(mut command: Command, code: i32, says: &[&str]) {
    refuses(Ran::of(&mut command), code, says);
}

#[track_caller]
fn refuses(ran: Ran, code: i32, says: &[&str]) {
    assert_eq!(ran.code, Some(code), "{ran:#?}");
    assert!(!ran.stderr.contains("panicked"), "{ran:#?}");
    let line = ran.stderr.trim_end().lines().last().unwrap_or_default();
    for part in says {
        assert!(line.contains(part), "`{part}` is missing in `{line}`");
    }
}

#[test]
fn architectures() {
    let out = tempfile::tempdir().unwrap();
    let build = |arch: &str| {
        let mut command =
            tenshot(["models", "build", "--space", "nasbench201", "--batch", "1", "--arch", arch, "--out"]);
        command.arg(out.path().join("model.onnx"));
        command
    };
    fails(build("15625"), INPUT, &["15625", "15624"]);
    fails(build("|conv~0|+|none~0|none~1|+|none~0|none~1|none~2|"), INPUT, &["`conv", "nor_conv_3x3"]);
    fails(build("|none~0|"), INPUT, &["column"]);
    let mut space = tenshot(["models", "build", "--space", "darts", "--batch", "1", "--arch", "0", "--out"]);
    space.arg(out.path().join("model.onnx"));
    assert_ne!(Ran::of(&mut space).code, Some(0));
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0, "nothing is left behind");
}

#[test]
fn models() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.onnx");
    let bench = || {
        let mut command = tenshot_agent(["bench"]);
        command.arg(&path);
        command
    };
    fails(bench(), INPUT, &["model.onnx"]);
    fs::write(&path, "this is no model").unwrap();
    fails(bench(), INPUT, &["model.onnx"]);
    let mut build = tenshot(["models", "build", "--arch", "9930", "--out"]);
    let _ = Ran::of(build.arg(&path)).success();
    let whole = fs::read(&path).unwrap();
    fs::write(&path, whole.get(..whole.len() / 2).unwrap()).unwrap();
    fails(bench(), INPUT, &["model.onnx"]);
}

#[test]
fn measurements() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ten.csv");
    let adapt = |csv: &str| {
        fs::write(&path, csv).unwrap();
        let mut command = tenshot(["adapt", "--space", "nasbench201", "--measurements"]);
        command.arg(&path).arg("--out").arg(folder.path().join("out"));
        command
    };
    fails(adapt("architecture,latency_ms\n9930,1\n9,2\n"), INPUT, &["2", "3"]);
    fails(adapt("architecture,latency_ms\n9930,1\n9,2\n55,0\n"), INPUT, &["line 4", "0 ms"]);
    fails(adapt("architecture,latency_ms\n9930,1\n9,2\n55,-1\n"), INPUT, &["-1"]);
    fails(adapt("architecture,latency_ms\n9930,1\n9,fast\n55,1\n"), INPUT, &["fast"]);
    fails(adapt("architecture,latency_ms\n9930,1\n9,2\n9930,1\n"), INPUT, &[]);
    fails(adapt("architecture,milliseconds\n9930,1\n"), INPUT, &["latency_ms"]);
    let _ = Ran::of(&mut adapt("architecture,latency_ms\n9930,3\n9,2\n55,1\n")).success();
}

#[test]
fn predictors() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("predictor.safetensors");
    let predict = || {
        let mut command = tenshot(["predict", "9930", "--predictor"]);
        command.arg(&path);
        command
    };
    fails(predict(), INPUT, &["predictor.safetensors"]);
    fs::write(&path, "this is no predictor").unwrap();
    fails(predict(), INPUT, &["predictor.safetensors"]);
}

#[test]
fn profiles() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("profiles.json");
    let predict = |space: &str, json: &str| {
        fs::write(&path, json).unwrap();
        let mut command = tenshot(["predict", "9930", "--space", space, "--profiles"]);
        command.arg(&path);
        command
    };
    let of_nodes = |nodes: &str| {
        format!(r#"[{{"space": "nasbench201", "architecture": "9", "sha256": "", "runs": 5, "nodes": [{nodes}]}}]"#)
    };
    let one_node = of_nodes(r#"{"node": "stem/convolution", "latency_ns": 9e4}"#);
    fails(predict("nasbench201", "this is no profile"), INPUT, &["profiles.json", "line 1"]);
    fails(predict("nasbench201", "[]"), INPUT, &["profiles.json", "there is no profile"]);
    fails(predict("nasbench201", &one_node), INPUT, &["profiles.json", "3 blocks", "covering"]);
    let negative = of_nodes(r#"{"node": "stem/convolution", "latency_ns": -1}"#);
    fails(predict("nasbench201", &negative), INPUT, &["stem/convolution", "-1 ns"]);
    let foreign = of_nodes(r#"{"node": "Conv_0", "latency_ns": 9e4}"#);
    fails(predict("nasbench201", &foreign), INPUT, &["Conv_0", "stem/convolution"]);
}

#[test]
fn pools() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let import = |from: &str, data: &[u8]| {
        fs::write(&path, data).unwrap();
        let mut command = tenshot(["import", "--space", "nasbench201", "--from", from, "--data"]);
        command.arg(&path).arg("--out").arg(folder.path().join("pool"));
        command
    };
    fails(import("csv", b"architecture,a,b\n9,1,2\n55,1\n"), INPUT, &["data", "line: 3"]);
    fails(import("csv", b"architecture,a,b\n9,1,2\n55,1,\n"), INPUT, &["line 3", "`b`"]);
    fails(import("csv", b"cell,a\n9,1\n"), INPUT, &["`architecture`"]);
    fails(import("csv", b"architecture,a\n9,nan\n"), INPUT, &["`a`", "NaN ms"]);
    fails(import("csv", b"architecture,a\n9,1\n9,1\n"), INPUT, &["twice"]);
    fails(import("latbench", b"\x80\x02cposix\nsystem\nX\x04\x00\x00\x00true\x85R."), INPUT, &["code", "never run"]);
    fails(import("hw-nas-bench", b"\x80\x02}"), INPUT, &["HW-NAS-Bench"]);
    fails(import("campaign", b"{}"), INPUT, &["tenshot campaign show --json"]);
    fails(import("eagle", b""), USAGE, &[]);
    assert!(!folder.path().join("pool").exists(), "nothing is left behind");

    let _ = Ran::of(&mut import("csv", b"architecture,jetson\n9,1\n55,2\n431,3\n")).success();
    let pool = folder.path().join("pool");
    let on_pool = |arguments: &[&str]| {
        let mut command = tenshot(arguments.iter().copied());
        command.arg(&pool);
        command
    };
    fails(on_pool(&["eval", "--train", "jetsom", "--test", "jetson", "--data"]), INPUT, &["`jetsom`", "`jetson`?"]);
    let train = ["meta-train", "--out", "nowhere.safetensors"];
    let train = |rest: &[&str]| on_pool(&[&train[..], rest, &["--data"]].concat());
    fails(train(&["--method", "help", "--without", "header"]), USAGE, &[]);
    fails(train(&["--method", "bayes", "--without", "device"]), INPUT, &["bayes makes no use of --without"]);
    fails(train(&["--method", "help"]), INPUT, &["3 training architectures are too few"]);
    fails(on_pool(&["pool", "show", "--space", "fbnet"]), INPUT, &["nasbench201, not fbnet"]);
    let whole = fs::read(&pool).unwrap();
    fs::write(&pool, whole.get(..whole.len() - 1).unwrap()).unwrap();
    fails(on_pool(&["pool", "correlate"]), INPUT, &["not a whole pool file"]);
}

#[test]
fn nobody_answers() {
    // A port that was free a moment ago.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{address}");
    fails(tenshot(["devices", "list", "--token", "x", "--coordinator", &url]), COORDINATOR, &[&url, "tenshot serve"]);
    fails(tenshot(["devices", "list", "--token", "x", "--coordinator", "lab"]), INPUT, &["`lab`", "http://"]);
    fails(tenshot(["devices", "list"]), USAGE, &["TENSHOT_TOKEN"]);
}

#[test]
fn wrong_tokens() {
    let lab = Lab::start();
    let ask = |token: &str| tenshot(["devices", "list", "--token", token, "--coordinator", &lab.address]);
    fails(ask("wrong"), COORDINATOR, &["token", "reader"]);
    let agent = fs::read_to_string(lab.folder().join("lab/tokens/agent")).unwrap();
    fails(ask(agent.trim()), COORDINATOR, &["role is agent", "reader"]);
    let mut run = tenshot_agent(["run", "--coordinator", &lab.address, "--token", "wrong", "--state-dir"]);
    run.arg(lab.folder().join("state"));
    fails(run, COORDINATOR, &["token"]);
}

#[test]
fn places_that_are_taken() {
    let lab = Lab::start();
    let port = lab.address.trim_start_matches("http://");
    let elsewhere = tempfile::tempdir().unwrap();
    let serve = |listen: &str| {
        let mut command = tenshot(["serve", "--listen", listen, "--data-dir"]);
        command.arg(elsewhere.path().join("lab"));
        command
    };
    fails(serve(port), MACHINE, &[port, "--listen"]);
    fails(serve("0.0.0.0:0"), USAGE, &["0.0.0.0:0", "--allow-plain-http"]);
    let mut unwritable = tenshot(["serve", "--listen", "127.0.0.1:0", "--data-dir"]);
    unwritable.arg("/proc/tenshot");
    fails(unwritable, MACHINE, &["/proc/tenshot", "--data-dir"]);
    let mut shared = tenshot(["serve", "--listen", "127.0.0.1:0", "--data-dir"]);
    shared.arg(lab.folder().join("lab"));
    fails(shared, MACHINE, &["another coordinator uses"]);
}

#[test]
fn campaigns_that_cannot_be() {
    let lab = Lab::start();
    let create = |arguments: &[&str]| {
        let arguments: Vec<&str> = ["campaign", "create", "--name", "x"].iter().chain(arguments).copied().collect();
        lab.tenshot(&arguments)
    };
    refuses(create(&[]), INPUT, &["0 enrolled"]);
    refuses(create(&["--references", "1,2"]), INPUT, &["2 references", "3"]);
    refuses(create(&["--references", "1,2,99999"]), INPUT, &["99999"]);
    refuses(create(&["--references", "1,2,2"]), INPUT, &["twice"]);
    refuses(create(&["--space", "darts"]), INPUT, &["darts", "nasbench201"]);
    refuses(create(&["--threads", "0"]), INPUT, &["threads is 0"]);
    refuses(lab.tenshot(&["campaign", "watch"]), INPUT, &["no campaign yet"]);
    refuses(lab.tenshot(&["campaign", "show", "7"]), INPUT, &["no campaign 7"]);
    refuses(lab.tenshot(&["devices", "show", "desk"]), INPUT, &["`desk`", "no device has enrolled"]);
    refuses(lab.tenshot(&["predict", "--device", "desk", "9930"]), INPUT, &["`desk`"]);
}
