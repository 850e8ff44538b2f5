//! The data folder as published with HELP: `nasbench201/latency/<device>.pt` and its indices.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use serde::de::DeserializeOwned;
use tenshot_onnx_models::{Architecture, ArchitectureError, Space};

use super::{PickleError, Pool, PoolDevice, PoolError, Ranges, pickle};

/// Why a published data folder could not be read.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum PublishedError {
    #[error("{} could not be read; --data is a folder that holds nasbench201/ as published with HELP", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{} could not be read", path.display())]
    Pickle { path: PathBuf, source: PickleError },
    #[error("{} names an architecture that cannot be read", path.display())]
    Architecture { path: PathBuf, source: ArchitectureError },
    #[error("{} does not number its architectures from 0 to {}", path.display(), count.saturating_sub(1))]
    Numbering { path: PathBuf, count: usize },
    #[error("{} holds no latency files (*.pt)", path.display())]
    NoDevices { path: PathBuf },
    #[error("{} does not hold a pool", path.display())]
    Pool { path: PathBuf, source: PoolError },
    #[error("no published data of space {space} can be read yet; use nasbench201")]
    Space { space: Space },
}

/// Reads the pool of `space` below `data`.
pub(super) fn read(data: &Path, space: Space) -> Result<Pool, PublishedError> {
    if space != Space::NasBench201 {
        return Err(PublishedError::Space { space });
    }
    let folder = data.join(space.name());
    let architectures = read_architectures(&folder.join("str_arch2idx.pt"), space)?;
    let references = read_pickle(&folder.join("hardware_embedding_index.pt"), "a list of indices")?;
    let devices = read_devices(&folder.join("latency"))?;
    // The paper trains on the first 900 architectures and tests on the next 1,000.
    let ranges = Ranges { training: 0..900, queries: 900..1_900, references };
    Pool::new(space, architectures, devices, ranges).map_err(|source| PublishedError::Pool { path: folder, source })
}

fn read_pickle<T: DeserializeOwned>(path: &Path, expected: &'static str) -> Result<T, PublishedError> {
    let bytes = std::fs::read(path).map_err(|source| PublishedError::Read { path: path.into(), source })?;
    pickle::read(&bytes, expected).map_err(|source| PublishedError::Pickle { path: path.into(), source })
}

fn read_architectures(path: &Path, space: Space) -> Result<Vec<Architecture>, PublishedError> {
    let indices: HashMap<String, usize> = read_pickle(path, "a map from architecture to index")?;
    let count = indices.len();
    let mut architectures = vec![None; count];
    for (text, index) in indices {
        let architecture =
            space.parse(&text).map_err(|source| PublishedError::Architecture { path: path.into(), source })?;
        if let Some(slot) = architectures.get_mut(index) {
            *slot = Some(architecture);
        }
    }
    let numbering = || PublishedError::Numbering { path: path.into(), count };
    architectures.into_iter().collect::<Option<_>>().ok_or_else(numbering)
}

/// The devices in `folder`, ordered by name.
fn read_devices(folder: &Path) -> Result<Vec<PoolDevice>, PublishedError> {
    let unreadable = |source| PublishedError::Read { path: folder.into(), source };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "pt") {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        return Err(PublishedError::NoDevices { path: folder.into() });
    }
    paths.sort();
    paths.par_iter().map(|path| read_device(path)).collect()
}

fn read_device(path: &Path) -> Result<PoolDevice, PublishedError> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let latencies_ms = read_pickle(path, "a list of latencies")?;
    Ok(PoolDevice::named(&name, latencies_ms))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Serialize;
    use std::collections::BTreeMap;

    fn write(path: &Path, value: &impl Serialize) {
        let bytes = serde_pickle::to_vec(value, serde_pickle::SerOptions::new()).unwrap();
        std::fs::write(path, pickle::archive_of(&bytes)).unwrap();
    }

    /// A folder in the published form: all cells, two devices.
    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("nasbench201");
        std::fs::create_dir_all(root.join("latency")).unwrap();
        let indices: BTreeMap<String, usize> =
            Space::NasBench201.enumerate().unwrap().enumerate().map(|(i, cell)| (cell.to_string(), i)).collect();
        write(&root.join("str_arch2idx.pt"), &indices);
        write(&root.join("hardware_embedding_index.pt"), &[3, 1, 2]);
        let latencies: Vec<u32> = (1..=15_625).collect();
        write(&root.join("latency/pixel2.pt"), &latencies);
        write(&root.join("latency/1080ti_32.pt"), &latencies);
        folder
    }

    fn message(error: &dyn std::error::Error) -> String {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        text.replace(std::env::temp_dir().to_str().unwrap(), "TMP")
    }

    #[test]
    fn reads_devices_by_name_and_architectures_by_index() {
        let folder = folder();
        let pool = read(folder.path(), Space::NasBench201).unwrap();
        let names: Vec<&str> = pool.devices().iter().map(|device| device.name.as_str()).collect();
        assert_eq!(names, ["1080ti_32", "pixel2"]);
        assert_eq!(pool.devices()[1].latencies_ms[41], 42.0);
        assert_eq!(pool.architectures()[7], Space::NasBench201.enumerate().unwrap().nth(7).unwrap());
        assert_eq!(pool.ranges().references, [3, 1, 2]);
    }

    #[test]
    fn broken_folders_are_refused_by_the_file_at_fault() {
        let folder = folder();
        let root = folder.path().join("nasbench201");
        let refused = || {
            let error = read(folder.path(), Space::NasBench201).unwrap_err();
            message(&error).replace(folder.path().file_name().unwrap().to_str().unwrap(), "data")
        };
        write(&root.join("latency/pixel2.pt"), &[1.0, 2.0]);
        insta::assert_snapshot!(refused(), @"TMP/data/nasbench201 does not hold a pool: device `pixel2` has 2 latencies, but the pool has 15625 architectures");
        std::fs::write(root.join("latency/pixel2.pt"), b"PK").unwrap();
        insta::assert_snapshot!(refused(), @"TMP/data/nasbench201/latency/pixel2.pt could not be read: not a whole zip archive; fetch the file again: invalid Zip archive: Could not find EOCD");
        std::fs::remove_file(root.join("hardware_embedding_index.pt")).unwrap();
        insta::assert_snapshot!(refused(), @"TMP/data/nasbench201/hardware_embedding_index.pt could not be read; --data is a folder that holds nasbench201/ as published with HELP: No such file or directory (os error 2)");
    }
}
