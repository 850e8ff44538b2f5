//! What readers ask about devices.

use rusqlite::Transaction;
use tenshot_predictor::embedding::hardware_embedding;

use super::{Coordinator, ServiceError};
use crate::domain::UnixMillis;
use crate::domain::campaign::enrolled;
use crate::domain::device::{DeviceDetail, DeviceSummary, Embedding, TargetDetail};
use crate::domain::embedding::Point;
use crate::store::devices::{self, DeviceRecord};
use crate::store::predictors::{self, EmbeddingRecord, Filter};
use crate::store::targets;

/// Heartbeats that may be lost before a device counts as offline.
const LOST_HEARTBEATS: u64 = 3;

impl Coordinator {
    /// All devices, by name.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn devices(&self, now: UnixMillis) -> Result<Vec<DeviceSummary>, ServiceError> {
        let records = self.store.read(|tx| devices::all(tx))?;
        Ok(records.iter().map(|record| self.device_summary(record, now)).collect())
    }

    /// A device with its targets.
    ///
    /// # Errors
    /// Where there is no such device, or the database fails.
    pub fn device(&self, name: &str, now: UnixMillis) -> Result<DeviceDetail, ServiceError> {
        self.store.read(|tx| {
            let record = known_device(tx, name)?;
            let targets = targets::of_device(tx, record.id)?
                .into_iter()
                .map(|(id, target)| {
                    let filter = Filter { target: Some(id), ..Filter::default() };
                    let embeddings = predictors::embeddings_of(tx, id)?.into_iter().map(embedding).collect();
                    Ok(TargetDetail { target, embeddings, predictors: predictors::find(tx, &filter)? })
                })
                .collect::<Result<_, ServiceError>>()?;
            let summary = self.device_summary(&record, now);
            Ok(DeviceDetail { summary, facts: record.facts, backends: record.backends, targets })
        })
    }

    fn device_summary(&self, record: &DeviceRecord, now: UnixMillis) -> DeviceSummary {
        let silence_ms = now.ms_since(record.last_seen);
        let patience_ms = self.timing.lease_wait_ms.max(LOST_HEARTBEATS.saturating_mul(self.timing.heartbeat_ms));
        DeviceSummary {
            device: record.id,
            name: record.name.clone(),
            agent_version: record.agent_version.clone(),
            last_seen: record.last_seen,
            online: record.agent_version.is_some() && silence_ms <= patience_ms,
        }
    }
}

/// The device of this name, which has to be there.
pub(super) fn known_device(tx: &Transaction, name: &str) -> Result<DeviceRecord, ServiceError> {
    if let Some(record) = devices::by_name(tx, name)? {
        return Ok(record);
    }
    let all = devices::all(tx)?;
    Err(ServiceError::no_device(name, &enrolled(all.iter().map(|device| device.name.as_str()))))
}

fn embedding(record: EmbeddingRecord) -> Embedding {
    let latencies_ms: Vec<f64> = record.points.iter().map(|point| point.latency_ms).collect();
    Embedding {
        space: record.space,
        reference_set: record.reference_set,
        architectures: record.points.iter().map(|point| point.architecture.clone()).collect(),
        standardised: hardware_embedding(&latencies_ms),
        latencies_ms,
        suspect: record.points.iter().map(Point::suspect).collect(),
        created: record.created,
    }
}
