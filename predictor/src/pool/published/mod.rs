//! The data folder as published with HELP: `nasbench201/`, `fbnet/` and `ofa/`, each with
//! `latency/<device>.pt`, `hardware_embedding_index.pt` and a list of its architectures.

mod architectures;

use std::path::{Path, PathBuf};

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use serde::de::DeserializeOwned;
use tenshot_onnx_models::{ArchitectureError, Space};

use super::{PickleError, Pool, PoolDevice, PoolError, Provenance, Ranges, SourceFile, pickle};
use crate::spaces::HelpFolder;

/// Why a published data folder could not be read.
#[derive(Debug, thiserror::Error)]
pub enum PublishedError {
    /// A file or folder that cannot be read.
    #[error("{} could not be read; the folder published with HELP holds nasbench201/, fbnet/ and ofa/", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A `.pt` file that holds no latencies or architectures.
    #[error("{} could not be read", path.display())]
    Pickle {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: PickleError,
    },
    /// A list of architectures that is no JSON list.
    #[error("{} is not a JSON list of objects", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A file that names an unknown architecture.
    #[error("{} names an architecture that cannot be read", path.display())]
    Architecture {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ArchitectureError,
    },
    /// Architectures that are not numbered one after another.
    #[error("{} does not number its architectures from 0 to {}", path.display(), count.saturating_sub(1))]
    Numbering {
        /// The file.
        path: PathBuf,
        /// How many architectures it has.
        count: usize,
    },
    /// A folder without latencies.
    #[error("{} holds no latency files (*.pt)", path.display())]
    NoDevices {
        /// The folder.
        path: PathBuf,
    },
    /// Latencies that are no pool.
    #[error("{} does not hold a pool", path.display())]
    Pool {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it.
        source: PoolError,
    },
    /// A space that nobody published a folder of.
    #[error("no folder of latencies is published of space {space}; import a table, or give a pool file")]
    Space {
        /// The space.
        space: Space,
    },
}

/// Reads the pool of `space` below `data`.
pub(super) fn read(data: &Path, space: Space, published: HelpFolder) -> Result<Pool, PublishedError> {
    let folder = space_folder(data, published.name);
    let (architectures, listed) = architectures::read(&folder, published.list, space)?;
    let (references, indices) = read_pickle(&folder.join("hardware_embedding_index.pt"), "a list of indices")?;
    let (devices, measured): (Vec<_>, Vec<_>) = read_devices(&folder.join("latency"))?.into_iter().unzip();
    let ranges = Ranges { training: published.training, queries: published.queries, references };
    let pool = Pool::new(space, architectures, devices, ranges)
        .map_err(|source| PublishedError::Pool { path: folder, source })?;
    let files = [listed, indices].into_iter().chain(measured).collect();
    let source = format!("{}/ of the folder published with HELP", published.name);
    Ok(pool.with_provenance(Provenance { source, files, approximate: None }))
}

/// The folder of a space below `data`, or below its folder `help`, beside which HAT's may be.
fn space_folder(data: &Path, name: &str) -> PathBuf {
    let below = data.join("help").join(name);
    if below.is_dir() { below } else { data.join(name) }
}

/// The bytes of a file, and the file as provenance lists it.
fn read_file(path: &Path) -> Result<(Vec<u8>, SourceFile), PublishedError> {
    let bytes = std::fs::read(path).map_err(|source| PublishedError::Read { path: path.into(), source })?;
    let file = SourceFile::new(&path.file_name().unwrap_or_default().to_string_lossy(), &bytes);
    Ok((bytes, file))
}

fn read_pickle<T: DeserializeOwned>(path: &Path, expected: &'static str) -> Result<(T, SourceFile), PublishedError> {
    let (bytes, file) = read_file(path)?;
    let value =
        pickle::read(&bytes, expected).map_err(|source| PublishedError::Pickle { path: path.into(), source })?;
    Ok((value, file))
}

