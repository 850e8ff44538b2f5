//! Results that the coordinator has not acknowledged, one file each.
//!
//! A file holds the body of the request that delivers it, byte for byte, and its name ends with the
//! protocol version of the body: `7_1_3.v1.json`. Files without a version are of agents before this rule,
//! and are version 1. Files of a newer version are a newer agent's, and stay where they are.
//!
//! A file is written under a temporary name, flushed, renamed, and the folder is flushed: whatever
//! happens, a result is there whole or not at all. Removing is not flushed; a result that comes back
//! from a power cut is sent once more, and the coordinator knows it already.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tenshot_kit::write_whole;
use tenshot_measurement::{AttemptNumber, AttemptResult, Fence, Holding, TaskId};

use crate::result_body::ResultBody;

/// The folder of unacknowledged results.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
    rejected: PathBuf,
}

/// The spool cannot do what it should.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// The disk is full, or the folder may not be written, or is gone.
    #[error("cannot {doing} {path}: {source}", path = path.display())]
    Disk {
        /// What was tried.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The file holds no result, or another one than its name says.
    #[error("{path} does not hold the result of task {task}: {why}", path = path.display(), task = holding.task)]
    Content {
        /// The file.
        path: PathBuf,
        /// The result that should be there.
        holding: Holding,
        /// What is wrong.
        why: String,
    },
    /// The result cannot be written as JSON.
    #[error("the result cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// What an interrupted write leaves: of [`write_whole`], and of agents before it.
const TEMPORARY: [&str; 2] = ["part", "tmp"];

impl Spool {
    /// Opens the spool in `folder`, making it where it is missing; results that can never be sent
    /// go to `rejected`. Removes what an interrupted write left behind.
    ///
    /// # Errors
    /// Where the folder cannot be made or read.
    pub fn open(folder: &Path, rejected: &Path) -> Result<Self, SpoolError> {
        fs::create_dir_all(folder).map_err(disk("make", folder))?;
        let spool = Self { folder: folder.to_owned(), rejected: rejected.to_owned() };
        for path in spool.files()? {
            if path.extension().is_some_and(|extension| TEMPORARY.iter().any(|name| extension == *name)) {
                fs::remove_file(&path).map_err(disk("remove", &path))?;
            }
        }
        Ok(spool)
    }

    /// What is in the spool, oldest first. A file whose name says no task is moved to the rejected ones.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn pending(&self) -> Result<Vec<Holding>, SpoolError> {
        let mut found: Vec<(SystemTime, Holding)> = Vec::new();
        for path in self.files()? {
            match path.file_name().and_then(|name| name.to_str()).and_then(parse_name) {
                Some((_, version)) if version > ResultBody::VERSION => tracing::warn!(
                    file = %path.display(), version, "a newer agent's result stays in the spool until such an agent sends it"
                ),
                Some((holding, _)) => {
                    let written = path.metadata().and_then(|data| data.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
                    found.push((written, holding));
                }
                None => self.move_to_rejected(&path)?,
            }
        }
        found.sort_by_key(|&(written, holding)| (written, holding.task, holding.attempt, holding.fence));
        Ok(found.into_iter().map(|(_, holding)| holding).collect())
    }

    /// Keeps a result; on return it survives any crash.
    ///
    /// # Errors
    /// Where the disk refuses; then nothing of it is left there.
    pub fn put(&self, result: &AttemptResult) -> Result<(), SpoolError> {
        let body = ResultBody::of(result.clone())?;
        write(&self.folder.join(name(result.holding)), &body.bytes)
    }

    /// The body of a result, as it was written.
    ///
    /// # Errors
    /// Where the file cannot be read, or is no such result.
    pub fn read(&self, holding: Holding) -> Result<ResultBody, SpoolError> {
        let path = self.path(holding);
        let bytes = fs::read(&path).map_err(disk("read", &path))?;
        let content = |why| SpoolError::Content { path: path.clone(), holding, why };
        let found = ResultBody::holding(&bytes).map_err(|error| content(error.to_string()))?;
        if found == holding {
            Ok(ResultBody { version: ResultBody::VERSION, bytes })
        } else {
            Err(content("it is another result".to_owned()))
        }
    }

    /// Removes an acknowledged result; one that is gone already is removed.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn remove(&self, holding: Holding) -> Result<(), SpoolError> {
        let path = self.path(holding);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(disk("remove", &path)(error)),
            _ => Ok(()),
        }
    }

    /// Moves a result to the rejected ones, where people find it.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn set_aside(&self, holding: Holding) -> Result<(), SpoolError> {
        self.move_to_rejected(&self.path(holding))
    }

    /// Writes a result that never was in the spool to the rejected ones.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn put_aside(&self, result: &AttemptResult) -> Result<(), SpoolError> {
        fs::create_dir_all(&self.rejected).map_err(disk("make", &self.rejected))?;
        let body = ResultBody::of(result.clone())?;
        write(&self.rejected.join(name(result.holding)), &body.bytes)
    }

    fn move_to_rejected(&self, path: &Path) -> Result<(), SpoolError> {
        fs::create_dir_all(&self.rejected).map_err(disk("make", &self.rejected))?;
        let target = self.rejected.join(path.file_name().unwrap_or_default());
        fs::rename(path, target).map_err(disk("set aside", path))
    }

    /// The file of a result; one without a version in its name only where there is no other.
    fn path(&self, holding: Holding) -> PathBuf {
        let (path, unversioned) = (self.folder.join(name(holding)), self.folder.join(unversioned_name(holding)));
        if !path.exists() && unversioned.exists() { unversioned } else { path }
    }

    fn files(&self) -> Result<Vec<PathBuf>, SpoolError> {
        let entries = fs::read_dir(&self.folder).map_err(disk("read", &self.folder))?;
        let paths: io::Result<Vec<PathBuf>> = entries.map(|entry| Ok(entry?.path())).collect();
        Ok(paths.map_err(disk("read", &self.folder))?.into_iter().filter(|path| path.is_file()).collect())
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), SpoolError> {
    write_whole(path, bytes).map_err(disk("write", path))
}

