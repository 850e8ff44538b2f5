//! A lab serves every method that is kept in files: trained, named by a campaign, adapted, asked, pulled, exported.

use std::error::Error;
use std::path::{Path, PathBuf};

use tenshot_onnx_models::{ReferenceSet, Space};
use tenshot_predictor::bundled;
use tenshot_predictor::pool::{Pool, PoolDevice, Ranges};
use tenshot_tests::{Lab, Ran, tenshot};

/// A pool of made-up devices: what an average device takes, bent in three ways.
fn write_pool(folder: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let space = Space::NasBench201;
    let mut cells = ReferenceSet::paper(space)?.architectures;
    let others = space.sample(1, 400)?.into_iter().filter(|cell| !cells.contains(cell)).collect::<Vec<_>>();
    cells.extend(others);
    let costs = bundled(space)?.method().expected_cost(&cells);
    let device =
        |name, power: f64| PoolDevice::named(name, costs.iter().map(|cost| 1.0 + 9.0 * cost.powf(power)).collect());
    let devices = vec![device("server", 0.8), device("phone", 1.0), device("board", 1.3)];
    let ranges = Ranges::usual(space, &cells);
    let path = folder.join("made-up.pool");
    Pool::new(space, cells, devices, ranges)?.write(&path)?;
    Ok(path)
}

fn trained(pool: &Path, method: &str, options: &[&str]) -> PathBuf {
    let out = pool.with_file_name(format!("{method}.safetensors"));
    let mut command = tenshot(["meta-train", "--method", method, "--train", "server,phone", "--data"]);
    let _ = Ran::of(command.arg(pool).arg("--out").arg(&out).args(options)).success();
    out
}

#[test]
fn help_and_layerwise_are_served_beside_bayes() {
    let lab = Lab::start();
    let _agent = lab.agent("board");
    let pool = write_pool(lab.folder()).unwrap();
    let methods = [
        ("bayes", None),
        ("help", Some(trained(&pool, "help", &["--valid", "board", "--episodes", "2"]))),
        ("layerwise", Some(trained(&pool, "layerwise", &[]))),
    ];
    for (method, trained) in &methods {
        let file = trained.as_ref().map(|path| path.display().to_string());
        let named = file.as_ref().map(|file| vec!["--trained", file.as_str()]).unwrap_or_default();
        let arguments =
            [&["--name", method, "--probes", "2", "--cool-down", "0", "--attempts", "1"][..], &named].concat();
        let created = lab.create_campaign(&arguments);
        let watched = lab.tenshot(&["campaign", "watch", "--json"]).json();
        assert_eq!(watched["state"], "complete", "{created}");

        let newest = lab.tenshot(&["predictors", "list", "--json"]).json()[0].clone();
        assert_eq!((&newest["method"], &newest["shots"]), (&(*method).into(), &10.into()));
        if newest["suspect_shots"] == 0 {
            assert_eq!(newest["certificate"]["probes"], 2, "{newest}");
        }
        let asked = lab.tenshot(&["predict", "--json", "9930", "1462"]).json();
        let pulled = format!("{method}-of-board.safetensors");
        let _ = lab.tenshot(&["predictors", "pull", "--out", &pulled]).success();
        let alone = lab.tenshot(&["predict", "--json", "9930", "1462", "--predictor", &pulled]).json();
        assert_eq!(asked, alone, "the file says what the coordinator says");
        assert!(asked[0]["mean_ms"].as_f64().unwrap() > 0.0, "{asked}");
        let exported = format!("{method}.onnx");
        let _ = lab.tenshot(&["export", "--predictor", &pulled, "--out", &exported]).success();
        assert!(lab.folder().join(&exported).exists());
    }
    let kept = lab.tenshot(&["predictors", "trained", "--json"]).json();
    let of_lab = |one: &&serde_json::Value| one["built_in"] == false;
    let names: Vec<_> = kept.as_array().unwrap().iter().filter(of_lab).map(|one| one["method"].clone()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}
