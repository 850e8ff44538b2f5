//! The README's main command, with few probes, looked at as its reader would.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tenshot_tests::{Ran, tenshot};

fn demo(folder: &Path) -> Value {
    let mut command = tenshot(["demo", "--json", "--probes", "4", "--dir"]);
    Ran::of(command.arg(folder)).json()
}

#[test]
fn the_whole_way_on_this_machine() {
    let folder = tempfile::tempdir().unwrap();
    let summary = demo(folder.path());
    for name in ["device", "space", "references", "probes", "spearman", "mape", "coverage_90"] {
        assert!(!summary[name].is_null(), "{name} is missing in {summary}");
    }
    for name in ["measuring", "adapting", "total"] {
        assert!(summary["seconds"][name].as_f64().unwrap() > 0.0, "{name} in {summary}");
    }
    assert_eq!((&summary["references"], &summary["probes"]), (&10.into(), &4.into()));

    // What it leaves is what the other commands take.
    let file = |name: &str| summary["files"][name].as_str().unwrap().to_owned();
    let csv = fs::read_to_string(file("measurements")).unwrap();
    assert_eq!(csv.lines().count(), 1 + 10 + 4);
    let predicted = Ran::of(&mut tenshot(["predict", "--json", "9930", "--predictor", &file("predictor")])).json();
    assert!(predicted[0]["mean_ms"].as_f64().unwrap() > 0.0);
    let adapted = folder.path().join("again.safetensors");
    let mut adapt = tenshot(["adapt", "--space", "nasbench201", "--measurements", &file("measurements"), "--out"]);
    let _ = Ran::of(adapt.arg(&adapted)).success();
    assert!(adapted.exists());

    look_at(&Path::new(&file("report")).canonicalize().unwrap(), folder.path());
}

/// Opens the report in a browser, where there is one: it is well-formed, complete, and asks for nothing from outside.
fn look_at(report: &Path, folder: &Path) {
    let html = fs::read_to_string(report).unwrap_or_default();
    assert!(html.contains("</html>"), "the report is cut off");
    assert!(!html.contains("NaN"));
    for outside in ["src=\"http", "href=\"http", "url(http", "<script"] {
        assert!(!html.contains(outside), "the report asks for {outside}");
    }
    let mut chromium = Command::new("chromium");
    chromium
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        .args(["--disable-component-update", "--disable-sync", "--no-first-run", "--dump-dom"])
        .arg(format!("--user-data-dir={}", folder.join("browser").display()))
        .arg(format!("file://{}", report.display()));
    if Command::new("chromium").arg("--version").output().is_err() {
        eprintln!("skipped: there is no chromium here to open the report in");
        return;
    }
    let dom = Ran::of(&mut chromium).success();
    assert!(dom.matches("<svg").count() >= 3, "pictures are missing");
    assert!(dom.contains("Spearman"));
}
