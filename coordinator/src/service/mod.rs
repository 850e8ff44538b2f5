//! The verbs of the lab: domain rules over the store. Everything here blocks; the HTTP layer calls it off its own threads.

mod adaptation;
mod attempts;
mod campaigning;
mod changes;
mod devices;
mod enrolment;
mod error;
mod intake;
mod leasing;
mod predicting;
mod predictor_errors;
mod progress;
mod recently_used;
#[cfg(test)]
mod tests;
mod tokens;
mod trained;

use std::path::{Path, PathBuf};

use tenshot_measurement::{CampaignId, DeviceId, ModelHash};
use tenshot_predictor::Adapted;
use tokio::sync::watch;

use crate::store::files::Files;
use crate::store::{Store, StoreError};

pub use attempts::{AttemptPage, CampaignAttempt};
pub use error::ServiceError;
pub use intake::Arrived;
pub use leasing::Lease;
pub use progress::TaskPage;
pub use tokens::TokenFiles;

pub use crate::store::measurements::Record;
pub use crate::store::predictors::Filter as PredictorFilter;

use changes::Changes;
use recently_used::RecentlyUsed;
use trained::TrainedPredictors;

/// Adapted predictors that are kept ready: one takes up to some megabytes.
const MOST_READY_PREDICTORS: usize = 64;

/// How agents are to be timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// How often an agent sends a heartbeat, in milliseconds.
    pub heartbeat_ms: u64,
    /// How long a lease lasts without a heartbeat, in milliseconds.
    pub lease_ms: u64,
    /// How long a request for a lease is held open, in milliseconds.
    pub lease_wait_ms: u64,
}

impl Default for Timing {
    /// A heartbeat every 5 s, leases that survive five lost ones, polls of 25 s (proxies cut at 30).
    fn default() -> Self {
        Self { heartbeat_ms: 5_000, lease_ms: 30_000, lease_wait_ms: 25_000 }
    }
}

/// The coordinator: what is kept, and what is done with it.
#[derive(Debug)]
pub struct Coordinator {
    store: Store,
    models: Files,
    predictors: Files,
    trained: TrainedPredictors,
    /// Those that were asked last, by the hash of their file.
    ready: RecentlyUsed<ModelHash, Adapted>,
    campaign_changes: Changes<CampaignId>,
    /// Work that may be there for a device.
    device_changes: Changes<DeviceId>,
    /// How agents are timed.
    pub timing: Timing,
}

impl Coordinator {
    /// Opens what is kept in this folder, and finishes what a crash left undone.
    ///
    /// # Errors
    /// Where the folder or the database cannot be used.
    pub fn open(folder: &Path, timing: Timing) -> Result<Self, ServiceError> {
        let coordinator = Self {
            store: Store::open(&database(folder))?,
            models: Files::open(folder.join("models"), "onnx")?,
            predictors: Files::open(folder.join("predictors"), "safetensors")?,
            trained: TrainedPredictors::open(folder)?,
            ready: RecentlyUsed::new(MOST_READY_PREDICTORS),
            campaign_changes: Changes::default(),
            device_changes: Changes::default(),
            timing,
        };
        coordinator.catch_up()?;
        Ok(coordinator)
    }

    /// Follows a campaign: results, new states.
    #[must_use]
    pub fn campaign_changes(&self, campaign: CampaignId) -> watch::Receiver<u64> {
        self.campaign_changes.follow(campaign)
    }

    /// Follows what may become work for a device.
    #[must_use]
    pub fn device_changes(&self, device: DeviceId) -> watch::Receiver<u64> {
        self.device_changes.follow(device)
    }

    /// What a running campaign still has to have done: adaptations and ends that a crash cut off.
    fn catch_up(&self) -> Result<(), ServiceError> {
        let running: Vec<CampaignId> = self.running_campaigns()?;
        running.into_iter().try_for_each(|campaign| self.advance_all(campaign))
    }
}

/// The database of a data folder.
#[must_use]
pub fn database(folder: &Path) -> PathBuf {
    folder.join("tenshot.sqlite")
}

impl From<rusqlite::Error> for ServiceError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(StoreError::Database(error))
    }
}
