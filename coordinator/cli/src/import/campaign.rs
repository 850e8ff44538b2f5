//! A campaign as a device pool: its trusted measurements, a device for each target.

use std::collections::BTreeMap;
use std::path::Path;

use tenshot_onnx_models::{Architecture, Space};
use tenshot_predictor::metrics::spearman;
use tenshot_predictor::pool::{Measured, Platform, Pool, PoolDevice, Provenance, SourceFile};
use tenshot_protocol::v2::{Target, TaskState, TaskView};

use crate::campaign_document::{self, CampaignDocument};
use crate::{Exit, Failure, FailureContext};

/// Reads what `tenshot campaign show --json` printed.
pub(super) fn read(path: &Path) -> Result<Pool, Failure> {
    let bytes = std::fs::read(path).or_fail(Exit::Input, format_args!("cannot read {}", path.display()))?;
    let campaign: CampaignDocument = serde_json::from_slice(&bytes)
        .or_fail(Exit::Input, format_args!("{} is not what `tenshot campaign show --json` prints", path.display()))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let provenance = Provenance {
        source: format!("campaign {} ({})", campaign.progress.summary.campaign.0, campaign.progress.summary.name),
        files: vec![SourceFile::new(&name, &bytes)],
        approximate: None,
    };
    Ok(pool_of(&campaign)?.with_provenance(provenance))
}

fn pool_of(campaign: &CampaignDocument) -> Result<Pool, Failure> {
    let space: Space = campaign.progress.summary.space.parse().or_exit(Exit::Input)?;
    let mut devices = Vec::new();
    for progress in &campaign.progress.targets {
        let target = &progress.target;
        let is_only =
            campaign.progress.targets.iter().filter(|other| other.target.device == target.device).count() == 1;
        let name = if is_only { target.device.clone() } else { campaign_document::target(target) };
        let tasks = campaign.tasks_detail.iter().filter(|task| task.target == *target);
        let passes = passes(space, tasks)?;
        let device = PoolDevice { repeat_correlation: repeat_correlation(&passes), ..device_of(&name, target) };
        devices.push((device, measured(&passes)));
    }
    Pool::of_common(space, devices).or_exit(Exit::Input)
}

fn device_of(name: &str, target: &Target) -> PoolDevice {
    let facts = [
        ("backend", target.backend.clone()),
        ("execution_provider", target.execution_provider.clone()),
        ("threads", target.threads.to_string()),
        ("batch", target.batch.to_string()),
    ];
    let facts: BTreeMap<String, String> = facts.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    let platform = Platform::Other(target.device.clone());
    PoolDevice { facts, ..PoolDevice::new(name, &target.device, platform, Vec::new()) }
}

/// The trusted passes over each architecture, in the order of the tasks.
fn passes<'a>(space: Space, tasks: impl Iterator<Item = &'a TaskView>) -> Result<Passes, Failure> {
    let mut passes: Passes = Vec::new();
    for task in tasks.filter(|task| task.state == TaskState::Trusted) {
        let Some(latency_ms) = task.latency_ms else { continue };
        let architecture = space.parse(&task.architecture).or_exit(Exit::Input)?;
        match passes.iter_mut().find(|(known, _)| *known == architecture) {
            Some((_, latencies)) => latencies.push(latency_ms),
            None => passes.push((architecture, vec![latency_ms])),
        }
    }
    Ok(passes)
}

/// The latencies of each architecture, a number for each trusted pass.
type Passes = Vec<(Architecture, Vec<f64>)>;

/// The mean of the passes over each architecture.
fn measured(passes: &Passes) -> Measured {
    let mean = |latencies: &Vec<f64>| latencies.iter().sum::<f64>() / latencies.len() as f64;
    passes.iter().map(|(architecture, latencies)| (*architecture, mean(latencies))).collect()
}

/// How alike the first two passes order the architectures that both measured.
fn repeat_correlation(passes: &Passes) -> Option<f64> {
    let twice = |(_, latencies): &(Architecture, Vec<f64>)| Some((*latencies.first()?, *latencies.get(1)?));
    let (first, second): (Vec<f64>, Vec<f64>) = passes.iter().filter_map(twice).unzip();
    (first.len() >= LEAST_REPEATED).then(|| spearman(&first, &second))
}

