//! What can go wrong with what is kept.

use std::path::PathBuf;

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database file cannot be opened or made.
    #[error("cannot open the database {}: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// A newer program made the database.
    #[error(
        "the database {} has schema version {found}, and this program knows versions up to {known}: \
         use the newer program that made it",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version in the file.
        found: i64,
        /// The newest version known.
        known: i64,
    },
    /// SQLite failed.
    #[error("the database failed: {0}")]
    Database(#[from] rusqlite::Error),
    /// A JSON column does not hold what it should.
    #[error("the database holds a damaged {what}: {source}")]
    Damaged {
        /// Which thing.
        what: &'static str,
        /// Why.
        source: serde_json::Error,
    },
    /// Something that has to be there is not.
    #[error("the database lacks the {0} that it should have")]
    Missing(&'static str),
    /// A file cannot be read or written.
    #[error("cannot {doing} {}: {source}", path.display())]
    File {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}
