//! The project's own pool format: one safetensors file.
//!
//! | where | what |
//! |---|---|
//! | metadata `tenshot_pool` | JSON: `version`; `space`; `unit`, `ms`; `devices` (`name`, `model`, `platform`, `facts`: a map of texts, `repeat_correlation` where it was measured twice); `own_architectures`; `ranges` (`training`, `queries` as `start`, `end`; `references`); `provenance` (`source`, `files` with `name` and `sha256`, `approximate`) |
//! | tensor `latency_ms` | F64 \[devices, architectures\], milliseconds |
//! | tensor `architectures` | U8, UTF-8: the architectures in their space's canonical form, one a line; where `own_architectures` is true, those of the first device, then those of the second, and so on, as many for each |
//!
//! Safetensors rather than Parquet or SQLite: a pool is one dense matrix with a header, which is
//! what the format is; the crate reads and writes it for predictors already, so does every
//! language's library, and a file is refused if a byte of it is missing.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use serde::{Deserialize, Serialize};
use tenshot_onnx_models::{Architecture, ArchitectureError, Space, UnknownSpace};

use super::{Platform, Pool, PoolDevice, PoolError, Provenance, Ranges};

/// The version of the pool format that this crate writes, and the newest that it reads.
///
/// Version 1 had no facts, provenance or architectures of a device alone; it is read as a pool
/// without them.
pub const POOL_VERSION: u32 = 2;

const HEADER: &str = "tenshot_pool";
const UNIT: &str = "ms";

/// Why a pool file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum PoolFormatError {
    /// A file that cannot be read.
    #[error("{} could not be read", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file that cannot be written.
    #[error("{} could not be written", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file that is cut off or was changed by hand.
    #[error("{} is not a whole pool file ({problem}); write it again with `tenshot import`", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        problem: String,
    },
    /// A file of a newer program.
    #[error(
        "{} is a pool file of version {found}, newer than {POOL_VERSION}, the newest that this \
         program reads; update the program", path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The file's version.
        found: u32,
    },
    /// A pool of another space than was asked for.
    #[error("{} holds a pool of space {found}, not {expected}", path.display())]
    Space {
        /// The file.
        path: PathBuf,
        /// The pool's space.
        found: Space,
        /// The space that was asked for.
        expected: Space,
    },
    /// A space that this program does not know.
    #[error("{} could not be read", path.display())]
    UnknownSpace {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: UnknownSpace,
    },
    /// Latencies in another unit than milliseconds.
    #[error("{} holds latencies in `{found}`; pools are in {UNIT}", path.display())]
    Unit {
        /// The file.
        path: PathBuf,
        /// The file's unit.
        found: String,
    },
    /// A file that names an unknown architecture.
    #[error("{} holds an architecture that cannot be read", path.display())]
    Architecture {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ArchitectureError,
    },
    /// Latencies that are no pool.
    #[error("{} does not hold a pool", path.display())]
    Pool {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: PoolError,
    },
}

#[derive(Serialize, Deserialize)]
struct Header {
    version: u32,
    space: String,
    #[serde(default = "milliseconds")]
    unit: String,
    devices: Vec<DeviceHeader>,
    #[serde(default)]
    own_architectures: bool,
    ranges: Ranges,
    #[serde(default)]
    provenance: Provenance,
}

fn milliseconds() -> String {
    UNIT.to_owned()
}

/// The version alone: what a newer header still has.
#[derive(Deserialize)]
struct Version {
    version: u32,
}

#[derive(Serialize, Deserialize)]
struct DeviceHeader {
    name: String,
    model: String,
    platform: Platform,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    facts: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    repeat_correlation: Option<f64>,
}

pub(super) fn write(pool: &Pool, path: &Path) -> Result<(), PoolFormatError> {
    let bytes = to_bytes(pool).map_err(|problem| PoolFormatError::Broken { path: path.into(), problem })?;
    tenshot_kit::write_whole(path, &bytes).map_err(|source| PoolFormatError::Write { path: path.into(), source })
}

fn header_of(pool: &Pool) -> Header {
    let device = |device: &PoolDevice| DeviceHeader {
        name: device.name.clone(),
        model: device.model.clone(),
        platform: device.platform.clone(),
        facts: device.facts.clone(),
        repeat_correlation: device.repeat_correlation,
    };
    Header {
        version: POOL_VERSION,
        space: pool.space.to_string(),
        unit: milliseconds(),
        devices: pool.devices.iter().map(device).collect(),
        own_architectures: !pool.is_shared(),
        ranges: pool.ranges.clone(),
        provenance: pool.provenance.clone(),
    }
}

