//! Agents come, and say that they live.

use tenshot_measurement::{DeviceId, Holding, SessionId};

use super::{Coordinator, ServiceError};
use crate::domain::UnixMillis;
use crate::domain::device::Introduction;
use crate::store::devices::{self, DeviceRecord};
use crate::store::tasks;

impl Coordinator {
    /// Takes an agent in. The same name is the same device; a new session takes over from the old one.
    ///
    /// # Errors
    /// Where the name cannot be one, or the database fails.
    pub fn enrol(&self, introduction: &Introduction, now: UnixMillis) -> Result<DeviceId, ServiceError> {
        let name = &introduction.name;
        if name.is_empty() || name.chars().count() > 100 || name.chars().any(|c| c.is_control() || c == '/' || c == ',')
        {
            return Err(ServiceError::DeviceName(name.clone()));
        }
        let device = self.store.write(|tx| devices::enrol(tx, introduction, now))?;
        tracing::info!(device = %device, name, session = %introduction.session.0, "agent enrolled");
        self.device_changes.happened(device);
        Ok(device)
    }

    /// An agent lives; what it holds is held longer. Says whether it is still held.
    ///
    /// # Errors
    /// Where the device is unknown, or another agent goes by its name.
    pub fn heartbeat(
        &self,
        device: DeviceId,
        session: &SessionId,
        holding: Option<&Holding>,
        now: UnixMillis,
    ) -> Result<bool, ServiceError> {
        let expires = now.plus_ms(self.timing.lease_ms);
        self.store.write(|tx| {
            present_session(devices::by_id(tx, device)?, device, session)?;
            devices::seen(tx, device, now)?;
            match holding {
                Some(holding) => Ok(tasks::extend(tx, device, holding, expires)?),
                None => Ok(true),
            }
        })
    }

    /// Puts tasks of agents that fell silent back in the queue.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn release_expired(&self, now: UnixMillis) -> Result<(), ServiceError> {
        let released = self.store.write(|tx| tasks::release_expired(tx, now))?;
        if !released.is_empty() {
            tracing::warn!(released = released.len(), "leases expired");
        }
        for (campaign, device) in released {
            self.campaign_changes.happened(campaign);
            self.device_changes.happened(device);
        }
        Ok(())
    }
}

/// The device, where this session is the present one.
pub(super) fn present_session(
    found: Option<DeviceRecord>,
    device: DeviceId,
    session: &SessionId,
) -> Result<DeviceRecord, ServiceError> {
    let record = found.ok_or_else(|| ServiceError::NotFound(format!("device {device} never enrolled here")))?;
    if record.session.as_ref() == Some(&session.0) {
        return Ok(record);
    }
    Err(ServiceError::Conflict(format!(
        "another agent has enrolled as `{0}` since: give each board a name of its own with --name",
        record.name
    )))
}
