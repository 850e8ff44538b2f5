//! Latencies in forms that others publish or export.

mod device_table;
mod hw_nas_bench;
mod latbench;
mod measurements;

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use tenshot_onnx_models::{ArchitectureError, Space, with_space};

use super::{PickleError, Pickled, Pool, PoolError, Provenance, ReadPoolError, SourceFile};
use crate::spaces::{Benchmark, PredictorSpace};
use crate::support::CsvError;
pub use device_table::TableError;

/// A form in which latencies are published or exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The folder published with HELP, or HAT's CSV files; see [`Pool::read`].
    Published,
    /// A CSV table: a column `architecture`, and one of latencies for each device.
    Csv,
    /// The pickle of HW-NAS-Bench (Li et al., ICLR 2021), its part on NAS-Bench-201.
    HwNasBench,
    /// The pickles of LatBench (Dudziak et al., NeurIPS 2020), one a device.
    LatBench,
    /// CSV files with the columns `architecture` and `latency_ms`, one a device, which is named as
    /// the file: what the coordinator exports and `tenshot adapt` reads.
    Measurements,
}

impl Source {
    /// All sources.
    pub const ALL: [Self; 5] = [Self::Published, Self::Csv, Self::HwNasBench, Self::LatBench, Self::Measurements];

    /// The name by which flags call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Csv => "csv",
            Self::HwNasBench => "hw-nas-bench",
            Self::LatBench => "latbench",
            Self::Measurements => "measurements",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// A name that no source has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown source `{name}`, expected {}", Source::ALL.map(Source::name).join(", "))]
pub struct UnknownSource {
    /// The name as it was given.
    pub name: String,
}

impl FromStr for Source {
    type Err = UnknownSource;

    fn from_str(text: &str) -> Result<Self, UnknownSource> {
        let known = Self::ALL.into_iter().find(|source| source.name() == text);
        known.ok_or_else(|| UnknownSource { name: text.to_owned() })
    }
}

/// Why a file could not be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file or folder that cannot be read.
    #[error("{} could not be read", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A folder without files of this form.
    #[error("{} holds no files that end in {}", path.display(), extensions.join(" or "))]
    NoFiles {
        /// The folder.
        path: PathBuf,
        /// How the names of such files end.
        extensions: &'static [&'static str],
    },
    /// A pickle that holds no latencies.
    #[error("{} could not be read", path.display())]
    Pickle {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: PickleError,
    },
    /// A table of devices that cannot be read.
    #[error("{} could not be read", path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: TableError,
    },
    /// A table of measurements that cannot be read.
    #[error("{} could not be read", path.display())]
    Measurements {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: CsvError,
    },
    /// A file that names an unknown architecture.
    #[error("{} names an architecture that cannot be read", path.display())]
    Architecture {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ArchitectureError,
    },
    /// A cell that is not six operations.
    #[error("{} names the architecture {found:?}, expected six operations from 0 to 4", path.display())]
    Vector {
        /// The file.
        path: PathBuf,
        /// The numbers that stand there.
        found: Vec<u32>,
    },
    /// Latencies that are no pool.
    #[error("{} does not hold a pool", path.display())]
    Pool {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it.
        source: PoolError,
    },
    /// A benchmark of another space.
    #[error("{of} gives latencies of architectures of {known} alone, not of {space}")]
    Space {
        /// The benchmark.
        of: &'static str,
        /// The spaces that it has, by name.
        known: String,
        /// The space that was asked for.
        space: Space,
    },
}

impl Pool {
    /// Reads latencies of architectures of `space` from a file or folder of the form `source`.
    ///
    /// # Errors
    /// A file that is missing, broken or of another form, or latencies that cannot be right.
    pub fn import(source: Source, path: &Path, space: Space) -> Result<Self, ReadPoolError> {
        match source {
            Source::Published => Self::read(path, space),
            Source::Csv => Ok(device_table::read(path, space)?),
            Source::HwNasBench => Ok(hw_nas_bench::read(path, space)?),
            Source::LatBench => Ok(latbench::read(path, space)?),
            Source::Measurements => Ok(measurements::read(path, space)?),
        }
    }
}

/// Refuses a space that a benchmark has no latencies of.
fn check_space(benchmark: Benchmark, space: Space) -> Result<(), ImportError> {
    let has = |space: Space| with_space!(space, S => S::BENCHMARKS).contains(&benchmark);
    if has(space) {
        return Ok(());
    }
    let known: Vec<&str> = Space::ALL.iter().filter(|&&space| has(space)).map(|space| space.name()).collect();
    Err(ImportError::Space { of: benchmark.name(), known: known.join(" and "), space })
}

/// The files to read: `path` itself, or where it is a folder, those in it whose name has one of
/// the extensions, ordered by name.
fn files(path: &Path, extensions: &'static [&'static str]) -> Result<Vec<PathBuf>, ImportError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let unreadable = |source| ImportError::Read { path: path.into(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        if file.extension().is_some_and(|found| extensions.iter().any(|one| found == *one)) {
            files.push(file);
        }
    }
    if files.is_empty() {
        return Err(ImportError::NoFiles { path: path.into(), extensions });
    }
    files.sort();
    Ok(files)
}

/// A file's bytes, and what provenance says of it.
fn read_file(path: &Path) -> Result<(Vec<u8>, SourceFile), ImportError> {
    let bytes = std::fs::read(path).map_err(|source| ImportError::Read { path: path.into(), source })?;
    let file = SourceFile::new(&path.file_name().unwrap_or_default().to_string_lossy(), &bytes);
    Ok((bytes, file))
}

/// A device's name from its file's.
fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn finish(
    pool: Result<Pool, PoolError>,
    path: &Path,
    source: &str,
    files: Vec<SourceFile>,
) -> Result<Pool, ImportError> {
    let pool = pool.map_err(|source| ImportError::Pool { path: path.into(), source })?;
    Ok(pool.with_provenance(Provenance { source: source.to_owned(), files, approximate: None }))
}

/// An error and its causes in a line, with the folder's path left out.
#[cfg(test)]
fn message(error: &dyn std::error::Error, folder: &Path) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text.replace(folder.to_str().unwrap_or_default(), "TMP")
}