/// With fewer architectures than this a rank correlation tells nothing.
const LEAST_REPEATED: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn task(device: &str, batch: u32, architecture: &str, state: &str, latency_ms: Option<f64>) -> Value {
        json!({
            "task": 1, "target": target(device, batch), "architecture": architecture, "model_sha256": "0".repeat(64),
            "role": "reference", "pass": 1, "state": state, "attempts": 1, "latency_ms": latency_ms, "reasons": [],
            "failure": null
        })
    }

    fn target(device: &str, batch: u32) -> Value {
        json!({
            "device": device, "backend": "tract", "execution_provider": "cpu", "threads": 1, "batch": batch,
            "metric": "latency"
        })
    }

    fn campaign(targets: &[(&str, u32)], tasks: Vec<Value>) -> CampaignDocument {
        let progress = |&(device, batch): &(&str, u32)| {
            json!({
                "target": target(device, batch), "tasks": 1, "ended": 1, "references_measured": 1, "references": 1,
                "predictor_version": null, "problem": null
            })
        };
        let value = json!({
            "campaign": 7, "name": "first", "space": "nasbench201", "state": "complete", "created_at_unix_ms": 0,
            "tasks": 1, "ended": 1,
            "spec": {
                "name": "first", "space": "nasbench201", "references": "paper", "probes": null, "devices": ["a"],
                "batches": [1], "backend": "tract", "execution_provider": "cpu", "threads": 1, "cpu_set": null,
                "settings": tenshot_protocol::v2::Settings::default(), "passes": 1, "attempts": 1,
                "cool_down_ms": 0
            },
            "retries": 0,
            "targets": targets.iter().map(progress).collect::<Vec<_>>(),
            "tasks_detail": tasks
        });
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn targets_become_devices_and_passes_their_mean() {
        let tasks = vec![
            task("jetson", 1, "9", "trusted", Some(2.0)),
            task("jetson", 1, "9", "trusted", Some(4.0)),
            task("jetson", 1, "55", "suspect", Some(7.0)),
            task("jetson", 1, "431", "trusted", Some(5.0)),
            task("pi", 1, "431", "trusted", Some(50.0)),
            task("pi", 1, "9", "trusted", Some(30.0)),
            task("pi", 1, "55", "trusted", Some(40.0)),
        ];
        let pool = pool_of(&campaign(&[("jetson", 1), ("pi", 1)], tasks)).unwrap();
        assert_eq!(pool.architectures_per_device(), 2, "suspect measurements are left out");
        assert_eq!(pool.device("jetson").unwrap().latencies_ms, [3.0, 5.0]);
        assert_eq!(pool.device("pi").unwrap().latencies_ms, [30.0, 50.0]);
        assert_eq!(pool.devices()[0].facts["batch"], "1");
    }

    #[test]
    fn two_passes_tell_how_alike_repeats_are() {
        let cells = ["9", "55", "431", "77", "78"];
        let pass = |latencies: [f64; 5]| {
            cells.into_iter().zip(latencies).map(|(cell, ms)| task("pi", 1, cell, "trusted", Some(ms)))
        };
        let tasks: Vec<Value> = pass([1.0, 2.0, 3.0, 4.0, 5.0]).chain(pass([1.1, 2.1, 3.1, 5.1, 4.1])).collect();
        let pool = pool_of(&campaign(&[("pi", 1)], tasks.clone())).unwrap();
        assert!((pool.devices()[0].repeat_correlation.unwrap() - 0.9).abs() < 1e-12);
        let once = pool_of(&campaign(&[("pi", 1)], tasks[..9].to_vec())).unwrap();
        assert_eq!(once.devices()[0].repeat_correlation, None, "four architectures are too few");
    }

    #[test]
    fn several_targets_of_a_device_are_told_apart() {
        let tasks = vec![task("pi", 1, "9", "trusted", Some(1.0)), task("pi", 8, "9", "trusted", Some(2.0))];
        let pool = pool_of(&campaign(&[("pi", 1), ("pi", 8)], tasks)).unwrap();
        assert_eq!(pool.devices()[1].name, "pi/tract/cpu/threads=1/batch=8/latency");
        assert_eq!(pool.devices()[1].model, "pi");
    }
}
