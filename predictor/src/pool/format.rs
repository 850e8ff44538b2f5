//! The project's own pool format: one safetensors file.
//!
//! | where | what |
//! |---|---|
//! | metadata `tenshot_pool` | JSON: `version`, `space`, `devices` (`name`, `model`, `platform`), `ranges` (`training`, `queries` as `start`, `end`; `references`) |
//! | tensor `latency_ms` | F64 \[devices, architectures\], milliseconds |
//! | tensor `architectures` | U8, UTF-8: the architectures in their space's canonical form, one a line |

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use serde::{Deserialize, Serialize};
use tenshot_onnx_models::{Architecture, ArchitectureError, Space};

use super::{Platform, Pool, PoolDevice, PoolError, Ranges};

/// The version of the pool format that this crate writes, and the newest that it reads.
pub const POOL_VERSION: u32 = 1;

const HEADER: &str = "tenshot_pool";

/// Why a pool file could not be read or written.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum PoolFormatError {
    #[error("{} could not be read", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{} could not be written", path.display())]
    Write { path: PathBuf, source: std::io::Error },
    #[error("{} is not a whole pool file ({problem}); write it again with `tenshot import`", path.display())]
    Broken { path: PathBuf, problem: String },
    #[error(
        "{} is a pool file of version {found}, newer than {POOL_VERSION}, the newest that this \
         program reads; update the program", path.display()
    )]
    Newer { path: PathBuf, found: u32 },
    #[error("{} holds a pool of space {found}, not {expected}", path.display())]
    Space { path: PathBuf, found: String, expected: Space },
    #[error("{} holds an architecture that cannot be read", path.display())]
    Architecture { path: PathBuf, source: ArchitectureError },
    #[error("{} does not hold a pool", path.display())]
    Pool { path: PathBuf, source: PoolError },
}

#[derive(Serialize, Deserialize)]
struct Header {
    version: u32,
    space: String,
    devices: Vec<DeviceFacts>,
    ranges: Ranges,
}

/// The version alone: what a newer header still has.
#[derive(Deserialize)]
struct Version {
    version: u32,
}

#[derive(Serialize, Deserialize)]
struct DeviceFacts {
    name: String,
    model: String,
    platform: Platform,
}

pub(super) fn write(pool: &Pool, path: &Path) -> Result<(), PoolFormatError> {
    let bytes = to_bytes(pool).map_err(|problem| PoolFormatError::Broken { path: path.into(), problem })?;
    std::fs::write(path, bytes).map_err(|source| PoolFormatError::Write { path: path.into(), source })
}

fn to_bytes(pool: &Pool) -> Result<Vec<u8>, String> {
    let facts = |device: &PoolDevice| DeviceFacts {
        name: device.name.clone(),
        model: device.model.clone(),
        platform: device.platform.clone(),
    };
    let header = Header {
        version: POOL_VERSION,
        space: pool.space.to_string(),
        devices: pool.devices.iter().map(facts).collect(),
        ranges: pool.ranges.clone(),
    };
    let text = |error: &dyn std::error::Error| error.to_string();
    let header = serde_json::to_string(&header).map_err(|error| text(&error))?;
    let latencies: Vec<u8> =
        pool.devices.iter().flat_map(|device| &device.latencies_ms).flat_map(|ms| ms.to_le_bytes()).collect();
    let names: Vec<String> = pool.architectures.iter().map(ToString::to_string).collect();
    let names = names.join("\n");
    let shape = vec![pool.devices.len(), pool.architectures.len()];
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

pub(super) fn read(path: &Path, space: Space) -> Result<Pool, PoolFormatError> {
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
    if header.space != space.name() {
        return Err(PoolFormatError::Space { path: path.into(), found: header.space, expected: space });
    }
    let tensors = SafeTensors::deserialize(&bytes).map_err(|error| broken(error.to_string()))?;
    let architectures = read_architectures(&tensors, space, path)?;
    let latencies = read_latencies(&tensors, header.devices.len(), architectures.len()).map_err(broken)?;
    let devices = header.devices.into_iter().zip(latencies).map(|(facts, latencies_ms)| PoolDevice {
        name: facts.name,
        model: facts.model,
        platform: facts.platform,
        latencies_ms,
    });
    Pool::new(space, architectures, devices.collect(), header.ranges)
        .map_err(|source| PoolFormatError::Pool { path: path.into(), source })
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
    use super::*;

    fn pool() -> Pool {
        let device = |name: &str, latencies_ms: &[f64]| PoolDevice {
            name: name.to_owned(),
            model: "m".to_owned(),
            platform: Platform::Other("toaster".to_owned()),
            latencies_ms: latencies_ms.to_vec(),
        };
        let space = Space::NasBench201;
        let ranges = Ranges { training: 0..2, queries: 1..3, references: vec![2] };
        let devices = vec![device("a", &[1.0, 2.5, 0.1]), device("b", &[3.0, 4.0, 5.0])];
        Pool::new(space, space.enumerate().unwrap().skip(77).take(3).collect(), devices, ranges).unwrap()
    }

    #[test]
    fn what_is_written_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pool.safetensors");
        pool().write(&path).unwrap();
        assert_eq!(Pool::read(&path, Space::NasBench201).unwrap(), pool());
    }

    #[test]
    fn truncated_newer_and_missing_files_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pool");
        let bytes = to_bytes(&pool()).unwrap();
        let refused = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            let error = read(&path, Space::NasBench201).unwrap_err();
            error.to_string().replace(folder.path().to_str().unwrap(), "TMP")
        };
        insta::assert_snapshot!(refused(&bytes[..bytes.len() - 1]), @"TMP/pool is not a whole pool file (incomplete metadata, file not fully covered); write it again with `tenshot import`");
        insta::assert_snapshot!(refused(&bytes[..20]), @"TMP/pool is not a whole pool file (invalid header length); write it again with `tenshot import`");
        let text = br#"\"version\":1"#;
        let place = bytes.windows(text.len()).position(|window| window == text).unwrap();
        let mut newer = bytes;
        newer[place + text.len() - 1] = b'7';
        insta::assert_snapshot!(refused(&newer), @"TMP/pool is a pool file of version 7, newer than 1, the newest that this program reads; update the program");
    }
}
