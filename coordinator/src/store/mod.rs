//! What is kept: one SQLite file, and files named by hash. The only place with SQL.
//!
//! One connection writes and a few read. SQLite allows one writer at a time: a second one would only
//! wait in its busy handler, out of order; a mutex queues them fairly. Writes begin with
//! `BEGIN IMMEDIATE`, so that a transaction never starts reading and then fails to become a writer.
//! Readers see the last commit and never wait (WAL).

pub mod campaigns;
pub mod devices;
mod error;
pub mod files;
mod json;
pub mod measurements;
mod migrations;
pub mod models;
pub mod predictors;
mod rows;
pub mod targets;
pub mod task_progress;
pub mod tasks;
pub mod tokens;
pub mod trained;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

pub use error::StoreError;

/// Readers that are kept open between uses.
const MOST_IDLE_READERS: usize = 4;

/// The database.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

impl Store {
    /// Opens the database in this file, makes it where it is missing, and brings an older one up to date.
    ///
    /// # Errors
    /// Where the file cannot be opened or written, or a newer version of the program made it.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let opening = |source| StoreError::Open { path: path.to_owned(), source };
        let mut writer = Connection::open(path).map_err(opening)?;
        configure(&writer).map_err(opening)?;
        migrations::migrate(&mut writer, path)?;
        Ok(Self { path: path.to_owned(), writer: Mutex::new(writer), readers: Mutex::default() })
    }

    /// Runs `work` in a transaction that commits where it succeeds and leaves no trace where it fails.
    ///
    /// # Errors
    /// Those of `work`, and those of the database.
    pub fn write<T, E: From<StoreError>>(&self, work: impl FnOnce(&Transaction) -> Result<T, E>) -> Result<T, E> {
        let mut writer = locked(&self.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StoreError::from)?;
        let result = work(&transaction)?;
        transaction.commit().map_err(StoreError::from)?;
        Ok(result)
    }

    /// Runs `work` on one consistent state of the database.
    ///
    /// # Errors
    /// Those of `work`, and those of the database.
    pub fn read<T, E: From<StoreError>>(&self, work: impl FnOnce(&Transaction) -> Result<T, E>) -> Result<T, E> {
        let idle = locked(&self.readers).pop();
        let mut reader = match idle {
            Some(reader) => reader,
            None => self.open_reader().map_err(StoreError::from)?,
        };
        let result = work(&reader.transaction().map_err(StoreError::from)?);
        let mut readers = locked(&self.readers);
        if readers.len() < MOST_IDLE_READERS {
            readers.push(reader);
        }
        result
    }

    fn open_reader(&self) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let reader = Connection::open_with_flags(&self.path, flags)?;
        reader.busy_timeout(std::time::Duration::from_secs(5))?;
        Ok(reader)
    }
}

fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // An acknowledged measurement leaves the agent's spool: it has to survive a power cut here.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)
}

/// A panic elsewhere rolls its transaction back; the connection itself stays sound.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{Store, StoreError};

    /// A fresh database and the folder that it lives in.
    pub(crate) fn fresh() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("tenshot.sqlite")).unwrap();
        (folder, store)
    }

    #[test]
    fn a_failed_write_leaves_no_trace() {
        let (_folder, store) = fresh();
        let failed: Result<(), StoreError> = store.write(|transaction| {
            transaction.execute_batch("INSERT INTO models VALUES ('h', 's', 'a', 1, 1, 0)")?;
            Err(StoreError::Missing("anything"))
        });
        assert!(failed.is_err());
        let models: i64 = store
            .read(|connection| {
                Ok::<_, StoreError>(connection.query_row("SELECT count(*) FROM models", [], |row| row.get(0))?)
            })
            .unwrap();
        assert_eq!(models, 0);
    }

    #[test]
    fn readers_cannot_write() {
        let (_folder, store) = fresh();
        let written = store.read(|connection| {
            connection.execute_batch("INSERT INTO models VALUES ('h', 's', 'a', 1, 1, 0)").map_err(StoreError::from)
        });
        assert!(written.is_err());
    }
}
