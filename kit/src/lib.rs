//! What Tenshot's programs and libraries share, and what none of them is about.
//!
//! Without features: files that are written whole, folders with one user, SHA-256. With the feature
//! `program`: exit codes and failures, logs, stop signals, tokens.

mod folder_lock;
mod sha256;
mod whole_file;

#[cfg(feature = "program")]
mod exit;
#[cfg(feature = "program")]
mod failure;
#[cfg(feature = "program")]
mod logging;
#[cfg(feature = "program")]
mod stop;
#[cfg(feature = "program")]
mod token;

pub use folder_lock::{FolderLock, FolderLockError};
pub use sha256::{Sha256, sha256};
pub use whole_file::write_whole;

#[cfg(feature = "program")]
pub use {
    exit::Exit,
    failure::{Failure, FailureContext},
    logging::start_logging,
    stop::Stop,
    token::{Token, TokenError, TokenFileError},
};
