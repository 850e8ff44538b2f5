//! Device pools: measured latencies of the architectures of one space on many devices.

mod check;
mod device;
mod format;
mod pickle;
mod published;

use std::ops::Range;
use std::path::Path;

use sha2::{Digest, Sha256};
use tenshot_onnx_models::{Architecture, Space};

pub use check::PoolError;
pub use device::{Platform, PoolDevice, published_facts};
pub use format::{POOL_VERSION, PoolFormatError};
pub use pickle::PickleError;
pub use published::PublishedError;

/// Latencies of the architectures of one space on many devices.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool {
    space: Space,
    architectures: Vec<Architecture>,
    devices: Vec<PoolDevice>,
    ranges: Ranges,
}

/// Which of a pool's architectures serve for what, by position.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Ranges {
    /// What predictors are trained on, and what references are drawn from.
    pub training: Range<usize>,
    /// What predictors are tested on.
    pub queries: Range<usize>,
    /// The paper's reference architectures, in the authors' order.
    pub references: Vec<usize>,
}

/// Why a folder or file could not be read as a pool.
#[derive(Debug, thiserror::Error)]
pub enum ReadPoolError {
    /// The published folder.
    #[error(transparent)]
    Published(#[from] PublishedError),
    /// The project's own pool file.
    #[error(transparent)]
    Format(#[from] PoolFormatError),
}

impl Pool {
    /// A pool, checked: lengths agree, latencies are positive numbers, nothing is there twice.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with it.
    pub fn new(
        space: Space,
        architectures: Vec<Architecture>,
        devices: Vec<PoolDevice>,
        ranges: Ranges,
    ) -> Result<Self, PoolError> {
        let pool = Self { space, architectures, devices, ranges };
        check::check(&pool)?;
        Ok(pool)
    }

    /// Reads a pool of `space`: the project's own format where `path` is a file, the folder as
    /// published with HELP where it is a directory.
    ///
    /// # Errors
    ///
    /// A file that is missing or broken, or latencies that cannot be right.
    pub fn read(path: &Path, space: Space) -> Result<Self, ReadPoolError> {
        if path.is_dir() {
            return Ok(published::read(path, space)?);
        }
        Ok(format::read(path, space)?)
    }

    /// Writes the pool as one file in the project's own format.
    ///
    /// # Errors
    ///
    /// A file that cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), PoolFormatError> {
        format::write(self, path)
    }

    /// The pool's space.
    pub fn space(&self) -> Space {
        self.space
    }

    /// The architectures; latencies of every device are in this order.
    pub fn architectures(&self) -> &[Architecture] {
        &self.architectures
    }

    /// The devices.
    pub fn devices(&self) -> &[PoolDevice] {
        &self.devices
    }

    /// What the architectures serve for.
    pub fn ranges(&self) -> &Ranges {
        &self.ranges
    }

    /// The device called `name`.
    ///
    /// # Errors
    ///
    /// An unknown name; the error tells the nearest known one.
    pub fn device(&self, name: &str) -> Result<&PoolDevice, PoolError> {
        self.devices.iter().find(|device| device.name == name).ok_or_else(|| check::unknown_device(self, name))
    }

    /// The devices called `names`, in that order.
    ///
    /// # Errors
    ///
    /// An unknown name, or one that is there twice.
    pub fn select(&self, names: &[String]) -> Result<Vec<&PoolDevice>, PoolError> {
        if let Some(twice) = check::first_duplicate(names) {
            return Err(PoolError::DuplicateDevice { name: twice.clone() });
        }
        names.iter().map(|name| self.device(name)).collect()
    }
}

/// SHA-256 of a device's latencies (little-endian doubles), in hexadecimal.
pub(crate) fn latency_hash(latencies_ms: &[f64]) -> String {
    let mut hasher = Sha256::new();
    for latency in latencies_ms {
        hasher.update(latency.to_le_bytes());
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