/// The devices in `folder` with their files, ordered by name.
fn read_devices(folder: &Path) -> Result<Vec<(PoolDevice, SourceFile)>, PublishedError> {
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

fn read_device(path: &Path) -> Result<(PoolDevice, SourceFile), PublishedError> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let (latencies_ms, file) = read_pickle(path, "a list of latencies")?;
    Ok((PoolDevice::named(&name, latencies_ms), file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Serialize;
    use std::collections::BTreeMap;
    use tenshot_onnx_models::spaces::fbnet::Choice;
    use tenshot_onnx_models::{Architecture, ReferenceSet};

    use super::super::PaperSplit;

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

    /// A folder of a space with 5,000 architectures, which are not there yet.
    fn small_folder(data: &Path, name: &str) -> PathBuf {
        let root = data.join(name);
        std::fs::create_dir_all(root.join("latency")).unwrap();
        write(&root.join("hardware_embedding_index.pt"), &[3, 1, 2]);
        write(&root.join("latency/raspi4.pt"), &vec![1.5; 5_000]);
        root
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
        let pool = Pool::read(folder.path(), Space::NasBench201).unwrap();
        let names: Vec<&str> = pool.devices().iter().map(|device| device.name.as_str()).collect();
        assert_eq!(names, ["1080ti_32", "pixel2"]);
        assert_eq!(pool.devices()[1].latencies_ms[41], 42.0);
        assert_eq!(pool.architectures()[7], Space::NasBench201.enumerate().unwrap().nth(7).unwrap());
        assert_eq!(pool.ranges().references, [3, 1, 2]);
    }

    #[test]
    fn reads_fbnet_by_the_indices_of_its_blocks() {
        #[derive(Serialize)]
        struct Metainfo {
            dataset: &'static str,
            arch: Vec<BTreeMap<&'static str, Vec<usize>>>,
        }
        let folder = tempfile::tempdir().unwrap();
        let networks = Space::FbNet.sample(3, 5_000).unwrap();
        let indices = |one: &Architecture| match one {
            Architecture::FbNet(network) => network.choices().map(Choice::ordinal).to_vec(),
            _ => unreachable!(),
        };
        let arch = networks.iter().map(|one| BTreeMap::from([("op_idx_list", indices(one))])).collect();
        let root = small_folder(folder.path(), "fbnet");
        write(&root.join("metainfo.pt"), &Metainfo { dataset: "cifar100", arch });
        let pool = Pool::read(folder.path(), Space::FbNet).unwrap();
        assert_eq!(pool.architectures(), networks);
        assert_eq!((pool.ranges().training.end, pool.ranges().queries.end), (4_000, 5_000));
        let files: Vec<&str> = pool.provenance().files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(files, ["metainfo.pt", "hardware_embedding_index.pt", "raspi4.pt"]);
    }

    #[test]
    fn reads_mobilenetv3_from_the_pickle_or_the_json_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = small_folder(folder.path(), "ofa");
        let refused = || {
            let error = Pool::read(folder.path(), Space::MobileNetV3).unwrap_err();
            message(&error).replace(folder.path().file_name().unwrap().to_str().unwrap(), "data")
        };
        insta::assert_snapshot!(refused(), @"TMP/data/ofa/ofa_archs.pt could not be read; the folder published with HELP holds nasbench201/, fbnet/ and ofa/: No such file or directory (os error 2)");
        std::fs::write(root.join("ofa_archs.json"), "[{}, 5]").unwrap();
        insta::assert_snapshot!(refused(), @"TMP/data/ofa/ofa_archs.json is not a JSON list of objects: invalid type: integer `5`, expected a map at line 1 column 6");
        std::fs::write(root.join("ofa_archs.json"), r#"[{"ks": [3], "e": [], "d": [], "r": 1}]"#).unwrap();
        insta::assert_snapshot!(refused(), @"TMP/data/ofa/ofa_archs.json names an architecture that cannot be read: `ks` has 1 values, expected 20");
        let networks = Space::MobileNetV3.sample(3, 5_000).unwrap();
        let list: Vec<String> = networks.iter().map(ToString::to_string).collect();
        let json = format!("[{}]", list.join(",\n"));
        std::fs::write(root.join("ofa_archs.json"), &json).unwrap();
        assert_eq!(Pool::read(folder.path(), Space::MobileNetV3).unwrap().architectures(), networks);
        let arch: serde_json::Value = serde_json::from_str(&json).unwrap();
        std::fs::write(root.join("ofa_archs.json"), "[]").unwrap();
        write(&root.join("ofa_archs.pt"), &serde_json::json!({"dataset": "imagenet", "arch": arch}));
        assert_eq!(Pool::read(folder.path(), Space::MobileNetV3).unwrap().architectures(), networks);
        std::fs::write(root.join("ofa_archs.pt"), b"PK").unwrap();
        insta::assert_snapshot!(refused(), @"TMP/data/ofa/ofa_archs.pt could not be read: not a whole zip archive; fetch the file again: invalid Zip archive: Could not find EOCD");
    }

    /// The list as published, with numpy's numbers in it.
    #[test]
    fn the_published_pickle_of_mobilenetv3_is_its_json() {
        let Some(shared) = std::env::var_os("TENSHOT_SHARED") else {
            eprintln!("skipped: TENSHOT_SHARED is not set");
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let published = Path::new(&shared).join("data/help/ofa");
        if !published.join("ofa_archs.json").exists() {
            eprintln!("skipped: there is no ofa_archs.json to compare with");
            return;
        }
        let root = small_folder(folder.path(), "ofa");
        let architectures_of = |file: &str| {
            let _ = std::fs::remove_file(root.join("ofa_archs.pt"));
            std::fs::copy(published.join(file), root.join(file)).unwrap();
            Pool::read(folder.path(), Space::MobileNetV3).unwrap().architectures().to_vec()
        };
        assert_eq!(architectures_of("ofa_archs.json"), architectures_of("ofa_archs.pt"));
    }

    #[test]
    fn the_folder_may_be_one_of_several() {
        let folder = folder();
        let beside = tempfile::tempdir().unwrap();
        std::fs::rename(folder.path().join("nasbench201"), beside.path().join("nasbench201")).unwrap();
        std::fs::create_dir(folder.path().join("help")).unwrap();
        std::fs::rename(beside.path().join("nasbench201"), folder.path().join("help/nasbench201")).unwrap();
        assert_eq!(Pool::read(folder.path(), Space::NasBench201).unwrap().devices().len(), 2);
    }

    /// The published pools have the paper's devices, whatever the space.
    #[test]
    fn the_papers_splits_are_those_of_the_published_pools() {
        let Some(shared) = std::env::var_os("TENSHOT_SHARED") else {
            eprintln!("skipped: TENSHOT_SHARED is not set");
            return;
        };
        let data = Path::new(&shared).join("data/help");
        let count = |space| {
            let pool = Pool::read(&data, space).unwrap();
            for split in PaperSplit::all().iter().filter(|split| split.space == space) {
                let names = [split.train, split.validation, split.test].concat();
                pool.select(&names.into_iter().map(str::to_owned).collect::<Vec<_>>()).unwrap();
            }
            let references = ReferenceSet::paper(space).unwrap().architectures;
            let places = pool.ranges().references.iter();
            assert_eq!(places.map(|&one| pool.architectures()[one]).collect::<Vec<_>>(), references);
            (pool.devices().len(), pool.architectures().len())
        };
        assert_eq!(count(Space::NasBench201), (27, 15_625));
        assert_eq!(count(Space::FbNet), (27, 5_000));
        assert_eq!(count(Space::MobileNetV3), (12, 5_000));
    }

    #[test]
    fn broken_folders_are_refused_by_the_file_at_fault() {
        let folder = folder();
        let root = folder.path().join("nasbench201");
        let refused = || {
            let error = Pool::read(folder.path(), Space::NasBench201).unwrap_err();
            message(&error).replace(folder.path().file_name().unwrap().to_str().unwrap(), "data")
        };
        write(&root.join("latency/pixel2.pt"), &[1.0, 2.0]);
        insta::assert_snapshot!(refused(), @"TMP/data/nasbench201 does not hold a pool: device `pixel2` has 2 latencies, but the pool has 15625 architectures");
        std::fs::write(root.join("latency/pixel2.pt"), b"PK").unwrap();
        insta::assert_snapshot!(refused(), @"TMP/data/nasbench201/latency/pixel2.pt could not be read: not a whole zip archive; fetch the file again: invalid Zip archive: Could not find EOCD");
        std::fs::remove_file(root.join("hardware_embedding_index.pt")).unwrap();
        insta::assert_snapshot!(refused(), @"TMP/data/nasbench201/hardware_embedding_index.pt could not be read; the folder published with HELP holds nasbench201/, fbnet/ and ofa/: No such file or directory (os error 2)");
    }
}