fn to_bytes(pool: &Pool) -> Result<Vec<u8>, String> {
    let text = |error: &dyn std::error::Error| error.to_string();
    let header = serde_json::to_string(&header_of(pool)).map_err(|error| text(&error))?;
    let latencies: Vec<u8> =
        pool.devices.iter().flat_map(|device| &device.latencies_ms).flat_map(|ms| ms.to_le_bytes()).collect();
    let own = pool.devices.iter().filter_map(|device| device.own_architectures.as_deref()).flatten();
    let names: Vec<String> = pool.architectures.iter().chain(own).map(ToString::to_string).collect();
    let names = names.join("\n");
    let shape = vec![pool.devices.len(), pool.architectures_per_device()];
    let tensors = [
        ("architectures", TensorView::new(Dtype::U8, vec![names.len()], names.as_bytes())),
        ("latency_ms", TensorView::new(Dtype::F64, shape, &latencies)),
    ];
    let tensors: Vec<(&str, TensorView<'_>)> = tensors
        .into_iter()
        .map(|(name, view)| view.map(|view| (name, view)))
        .collect::<Result<_, _>>()
        .map_err(|error| text(&error))?;
    serialize(tensors, Some(HashMap::from([(HEADER.to_owned(), header)]))).map_err(|error| text(&error))
}

/// Reads a pool, of `space` where one is expected.
pub(super) fn read(path: &Path, expected: Option<Space>) -> Result<Pool, PoolFormatError> {
    let bytes = std::fs::read(path).map_err(|source| PoolFormatError::Read { path: path.into(), source })?;
    let broken = |problem: String| PoolFormatError::Broken { path: path.into(), problem };
    let (_, metadata) = SafeTensors::read_metadata(&bytes).map_err(|error| broken(error.to_string()))?;
    let header = metadata.metadata().as_ref().and_then(|entries| entries.get(HEADER));
    let header = header.ok_or_else(|| broken("no pool header".to_owned()))?;
    let Version { version } = serde_json::from_str(header).map_err(|error| broken(error.to_string()))?;
    if version > POOL_VERSION {
        return Err(PoolFormatError::Newer { path: path.into(), found: version });
    }
    let header: Header = serde_json::from_str(header).map_err(|error| broken(error.to_string()))?;
    let space: Space =
        header.space.parse().map_err(|source| PoolFormatError::UnknownSpace { path: path.into(), source })?;
    if let Some(expected) = expected.filter(|expected| *expected != space) {
        return Err(PoolFormatError::Space { path: path.into(), found: space, expected });
    }
    if header.unit != UNIT {
        return Err(PoolFormatError::Unit { path: path.into(), found: header.unit });
    }
    let tensors = SafeTensors::deserialize(&bytes).map_err(|error| broken(error.to_string()))?;
    let architectures = read_architectures(&tensors, space, path)?;
    let lists = if header.own_architectures { header.devices.len().max(1) } else { 1 };
    let per_device = architectures.len() / lists;
    let latencies = read_latencies(&tensors, header.devices.len(), per_device).map_err(broken)?;
    let mut own = architectures.chunks(per_device.max(1));
    let device = |(facts, latencies_ms): (DeviceHeader, _)| PoolDevice {
        facts: facts.facts,
        repeat_correlation: facts.repeat_correlation,
        own_architectures: if header.own_architectures { own.next().map(<[_]>::to_vec) } else { None },
        ..PoolDevice::new(&facts.name, &facts.model, facts.platform, latencies_ms)
    };
    let devices = header.devices.into_iter().zip(latencies).map(device).collect();
    let shared = if header.own_architectures { Vec::new() } else { architectures.clone() };
    let pool = Pool::new(space, shared, devices, header.ranges)
        .map_err(|source| PoolFormatError::Pool { path: path.into(), source })?;
    Ok(pool.with_provenance(header.provenance))
}

fn read_architectures(
    tensors: &SafeTensors<'_>,
    space: Space,
    path: &Path,
) -> Result<Vec<Architecture>, PoolFormatError> {
    let broken = |problem: String| PoolFormatError::Broken { path: path.into(), problem };
    let names = tensors.tensor("architectures").map_err(|error| broken(error.to_string()))?;
    let names = std::str::from_utf8(names.data()).map_err(|error| broken(error.to_string()))?;
    let parse = |line| space.parse(line).map_err(|source| PoolFormatError::Architecture { path: path.into(), source });
    names.lines().map(parse).collect()
}

fn read_latencies(tensors: &SafeTensors<'_>, devices: usize, architectures: usize) -> Result<Vec<Vec<f64>>, String> {
    let latencies = tensors.tensor("latency_ms").map_err(|error| error.to_string())?;
    if latencies.dtype() != Dtype::F64 || latencies.shape() != [devices, architectures] {
        let (dtype, shape) = (latencies.dtype(), latencies.shape());
        return Err(format!("latency_ms is {dtype:?} {shape:?}, not F64 {:?}", [devices, architectures]));
    }
    let (values, _) = latencies.data().as_chunks::<8>();
    let row = |row: &[[u8; 8]]| row.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect();
    Ok(values.chunks(architectures.max(1)).map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::super::SourceFile;
    use super::*;

    fn device(name: &str, latencies_ms: &[f64]) -> PoolDevice {
        PoolDevice {
            facts: BTreeMap::from([("batch".to_owned(), "32".to_owned())]),
            ..PoolDevice::new(name, "m", Platform::Other("toaster".to_owned()), latencies_ms.to_vec())
        }
    }

    fn pool() -> Pool {
        let space = Space::NasBench201;
        let ranges = Ranges { training: 0..2, queries: 1..3, references: vec![2] };
        let devices = vec![device("a", &[1.0, 2.5, 0.1]), device("b", &[3.0, 4.0, 5.0])];
        let files = vec![SourceFile::new("a.csv", b"a")];
        let provenance = Provenance { source: "a test".to_owned(), files, approximate: None };
        Pool::new(space, space.enumerate().unwrap().skip(77).take(3).collect(), devices, ranges)
            .unwrap()
            .with_provenance(provenance)
    }

    #[test]
    fn what_is_written_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pool.safetensors");
        pool().write(&path).unwrap();
        assert_eq!(Pool::read(&path, Space::NasBench201).unwrap(), pool());
    }

    #[test]
    fn devices_keep_what_is_theirs_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pool.safetensors");
        let cells = |first| Some(Space::NasBench201.enumerate().unwrap().skip(first).take(2).collect());
        let own = |name, first| PoolDevice {
            own_architectures: cells(first),
            repeat_correlation: Some(0.1 + 0.2),
            ..device(name, &[1.0, 2.0])
        };
        let ranges = Ranges { training: 0..1, queries: 1..2, references: vec![] };
        let pool = Pool::new(Space::NasBench201, vec![], vec![own("a", 5), own("b", 99)], ranges).unwrap();
        pool.write(&path).unwrap();
        assert_eq!(Pool::read(&path, Space::NasBench201).unwrap(), pool);
    }

    #[test]
    fn the_header_says_what_the_numbers_are() {
        insta::assert_snapshot!(serde_json::to_string(&header_of(&pool())).unwrap(), @r#"{"version":2,"space":"nasbench201","unit":"ms","devices":[{"name":"a","model":"m","platform":{"other":"toaster"},"facts":{"batch":"32"}},{"name":"b","model":"m","platform":{"other":"toaster"},"facts":{"batch":"32"}}],"own_architectures":false,"ranges":{"training":{"start":0,"end":2},"queries":{"start":1,"end":3},"references":[2]},"provenance":{"source":"a test","files":[{"name":"a.csv","sha256":"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"}]}}"#);
        let first = r#"{"version":1,"space":"nasbench201","devices":[],"ranges":{"training":{"start":0,"end":1},"queries":{"start":1,"end":2},"references":[]}}"#;
        let first: Header = serde_json::from_str(first).unwrap();
        assert_eq!((first.unit.as_str(), first.own_architectures), (UNIT, false));
    }

    #[test]
    fn the_space_may_be_left_to_the_file_and_must_be_known() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pool");
        pool().write(&path).unwrap();
        assert_eq!(Pool::open(&path).unwrap(), pool());
        let refused = |error: PoolFormatError| error.to_string().replace(folder.path().to_str().unwrap(), "TMP");
        insta::assert_snapshot!(refused(read(&path, Some(Space::FbNet)).unwrap_err()), @"TMP/pool holds a pool of space nasbench201, not fbnet");
        let text = String::from_utf8_lossy(&to_bytes(&pool()).unwrap()).into_owned();
        let place = text.find("nasbench201").unwrap();
        let mut bytes = to_bytes(&pool()).unwrap();
        bytes[place] = b'm';
        std::fs::write(&path, bytes).unwrap();
        let error = Pool::open(&path).unwrap_err();
        insta::assert_snapshot!(std::error::Error::source(&error).unwrap(), @"unknown search space `nambench201`, expected nasbench201 or fbnet or mobilenetv3 or hat");
    }

    #[test]
    fn truncated_newer_and_missing_files_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pool");
        let bytes = to_bytes(&pool()).unwrap();
        let refused = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            let error = read(&path, Some(Space::NasBench201)).unwrap_err();
            error.to_string().replace(folder.path().to_str().unwrap(), "TMP")
        };
        insta::assert_snapshot!(refused(&bytes[..bytes.len() - 1]), @"TMP/pool is not a whole pool file (incomplete metadata, file not fully covered); write it again with `tenshot import`");
        insta::assert_snapshot!(refused(&bytes[..20]), @"TMP/pool is not a whole pool file (invalid header length); write it again with `tenshot import`");
        let text = br#"\"version\":2"#;
        let place = bytes.windows(text.len()).position(|window| window == text).unwrap();
        let mut newer = bytes;
        newer[place + text.len() - 1] = b'7';
        insta::assert_snapshot!(refused(&newer), @"TMP/pool is a pool file of version 7, newer than 2, the newest that this program reads; update the program");
    }
}
