//! Results that the coordinator has not acknowledged, one JSON file each.
//!
//! A file is written under a temporary name, flushed, renamed, and the folder is flushed: whatever
//! happens, a result is there whole or not at all. Removing is not flushed; a result that comes back
//! from a power cut is sent once more, and the coordinator knows it already.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tenshot_protocol::v1::{AttemptNumber, Fence, Holding, ResultRequest, TaskId};

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
}

const TEMPORARY: &str = "tmp";

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
            if path.extension().is_some_and(|extension| extension == TEMPORARY) {
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
                Some(holding) => {
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
    pub fn put(&self, result: &ResultRequest) -> Result<(), SpoolError> {
        write_durably(&self.path(result.holding), result)
    }

    /// Reads a result back.
    ///
    /// # Errors
    /// Where the file cannot be read, or is no such result.
    pub fn read(&self, holding: Holding) -> Result<ResultRequest, SpoolError> {
        let path = self.path(holding);
        let text = fs::read(&path).map_err(disk("read", &path))?;
        let content = |why| SpoolError::Content { path: path.clone(), holding, why };
        let result: ResultRequest = serde_json::from_slice(&text).map_err(|error| content(error.to_string()))?;
        if result.holding == holding { Ok(result) } else { Err(content("it is another result".to_owned())) }
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
    pub fn put_aside(&self, result: &ResultRequest) -> Result<(), SpoolError> {
        fs::create_dir_all(&self.rejected).map_err(disk("make", &self.rejected))?;
        write_durably(&self.rejected.join(name(result.holding)), result)
    }

    fn move_to_rejected(&self, path: &Path) -> Result<(), SpoolError> {
        fs::create_dir_all(&self.rejected).map_err(disk("make", &self.rejected))?;
        let target = self.rejected.join(path.file_name().unwrap_or_default());
        fs::rename(path, target).map_err(disk("set aside", path))
    }

    fn path(&self, holding: Holding) -> PathBuf {
        self.folder.join(name(holding))
    }

    fn files(&self) -> Result<Vec<PathBuf>, SpoolError> {
        let entries = fs::read_dir(&self.folder).map_err(disk("read", &self.folder))?;
        let paths: io::Result<Vec<PathBuf>> = entries.map(|entry| Ok(entry?.path())).collect();
        Ok(paths.map_err(disk("read", &self.folder))?.into_iter().filter(|path| path.is_file()).collect())
    }
}

fn write_durably(path: &Path, result: &ResultRequest) -> Result<(), SpoolError> {
    let temporary = path.with_extension(TEMPORARY);
    let write = || -> io::Result<()> {
        let mut file = File::create(&temporary)?;
        file.write_all(&serde_json::to_vec(result)?)?;
        file.sync_all()?;
        fs::rename(&temporary, path)?;
        match path.parent() {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        }
    };
    write().map_err(|error| {
        // Room for others; where even this fails, the next start removes it.
        let _ = fs::remove_file(&temporary);
        disk("write", path)(error)
    })
}

fn disk(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> SpoolError {
    move |source| SpoolError::Disk { doing, path: path.to_owned(), source }
}

fn name(Holding { task, attempt, fence }: Holding) -> String {
    format!("{task}_{attempt}_{fence}.json")
}

fn parse_name(name: &str) -> Option<Holding> {
    let (task, rest) = name.strip_suffix(".json")?.split_once('_')?;
    let (attempt, fence) = rest.split_once('_')?;
    let holding = Holding {
        task: TaskId(task.parse().ok()?),
        attempt: AttemptNumber(attempt.parse().ok()?),
        fence: Fence(fence.parse().ok()?),
    };
    // One name per result: `01_1_1.json` is none.
    (self::name(holding) == name).then_some(holding)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use proptest::prelude::{any, prop_assert_eq, proptest};
    use tenshot_protocol::v1::{
        AttemptNumber, FailureKind, Fence, Holding, MeasurementFailure, Outcome, ResultRequest, TaskId,
    };

    use super::{Spool, name, parse_name};

    fn holding(task: i64) -> Holding {
        Holding { task: TaskId(task), attempt: AttemptNumber(2), fence: Fence(7) }
    }

    fn result(task: i64) -> ResultRequest {
        let failure = MeasurementFailure { kind: FailureKind::Crashed, detail: "signal 11".to_owned() };
        ResultRequest { holding: holding(task), outcome: Outcome::Failed(failure) }
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
        fs::File::open(folder.path().join("spool/9_2_7.json")).unwrap().set_modified(old).unwrap();
        drop(spool);

        let spool = open(folder.path());
        assert_eq!(spool.pending().unwrap(), [holding(9), holding(3)]);
        assert_eq!(spool.read(holding(3)).unwrap(), result(3));
        spool.remove(holding(9)).unwrap();
        spool.remove(holding(9)).unwrap();
        assert_eq!(spool.pending().unwrap(), [holding(3)]);
        assert_eq!(names(&folder.path().join("spool")), ["3_2_7.json"]);
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
        let whole = fs::read(folder.path().join("spool/1_2_7.json")).unwrap();
        for length in [0, 1, whole.len() / 2, whole.len()] {
            fs::write(folder.path().join("spool/2_2_7.tmp"), &whole[..length]).unwrap();
            let spool = open(folder.path());
            assert_eq!(spool.pending().unwrap(), [holding(1)]);
            assert_eq!(names(&folder.path().join("spool")), ["1_2_7.json"]);
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

        fs::write(folder.path().join("spool/1_2_7.json"), "{").unwrap();
        let error = spool.read(holding(1)).unwrap_err().to_string();
        assert!(error.contains("1_2_7.json does not hold the result of task 1: EOF while parsing"), "{error}");
        spool.set_aside(holding(1)).unwrap();
        assert_eq!(names(&folder.path().join("rejected")), ["1_2_7.json", "notes.txt"]);
        assert!(spool.pending().unwrap().is_empty());
    }

    #[test]
    fn a_result_under_a_wrong_name_is_not_sent() {
        let folder = tempfile::tempdir().unwrap();
        let spool = open(folder.path());
        spool.put(&result(1)).unwrap();
        fs::rename(folder.path().join("spool/1_2_7.json"), folder.path().join("spool/4_2_7.json")).unwrap();
        assert!(spool.read(holding(4)).unwrap_err().to_string().ends_with("it is another result"));
    }

    #[test]
    fn a_disk_that_refuses_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let spool = open(folder.path());
        fs::remove_dir(folder.path().join("spool")).unwrap();
        let error = spool.put(&result(1)).unwrap_err().to_string();
        assert!(error.starts_with("cannot write ") && error.contains("spool/1_2_7.json: No such file"), "{error}");
    }

    #[test]
    fn a_result_from_memory_is_set_aside_too() {
        let folder = tempfile::tempdir().unwrap();
        open(folder.path()).put_aside(&result(5)).unwrap();
        assert_eq!(names(&folder.path().join("rejected")), ["5_2_7.json"]);
    }

    proptest! {
        #[test]
        fn names_are_read_back(task in any::<i64>(), attempt in any::<u32>(), fence in any::<u64>()) {
            let holding = Holding { task: TaskId(task), attempt: AttemptNumber(attempt), fence: Fence(fence) };
            prop_assert_eq!(parse_name(&name(holding)), Some(holding));
        }

        #[test]
        fn no_name_panics(name in ".{0,20}") {
            prop_assert_eq!(parse_name(&name).is_some_and(|holding| super::name(holding) != name), false);
        }
    }
}
