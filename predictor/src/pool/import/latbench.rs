//! The pickles of LatBench (Eagle, BRP-NAS): one a device, a map from a cell to its latency in
//! seconds. A cell is its six operations in the order of its string, by number, or the string.

use std::collections::HashMap;
use std::path::Path;

use serde::Deserialize;
use tenshot_onnx_models::spaces::nasbench201::{Cell, Operation};
use tenshot_onnx_models::{Architecture, Space};

use super::{ImportError, Pickled, check_space, files, finish, read_file, stem};
use crate::pool::{Measured, Platform, Pool, PoolDevice};
use crate::spaces::Benchmark;

#[derive(PartialEq, Eq, Hash, Deserialize)]
#[serde(untagged)]
enum Key {
    Operations(Vec<u32>),
    Cell(String),
}

pub(super) fn read(path: &Path, space: Space) -> Result<Pool, ImportError> {
    check_space(Benchmark::LatBench, space)?;
    let mut devices = Vec::new();
    let mut read = Vec::new();
    for file in files(path, &["pickle", "pkl"])? {
        let (bytes, source_file) = read_file(&file)?;
        let seconds: HashMap<Key, f64> = Pickled(&bytes)
            .value("a map from cells to seconds, as LatBench's")
            .map_err(|source| ImportError::Pickle { path: file.clone(), source })?;
        devices.push((named(&stem(&file)), measured(seconds, &file)?));
        read.push(source_file);
    }
    finish(Pool::of_common(space, devices), path, "LatBench", read)
}

/// Cells with their milliseconds, in the order of the benchmark's index.
fn measured(seconds: HashMap<Key, f64>, path: &Path) -> Result<Measured, ImportError> {
    let one = |(key, seconds): (Key, f64)| Ok((cell(&key, path)?, seconds * 1e3));
    let mut measured = seconds.into_iter().map(one).collect::<Result<Vec<(Cell, f64)>, ImportError>>()?;
    measured.sort_by_key(|(cell, _)| cell.index());
    Ok(measured.into_iter().map(|(cell, ms)| (Architecture::NasBench201(cell), ms)).collect())
}

fn cell(key: &Key, path: &Path) -> Result<Cell, ImportError> {
    match key {
        Key::Operations(numbers) => {
            // LatBench numbers operations in the benchmark's order.
            let operation = |number: &u32| Operation::ALL.get(*number as usize).copied();
            let operations: Option<Vec<Operation>> = numbers.iter().map(operation).collect();
            let operations = operations.and_then(|operations| operations.try_into().ok());
            operations.map(Cell::new).ok_or_else(|| ImportError::Vector { path: path.into(), found: numbers.clone() })
        }
        Key::Cell(text) => {
            text.parse().map_err(|source| ImportError::Architecture { path: path.into(), source: Into::into(source) })
        }
    }
}

/// The device of a file such as `mobile-cpu-snapdragon-855-kryo-485-int8`.
fn named(name: &str) -> PoolDevice {
    let model = ["-fp32", "-fp16", "-int8"].iter().find_map(|precision| name.strip_suffix(precision)).unwrap_or(name);
    let mut parts = name.splitn(3, '-');
    let platform = match (parts.next(), parts.next()) {
        (Some("mobile"), _) => Platform::Phone,
        (Some("desktop"), Some("gpu")) => Platform::Gpu,
        (Some(kind), Some(processor)) => Platform::Other(format!("{kind}-{processor}")),
        _ => Platform::Other(name.to_owned()),
    };
    PoolDevice::new(name, model, platform, Vec::new())
}

#[cfg(test)]
mod tests {
    use super::super::message;
    use super::*;
    use serde::Serialize;
    use std::collections::BTreeMap;

    fn write(path: &Path, value: &impl Serialize) {
        std::fs::write(path, serde_pickle::to_vec(value, serde_pickle::SerOptions::new()).unwrap()).unwrap();
    }

    const STRING: &str = "|nor_conv_3x3~0|+|none~0|skip_connect~1|+|avg_pool_3x3~0|nor_conv_1x1~1|none~2|";

    #[test]
    fn cells_are_numbers_or_strings_and_latencies_seconds() {
        let folder = tempfile::tempdir().unwrap();
        let by_numbers = BTreeMap::from([((3, 0, 1, 4, 2, 0), 0.0125), ((0, 0, 0, 1, 0, 0), 0.5)]);
        write(&folder.path().join("desktop-gpu-gtx-1080-ti-fp32.pickle"), &by_numbers);
        write(&folder.path().join("mobile-cpu-snapdragon-855-kryo-485-int8.pkl"), &BTreeMap::from([(STRING, 0.25)]));
        let pool = read(folder.path(), Space::NasBench201).unwrap();
        assert_eq!(pool.architectures(), [Space::NasBench201.parse(STRING).unwrap()]);
        let [gpu, phone] = pool.devices() else { panic!("{pool:?}") };
        assert_eq!((&gpu.latencies_ms[..], &phone.latencies_ms[..]), (&[12.5][..], &[250.0][..]));
        assert_eq!((gpu.model.as_str(), &gpu.platform), ("desktop-gpu-gtx-1080-ti", &Platform::Gpu));
        assert_eq!(phone.platform, Platform::Phone);
    }

    #[test]
    fn other_forms_and_code_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("device.pickle");
        let refused = || message(&read(&path, Space::NasBench201).unwrap_err(), folder.path());
        write(&path, &BTreeMap::from([((9, 0, 1, 4, 2, 0), 0.5)]));
        insta::assert_snapshot!(refused(), @"TMP/device.pickle names the architecture [9, 0, 1, 4, 2, 0], expected six operations from 0 to 4");
        write(&path, &BTreeMap::from([((0, 1), 0.5)]));
        insta::assert_snapshot!(refused(), @"TMP/device.pickle names the architecture [0, 1], expected six operations from 0 to 4");
        write(&path, &BTreeMap::from([("cell", 0.5)]));
        insta::assert_snapshot!(refused(), @"TMP/device.pickle names an architecture that cannot be read: column 1 of the cell: found `c`, expected `|`");
        write(&path, &BTreeMap::from([(STRING, 0.0)]));
        insta::assert_snapshot!(refused(), @"TMP/device.pickle does not hold a pool: device `device` has a latency of 0 ms for architecture 0; latencies are positive numbers");
        write(&path, &BTreeMap::from([(STRING, "invalid")]));
        insta::assert_snapshot!(refused(), @r#"TMP/device.pickle could not be read: its pickle does not hold a map from cells to seconds, as LatBench's: decoding error: invalid type: string "invalid", expected f64"#);
        std::fs::write(&path, b"\x80\x02cposix\nsystem\nq\x00X\x04\x00\x00\x00trueq\x01\x85q\x02Rq\x03.").unwrap();
        insta::assert_snapshot!(refused(), @"TMP/device.pickle could not be read: its pickle contains code (a global name), which is never run; only plain values are read");
        std::fs::write(&path, b"\x80\x02}q").unwrap();
        insta::assert_snapshot!(refused(), @"TMP/device.pickle could not be read: its pickle does not hold a map from cells to seconds, as LatBench's: eval error at offset 4: EOF while parsing");
        insta::assert_snapshot!(read(&path, Space::FbNet).unwrap_err(), @"LatBench gives latencies of architectures of nasbench201 alone, not of fbnet");
        insta::assert_snapshot!("eagle".parse::<super::super::Source>().unwrap_err(), @"unknown source `eagle`, expected published, csv, hw-nas-bench, latbench, measurements");
    }
}
