//! Device pools: measured latencies of the architectures of one space on many devices.

mod assemble;
mod check;
mod correlation;
mod device;
mod format;
mod hat;
mod import;
pub mod paper;
mod pickle;
mod provenance;
mod published;
mod ranges;

use std::path::Path;

use tenshot_kit::Sha256;
use tenshot_onnx_models::{Architecture, Space, with_space};

pub use assemble::Measured;
pub use check::PoolError;
pub use correlation::Correlations;
pub use device::{Platform, PoolDevice, published_facts};
pub use format::{POOL_VERSION, PoolFormatError};
pub use hat::{HatFilesError, HatRowError};
pub use import::{ImportError, Source, TableError, UnknownSource};
pub use paper::PaperSplit;
pub use pickle::PickleError;
use pickle::Pickled;
pub use provenance::{Provenance, SourceFile};
pub use published::PublishedError;
pub use ranges::Ranges;

use crate::spaces::{PredictorSpace, Published};

/// Latencies of the architectures of one space on many devices.
///
/// Nearly always all devices were measured on the pool's architectures. HAT's files share none:
/// there every device has architectures of its own, and the pool has none.
///
/// ```
/// use tenshot_onnx_models::Space;
/// use tenshot_predictor::pool::{Pool, PoolDevice, Ranges};
///
/// let space = Space::NasBench201;
/// let cells = space.sample(0, 4)?;
/// let devices = vec![
///     PoolDevice::named("raspi4", vec![80.0, 20.0, 40.0, 65.0]),
///     PoolDevice::named("pixel2", vec![31.0, 12.0, 22.0, 19.0]),
/// ];
/// let ranges = Ranges::usual(space, &cells);
/// let pool = Pool::new(space, cells, devices, ranges)?;
/// assert_eq!(pool.device("raspi").unwrap_err().to_string(), "unknown device `raspi`, did you mean `raspi4`?; the pool has raspi4, pixel2");
/// assert!((pool.correlations()?.spearman[0][1] - 0.8).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Pool {
    space: Space,
    architectures: Vec<Architecture>,
    devices: Vec<PoolDevice>,
    ranges: Ranges,
    provenance: Provenance,
}

/// Why a folder or file could not be read as a pool.
#[derive(Debug, thiserror::Error)]
pub enum ReadPoolError {
    /// The published folder.
    #[error(transparent)]
    Published(#[from] PublishedError),
    /// HAT's files.
    #[error(transparent)]
    Hat(#[from] HatFilesError),
    /// A file of another form.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The project's own pool file.
    #[error(transparent)]
    Format(#[from] PoolFormatError),
}

impl Pool {
    /// A pool, checked: lengths agree, latencies are positive numbers, nothing is there twice.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn new(
        space: Space,
        architectures: Vec<Architecture>,
        devices: Vec<PoolDevice>,
        ranges: Ranges,
    ) -> Result<Self, PoolError> {
        let pool = Self { space, architectures, devices, ranges, provenance: Provenance::default() };
        check::check(&pool)?;
        Ok(pool)
    }

    /// The same pool with what is known of its origin.
    #[must_use]
    pub fn with_provenance(self, provenance: Provenance) -> Self {
        Self { provenance, ..self }
    }

    /// Reads a pool of `space`: the project's own format where `path` is a file; where it is a
    /// directory, the folder as published with HELP, or its folder `help`; of HAT, the files in it or
    /// in its folder `hat`.
    ///
    /// # Errors
    /// A file that is missing or broken, or latencies that cannot be right.
    pub fn read(path: &Path, space: Space) -> Result<Self, ReadPoolError> {
        if path.is_dir() {
            return match with_space!(space, S => S::PUBLISHED) {
                Some(Published::HatTables) => Ok(hat::read(path)?),
                Some(Published::Help(folder)) => Ok(published::read(path, space, folder)?),
                None => Err(PublishedError::Space { space }.into()),
            };
        }
        Ok(format::read(path, Some(space))?)
    }

    /// Reads a file of the project's own format, whatever its space.
    ///
    /// # Errors
    /// A file that is missing or broken, or latencies that cannot be right.
    pub fn open(file: &Path) -> Result<Self, PoolFormatError> {
        format::read(file, None)
    }

    /// Writes the pool as one file in the project's own format.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), PoolFormatError> {
        format::write(self, path)
    }

    /// The pool's space.
    pub fn space(&self) -> Space {
        self.space
    }

    /// The architectures that all devices share; none where each has its own.
    pub fn architectures(&self) -> &[Architecture] {
        &self.architectures
    }

    /// The architectures that one of the pool's devices was measured on, in the order of its
    /// latencies: its own, or those that all share.
    pub fn architectures_of<'a>(&'a self, device: &'a PoolDevice) -> &'a [Architecture] {
        device.own_architectures.as_deref().unwrap_or(&self.architectures)
    }

    /// How many architectures every device was measured on.
    pub fn architectures_per_device(&self) -> usize {
        self.devices.first().map_or(0, |device| self.architectures_of(device).len())
    }

    /// Whether all devices were measured on the same architectures.
    pub fn is_shared(&self) -> bool {
        self.devices.iter().all(|device| device.own_architectures.is_none())
    }

    /// The devices.
    pub fn devices(&self) -> &[PoolDevice] {
        &self.devices
    }

    /// What the architectures serve for.
    pub fn ranges(&self) -> &Ranges {
        &self.ranges
    }

    /// Where the numbers come from.
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// The device called `name`.
    ///
    /// # Errors
    /// An unknown name; the error tells the nearest known one.
    pub fn device(&self, name: &str) -> Result<&PoolDevice, PoolError> {
        self.devices.iter().find(|device| device.name == name).ok_or_else(|| check::unknown_device(self, name))
    }

    /// The devices called `names`, in that order.
    ///
    /// # Errors
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
    let mut hash = Sha256::default();
    latencies_ms.iter().for_each(|latency| hash.update(latency.to_le_bytes()));
    hash.finish()
}
