//! Agents come, and say that they live.

use tenshot_protocol::v1::{DeviceId, EnrolRequest, EnrolResponse, HeartbeatRequest, HeartbeatResponse, SessionId};

use super::{Coordinator, ServiceError};
use crate::domain::UnixMillis;
use crate::store::devices::{self, DeviceRecord};
use crate::store::tasks;

impl Coordinator {
    /// Takes an agent in. The same name is the same device; a new session takes over from the old one.
    ///
    /// # Errors
    /// Where the name cannot be one, or the database fails.
    pub fn enrol(&self, request: &EnrolRequest, now: UnixMillis) -> Result<EnrolResponse, ServiceError> {
        let name = &request.name;
        if name.is_empty() || name.chars().count() > 100 || name.chars().any(|c| c.is_control() || c == '/' || c == ',')
        {
            return Err(ServiceError::DeviceName(name.clone()));
        }
        let device = self.store.write(|tx| devices::enrol(tx, request, now))?;
        tracing::info!(device = %device, name, session = %request.session.0, "agent enrolled");
        self.changed();
        let timing = self.timing;
        Ok(EnrolResponse { device, heartbeat_ms: timing.heartbeat_ms, lease_wait_ms: timing.lease_wait_ms })
    }

    /// An agent lives; what it holds is held longer.
    ///
    /// # Errors
    /// Where the device is unknown, or another agent goes by its name.
    pub fn heartbeat(
        &self,
        device: DeviceId,
        request: &HeartbeatRequest,
        now: UnixMillis,
    ) -> Result<HeartbeatResponse, ServiceError> {
        let expires = now.plus_ms(self.timing.lease_ms);
        self.store.write(|tx| {
            present_session(devices::by_id(tx, device)?, device, &request.session)?;
            devices::seen(tx, device, now)?;
            let still_held = match &request.holding {
                Some(holding) => tasks::extend(tx, device, holding, expires)?,
                None => true,
            };
            Ok(HeartbeatResponse { still_held })
        })
    }

    /// Puts tasks of agents that fell silent back in the queue.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn release_expired(&self, now: UnixMillis) -> Result<(), ServiceError> {
        let released = self.store.write(|tx| tasks::release_expired(tx, now))?;
        if released > 0 {
            tracing::warn!(released, "leases expired");
            self.changed();
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
