//! The pickle of HW-NAS-Bench: `{"nasbench201": {dataset: {"config": [{"arch_str": …}, …],
//! "edgegpu_latency": [ms, …], "edgegpu_energy": [mJ, …], …}}, "fbnet": …}`.
//!
//! Every latency of every dataset is a device, `edgegpu_cifar10` and so on. FBNet is left out: the
//! file has its blocks' latencies, not those of architectures.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use tenshot_onnx_models::Space;

use super::{ImportError, Pickled, check_space, finish, read_file};
use crate::pool::{Measured, Platform, Pool, PoolDevice};
use crate::spaces;

#[derive(Deserialize)]
struct Benchmark {
    nasbench201: BTreeMap<String, Dataset>,
}

#[derive(Deserialize)]
struct Dataset {
    config: Vec<Config>,
    #[serde(flatten)]
    metrics: BTreeMap<String, Vec<f64>>,
}

#[derive(Deserialize)]
struct Config {
    arch_str: String,
}

pub(super) fn read(path: &Path, space: Space) -> Result<Pool, ImportError> {
    check_space(spaces::Benchmark::HwNasBench, space)?;
    let (bytes, file) = read_file(path)?;
    let benchmark: Benchmark = Pickled(&bytes)
        .value("a map `nasbench201` from dataset to `config` and latencies, as HW-NAS-Bench's")
        .map_err(|source| ImportError::Pickle { path: path.into(), source })?;
    let mut devices = Vec::new();
    for (name, dataset) in benchmark.nasbench201 {
        devices.extend(devices_of(&name, dataset, path)?);
    }
    finish(Pool::of_common(space, devices), path, "HW-NAS-Bench", vec![file])
}

fn devices_of(name: &str, dataset: Dataset, path: &Path) -> Result<Vec<(PoolDevice, Measured)>, ImportError> {
    let parse = |config: &Config| {
        let architecture = Space::NasBench201.parse(&config.arch_str);
        architecture.map_err(|source| ImportError::Architecture { path: path.into(), source })
    };
    let architectures = dataset.config.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    let latencies =
        dataset.metrics.iter().filter_map(|(metric, values)| Some((metric.strip_suffix("_latency")?, values)));
    latencies
        .map(|(device, values)| {
            let full_name = format!("{device}_{name}");
            if values.len() != architectures.len() {
                let source = crate::pool::PoolError::Length {
                    device: full_name,
                    found: values.len(),
                    expected: architectures.len(),
                };
                return Err(ImportError::Pool { path: path.into(), source });
            }
            let platform = if device == "pixel3" { Platform::Phone } else { Platform::Other(device.to_owned()) };
            let facts = BTreeMap::from([("dataset".to_owned(), name.to_owned())]);
            let pool_device = PoolDevice { facts, ..PoolDevice::new(&full_name, device, platform, Vec::new()) };
            Ok((pool_device, architectures.iter().copied().zip(values.iter().copied()).collect()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::message;
    use super::*;
    use serde::Serialize;

    #[derive(Serialize)]
    struct Written {
        config: Vec<BTreeMap<&'static str, String>>,
        edgegpu_latency: Vec<f64>,
        edgegpu_energy: Vec<f64>,
        pixel3_latency: Vec<f64>,
    }

    fn written(latencies: Vec<f64>) -> BTreeMap<&'static str, BTreeMap<&'static str, Written>> {
        let cells = Space::NasBench201.enumerate().unwrap().take(3);
        let config =
            cells.map(|cell| BTreeMap::from([("name", "infer.tiny".to_owned()), ("arch_str", cell.to_string())]));
        let dataset = Written {
            config: config.collect(),
            edgegpu_latency: latencies,
            edgegpu_energy: vec![24.2, 20.0, 21.0],
            pixel3_latency: vec![3.6, 2.0, 4.0],
        };
        BTreeMap::from([("nasbench201", BTreeMap::from([("cifar10", dataset)]))])
    }

    fn import(value: &impl Serialize) -> Result<Pool, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("HW-NAS-Bench-v1_0.pickle");
        std::fs::write(&path, serde_pickle::to_vec(value, serde_pickle::SerOptions::new()).unwrap()).unwrap();
        read(&path, Space::NasBench201).map_err(|error| message(&error, folder.path()))
    }

    #[test]
    fn every_latency_of_a_dataset_is_a_device() {
        let pool = import(&written(vec![5.8, 6.0, 7.0])).unwrap();
        let names: Vec<&str> = pool.devices().iter().map(|device| device.name.as_str()).collect();
        assert_eq!(names, ["edgegpu_cifar10", "pixel3_cifar10"]);
        let device = pool.device("pixel3_cifar10").unwrap();
        assert_eq!((device.model.as_str(), &device.platform), ("pixel3", &Platform::Phone));
        assert_eq!((device.facts["dataset"].as_str(), &device.latencies_ms[..]), ("cifar10", &[3.6, 2.0, 4.0][..]));
    }

    #[test]
    fn other_forms_are_refused() {
        insta::assert_snapshot!(import(&written(vec![5.8, 6.0])).unwrap_err(), @"TMP/HW-NAS-Bench-v1_0.pickle does not hold a pool: device `edgegpu_cifar10` has 2 latencies, but the pool has 3 architectures");
        insta::assert_snapshot!(import(&written(vec![5.8, 6.0, -1.0])).unwrap_err(), @"TMP/HW-NAS-Bench-v1_0.pickle does not hold a pool: device `edgegpu_cifar10` has a latency of -1 ms for architecture 2; latencies are positive numbers");
        insta::assert_snapshot!(import(&BTreeMap::from([("fbnet", 1)])).unwrap_err(), @"TMP/HW-NAS-Bench-v1_0.pickle could not be read: its pickle does not hold a map `nasbench201` from dataset to `config` and latencies, as HW-NAS-Bench's: decoding error: missing field `nasbench201`");
        insta::assert_snapshot!(read(Path::new("nowhere"), Space::FbNet).unwrap_err(), @"HW-NAS-Bench gives latencies of architectures of nasbench201 alone, not of fbnet");
    }
}
