//! Folders that one process uses at a time.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// The right to a folder. The operating system ends it with the process, even by `kill -9`.
#[derive(Debug)]
pub struct FolderLock {
    /// Locked for as long as it is open.
    _file: File,
}

/// The folder cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum FolderLockError {
    /// It cannot be made or written.
    #[error("cannot write {}: {source}", path.display())]
    Unwritable {
        /// The folder, or the file in it.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// Another process uses it.
    #[error("the folder {} is in use", .0.display())]
    InUse(PathBuf),
}

impl FolderLock {
    /// Makes the folder where it is missing, and takes it if nobody has it; `name` is the file that says so.
    ///
    /// # Errors
    /// A folder that cannot be written, or is in use.
    pub fn try_take(folder: &Path, name: &str) -> Result<Self, FolderLockError> {
        let unwritable = |path: &Path| {
            let path = path.to_owned();
            move |source| FolderLockError::Unwritable { path, source }
        };
        let path = folder.join(name);
        fs::create_dir_all(folder).map_err(unwritable(folder))?;
        let file = File::create(&path).map_err(unwritable(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::Error(source)) => Err(unwritable(&path)(source)),
            Err(TryLockError::WouldBlock) => Err(FolderLockError::InUse(folder.to_owned())),
        }
    }

    /// Takes the folder, and waits a moment for a predecessor that is just ending.
    ///
    /// # Errors
    /// A folder that cannot be written, or is still in use after ten seconds.
    #[cfg(feature = "program")]
    pub async fn take(folder: &Path, name: &str) -> Result<Self, FolderLockError> {
        Self::take_within(folder, name, std::time::Duration::from_secs(10)).await
    }

    #[cfg(feature = "program")]
    async fn take_within(folder: &Path, name: &str, patience: std::time::Duration) -> Result<Self, FolderLockError> {
        let deadline = tokio::time::Instant::now() + patience;
        loop {
            match Self::try_take(folder, name) {
                // The operating system tells nobody when a lock becomes free, hence the tries.
                Err(FolderLockError::InUse(_)) if tokio::time::Instant::now() < deadline => {
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                }
                done => return done,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FolderLock, FolderLockError};

    #[test]
    fn one_process_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = FolderLock::try_take(folder.path(), "lock").unwrap();
        let error = FolderLock::try_take(folder.path(), "lock").unwrap_err();
        assert_eq!(error.to_string(), format!("the folder {} is in use", folder.path().display()));
        drop(first);
        FolderLock::try_take(folder.path(), "lock").unwrap();
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = FolderLock::try_take(&file.path().join("state"), "lock").unwrap_err();
        assert!(matches!(&error, FolderLockError::Unwritable { path, .. } if path.ends_with("state")), "{error}");
    }

    #[cfg(feature = "program")]
    #[tokio::test]
    async fn a_predecessor_that_ends_meanwhile_is_no_obstacle() {
        use std::time::Duration;

        let folder = tempfile::tempdir().unwrap();
        let first = FolderLock::try_take(folder.path(), "lock").unwrap();
        assert!(FolderLock::take_within(folder.path(), "lock", Duration::ZERO).await.is_err());
        let waiting = FolderLock::take_within(folder.path(), "lock", Duration::MAX / 4);
        let (second, ()) = tokio::join!(waiting, async { drop(first) });
        second.unwrap();
    }
}
