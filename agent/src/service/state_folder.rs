//! The folder that an agent keeps between its lives; one agent at a time.

use std::path::{Path, PathBuf};

use tenshot_kit::{FolderLock, FolderLockError};

use crate::cache::{Cache, CacheError};
use crate::spool::{Spool, SpoolError};

/// Spool and cache, and the lock that makes them this process's own.
#[derive(Debug)]
pub struct StateFolder {
    /// Results not yet acknowledged.
    pub spool: Spool,
    /// Models by hash.
    pub cache: Cache,
    /// Held until the process ends, however it ends.
    _lock: FolderLock,
}

/// The folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateFolderError {
    /// It cannot be made or written.
    #[error("cannot write the state folder {path}: {source}; choose another with --state-dir", path = path.display())]
    Unwritable {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// Another agent uses it.
    #[error(
        "the state folder {path} is in use by another tenshot-agent: stop it, or choose another folder with --state-dir",
        path = .0.display()
    )]
    InUse(PathBuf),
    /// The spool cannot be opened.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// The cache cannot be opened.
    #[error(transparent)]
    Cache(#[from] CacheError),
}

impl From<FolderLockError> for StateFolderError {
    fn from(error: FolderLockError) -> Self {
        match error {
            FolderLockError::InUse(path) => Self::InUse(path),
            FolderLockError::Unwritable { path, source } => Self::Unwritable { path, source },
        }
    }
}

impl StateFolder {
    /// Makes the folder where it is missing, waits a moment for a predecessor, and opens it.
    ///
    /// # Errors
    /// Where it cannot be written, or another agent keeps it.
    pub async fn open(path: &Path, cache_bytes: u64) -> Result<Self, StateFolderError> {
        let lock = FolderLock::take(path, "lock").await?;
        Ok(Self {
            spool: Spool::open(&path.join("spool"), &path.join("rejected"))?,
            cache: Cache::open(&path.join("models"), cache_bytes)?,
            _lock: lock,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use tenshot_kit::FolderLockError;

    use super::{StateFolder, StateFolderError};

    #[test]
    fn a_folder_in_use_says_by_whom() {
        let error = StateFolderError::from(FolderLockError::InUse(PathBuf::from("/state")));
        assert!(
            error.to_string().starts_with("the state folder /state is in use by another tenshot-agent: "),
            "{error}"
        );
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_made_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = StateFolder::open(&file.path().join("state"), 1).await.unwrap_err();
        assert!(matches!(&error, StateFolderError::Unwritable { .. }));
        assert!(error.to_string().ends_with("choose another with --state-dir"), "{error}");
    }
}