fn disk(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> SpoolError {
    move |source| SpoolError::Disk { doing, path: path.to_owned(), source }
}

fn name(holding: Holding) -> String {
    versioned_name(holding, ResultBody::VERSION)
}

fn versioned_name(Holding { task, attempt, fence }: Holding, version: u32) -> String {
    format!("{task}_{attempt}_{fence}.v{version}.json")
}

fn unversioned_name(Holding { task, attempt, fence }: Holding) -> String {
    format!("{task}_{attempt}_{fence}.json")
}

/// Whose result the file of this name is, and its body's version.
fn parse_name(name: &str) -> Option<(Holding, u32)> {
    let stem = name.strip_suffix(".json")?;
    let (ids, version) = match stem.split_once(".v") {
        Some((ids, version)) => (ids, Some(version.parse().ok()?)),
        None => (stem, None),
    };
    let (task, rest) = ids.split_once('_')?;
    let (attempt, fence) = rest.split_once('_')?;
    let holding = Holding {
        task: TaskId(task.parse().ok()?),
        attempt: AttemptNumber(attempt.parse().ok()?),
        fence: Fence(fence.parse().ok()?),
    };
    // One name per result and version: `01_1_1.json` is none.
    let expected = version.map_or_else(|| unversioned_name(holding), |version| versioned_name(holding, version));
    (expected == name).then_some((holding, version.unwrap_or(1)))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
    use tenshot_measurement::{
        AttemptNumber, AttemptResult, FailureKind, Fence, Holding, MeasurementFailure, Outcome, TaskId,
    };

    use super::{Spool, name, parse_name, unversioned_name, versioned_name};
    use crate::result_body::ResultBody;

    fn holding(task: i64) -> Holding {
        Holding { task: TaskId(task), attempt: AttemptNumber(2), fence: Fence(7) }
    }

    fn result(task: i64) -> AttemptResult {
        let failure = MeasurementFailure { kind: FailureKind::Crashed, detail: "signal 11".to_owned() };
        AttemptResult { holding: holding(task), outcome: Outcome::Failed(failure) }
    }

    fn open(folder: &Path) -> Spool {
        Spool::open(&folder.join("spool"), &folder.join("rejected")).unwrap()
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_was_put_is_there_after_a_restart_oldest_first_until_removed() {
        let folder = tempfile::tempdir().unwrap();
        let spool = open(folder.path());
        for task in [9, 3] {
            spool.put(&result(task)).unwrap();
        }
        let old = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
        fs::File::open(folder.path().join("spool/9_2_7.v1.json")).unwrap().set_modified(old).unwrap();
        drop(spool);

        let spool = open(folder.path());
        assert_eq!(spool.pending().unwrap(), [holding(9), holding(3)]);
        assert_eq!(spool.read(holding(3)).unwrap(), ResultBody::of(result(3)).unwrap());
        spool.remove(holding(9)).unwrap();
        spool.remove(holding(9)).unwrap();
        assert_eq!(spool.pending().unwrap(), [holding(3)]);
        assert_eq!(names(&folder.path().join("spool")), ["3_2_7.v1.json"]);
    }

    #[test]
    fn the_same_result_twice_is_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let spool = open(folder.path());
        spool.put(&result(1)).unwrap();
        spool.put(&result(1)).unwrap();
        assert_eq!(spool.pending().unwrap(), [holding(1)]);
    }

    #[test]
    fn a_write_that_was_killed_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        open(folder.path()).put(&result(1)).unwrap();
        let whole = fs::read(folder.path().join("spool/1_2_7.v1.json")).unwrap();
        for length in [0, 1, whole.len() / 2, whole.len()] {
            for name in ["2_2_7.json.part", "2_2_7.tmp"] {
                fs::write(folder.path().join("spool").join(name), &whole[..length]).unwrap();
            }
            let spool = open(folder.path());
            assert_eq!(spool.pending().unwrap(), [holding(1)]);
            assert_eq!(names(&folder.path().join("spool")), ["1_2_7.v1.json"]);
        }
    }

    #[test]
    fn strange_files_are_set_aside_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let spool = open(folder.path());
        spool.put(&result(1)).unwrap();
        fs::write(folder.path().join("spool/notes.txt"), "?").unwrap();
        assert_eq!(spool.pending().unwrap(), [holding(1)]);
        assert_eq!(names(&folder.path().join("rejected")), ["notes.txt"]);

        fs::write(folder.path().join("spool/1_2_7.v1.json"), "{").unwrap();
        let error = spool.read(holding(1)).unwrap_err().to_string();
        assert!(error.contains("1_2_7.v1.json does not hold the result of task 1: EOF while parsing"), "{error}");
        spool.set_aside(holding(1)).unwrap();
        assert_eq!(names(&folder.path().join("rejected")), ["1_2_7.v1.json", "notes.txt"]);
        assert!(spool.pending().unwrap().is_empty());
    }

    #[test]
    fn a_result_under_a_wrong_name_is_not_sent() {
        let folder = tempfile::tempdir().unwrap();
        let spool = open(folder.path());
        spool.put(&result(1)).unwrap();
        fs::rename(folder.path().join("spool/1_2_7.v1.json"), folder.path().join("spool/4_2_7.v1.json")).unwrap();
        assert!(spool.read(holding(4)).unwrap_err().to_string().ends_with("it is another result"));
    }

    #[test]
    fn results_of_older_agents_are_sent_and_those_of_newer_ones_wait_for_them() {
        let folder = tempfile::tempdir().unwrap();
        let spool = open(folder.path());
        let body = ResultBody::of(result(4)).unwrap();
        fs::write(folder.path().join("spool/4_2_7.json"), &body.bytes).unwrap();
        fs::write(folder.path().join("spool/5_2_7.v99.json"), "whatever").unwrap();
        assert_eq!(spool.pending().unwrap(), [holding(4)]);
        assert_eq!(spool.read(holding(4)).unwrap(), body);
        spool.remove(holding(4)).unwrap();
        assert_eq!(names(&folder.path().join("spool")), ["5_2_7.v99.json"]);
    }

    #[test]
    fn a_disk_that_refuses_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let spool = open(folder.path());
        fs::remove_dir(folder.path().join("spool")).unwrap();
        let error = spool.put(&result(1)).unwrap_err().to_string();
        assert!(error.starts_with("cannot write ") && error.contains("spool/1_2_7.v1.json: No such file"), "{error}");
    }

    #[test]
    fn a_result_from_memory_is_set_aside_too() {
        let folder = tempfile::tempdir().unwrap();
        open(folder.path()).put_aside(&result(5)).unwrap();
        assert_eq!(names(&folder.path().join("rejected")), ["5_2_7.v1.json"]);
    }

    proptest! {
        #[test]
        fn names_are_read_back(task in any::<i64>(), attempt in any::<u32>(), fence in any::<u64>()) {
            let holding = Holding { task: TaskId(task), attempt: AttemptNumber(attempt), fence: Fence(fence) };
            prop_assert_eq!(parse_name(&name(holding)), Some((holding, 1)));
            prop_assert_eq!(parse_name(&versioned_name(holding, 7)), Some((holding, 7)));
            prop_assert_eq!(parse_name(&unversioned_name(holding)), Some((holding, 1)));
        }

        #[test]
        fn no_name_panics(name in ".{0,20}") {
            let read = parse_name(&name);
            let back = |(holding, version)| [unversioned_name(holding), versioned_name(holding, version)];
            prop_assert!(read.is_none_or(|read| back(read).contains(&name)));
        }
    }
}
