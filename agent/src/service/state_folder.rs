//! The folder that an agent keeps between its lives; one agent at a time.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::cache::{Cache, CacheError};
use crate::spool::{Spool, SpoolError};

/// A predecessor that is just ending is waited for this long.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often the lock is tried meanwhile.
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// Spool and cache, and the lock that makes them this process's own.
#[derive(Debug)]
pub struct StateFolder {
    /// Results not yet acknowledged.
    pub spool: Spool,
    /// Models by hash.
    pub cache: Cache,
    /// Held until the process ends, however it ends.
    _lock: File,
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
        source: io::Error,
    },
    /// Another agent uses it.
    #[error(
        "the state folder {path} is in use by another tenshot-agent: stop it, or choose another folder with --state-dir",
        path = path.display()
    )]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// The spool cannot be opened.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// The cache cannot be opened.
    #[error(transparent)]
    Cache(#[from] CacheError),
}

impl StateFolder {
    /// Makes the folder where it is missing, waits a moment for a predecessor, and opens it.
    ///
    /// # Errors
    /// Where it cannot be written, or another agent keeps it.
    pub async fn open(path: &Path, cache_bytes: u64) -> Result<Self, StateFolderError> {
        let lock = lock(path, PATIENCE).await?;
        Ok(Self {
            spool: Spool::open(&path.join("spool"), &path.join("rejected"))?,
            cache: Cache::open(&path.join("models"), cache_bytes)?,
            _lock: lock,
        })
    }
}

async fn lock(folder: &Path, patience: Duration) -> Result<File, StateFolderError> {
    let file = folder.join("lock");
    let unwritable = |path: &Path| {
        let path = path.to_owned();
        move |source| StateFolderError::Unwritable { path, source }
    };
    fs::create_dir_all(folder).map_err(unwritable(folder))?;
    let lock = File::create(&file).map_err(unwritable(&file))?;
    let deadline = tokio::time::Instant::now() + patience;
    loop {
        // The operating system frees the lock when its holder ends, even by kill -9. It tells
        // nobody, hence the tries.
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::Error(source)) => return Err(unwritable(&file)(source)),
            Err(TryLockError::WouldBlock) if tokio::time::Instant::now() >= deadline => {
                return Err(StateFolderError::InUse { path: folder.to_owned() });
            }
            Err(TryLockError::WouldBlock) => tokio::time::sleep(BETWEEN_TRIES).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{StateFolder, StateFolderError, lock};

    #[tokio::test]
    async fn one_agent_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = StateFolder::open(folder.path(), 1).await.unwrap();
        let error = lock(folder.path(), Duration::ZERO).await.unwrap_err();
        assert!(error.to_string().contains("in use by another tenshot-agent"), "{error}");
        // A predecessor that ends meanwhile is no obstacle.
        let (second, ()) = tokio::join!(lock(folder.path(), Duration::MAX / 4), async { drop(first) });
        assert!(second.is_ok());
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_made_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = StateFolder::open(&file.path().join("state"), 1).await.unwrap_err();
        assert!(matches!(&error, StateFolderError::Unwritable { .. }));
        assert!(error.to_string().ends_with("choose another with --state-dir"), "{error}");
    }
}
