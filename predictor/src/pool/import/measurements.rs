//! CSV files of measurements, one a device: `architecture,latency_ms`, as the coordinator exports.

use std::path::Path;

use tenshot_onnx_models::Space;

use super::{ImportError, files, finish, read_file, stem};
use crate::pool::{Measured, Pool, PoolDevice};
use crate::support::read_measurements;

pub(super) fn read(path: &Path, space: Space) -> Result<Pool, ImportError> {
    let mut devices = Vec::new();
    let mut read = Vec::new();
    for file in files(path, &["csv"])? {
        let (bytes, source_file) = read_file(&file)?;
        let measured = read_measurements(&bytes[..], space)
            .map_err(|source| ImportError::Measurements { path: file.clone(), source })?;
        let measured: Measured = measured.into_iter().map(|one| (one.architecture, one.latency_ms)).collect();
        devices.push((PoolDevice::named(&stem(&file), Vec::new()), measured));
        read.push(source_file);
    }
    finish(Pool::of_common(space, devices), path, "measurements of each device", read)
}

#[cfg(test)]
mod tests {
    use super::super::message;
    use super::*;

    #[test]
    fn every_file_is_a_device() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("jetson.csv", "architecture,latency_ms,role\n9930,1.5,probe\n55,2,reference\n9,3,reference\n");
        write("raspi4.csv", "architecture,latency_ms\n9,30\n9930,15\n");
        write("notes.txt", "");
        let pool = read(folder.path(), Space::NasBench201).unwrap();
        assert_eq!(pool.architectures_per_device(), 2);
        assert_eq!(pool.device("raspi4").unwrap().latencies_ms, [15.0, 30.0]);
        let alone = read(&folder.path().join("jetson.csv"), Space::NasBench201).unwrap();
        assert_eq!(alone.device("jetson").unwrap().latencies_ms, [1.5, 2.0, 3.0]);

        let refused = || message(&read(folder.path(), Space::NasBench201).unwrap_err(), folder.path());
        write("raspi4.csv", "architecture,ms\n9,30\n");
        insta::assert_snapshot!(refused(), @"TMP/raspi4.csv could not be read: no column `latency_ms` in its first line; it starts with `architecture,latency_ms`");
        write("raspi4.csv", "architecture,latency_ms\n9,30\n9,31\n");
        insta::assert_snapshot!(refused(), @"TMP/raspi4.csv could not be read: line 3, column `architecture`: measured in line 2 already");
        write("raspi4.csv", "architecture,latency_ms\n7,30\n");
        insta::assert_snapshot!(refused(), @"TMP does not hold a pool: the pool has no architectures that all its devices were measured on");
        let empty = tempfile::tempdir().unwrap();
        insta::assert_snapshot!(message(&read(empty.path(), Space::NasBench201).unwrap_err(), empty.path()), @"TMP holds no files that end in csv");
    }
}
