//! What the agent is to do.

use tenshot_measurement::{Assignment, AttemptResult, DeviceId, Holding};

/// Something for the I/O around the dialogue to do.
///
/// Requests ([`Enrol`](Effect::Enrol), [`Send`](Effect::Send), [`Lease`](Effect::Lease),
/// [`Fetch`](Effect::Fetch), [`Heartbeat`](Effect::Heartbeat)) and
/// [`Measure`](Effect::Measure) run beside each other and report their end as an event;
/// [`Spool`](Effect::Spool), [`Forget`](Effect::Forget) and [`SetAside`](Effect::SetAside) are
/// done before anything else happens.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Say who the agent is.
    Enrol,
    /// From now on, report [`HeartbeatDue`](super::Event::HeartbeatDue) this often.
    HeartbeatEvery {
        /// Time between two heartbeats.
        interval_ms: u64,
    },
    /// Send a heartbeat.
    Heartbeat {
        /// The device.
        device: DeviceId,
        /// What the agent works on.
        holding: Option<Holding>,
    },
    /// Ask for work.
    Lease {
        /// The device.
        device: DeviceId,
        /// How long the coordinator holds the request open.
        wait_ms: u64,
    },
    /// Bring the model into the cache.
    Fetch(Box<Assignment>),
    /// Measure; the model is in the cache.
    Measure(Box<Assignment>),
    /// End the fetch or measurement under way; its lease is lost or given up.
    Abort,
    /// Keep the result on disk, in a way that survives any crash from the answer on.
    Spool(Box<AttemptResult>),
    /// Send a result.
    Send {
        /// The device.
        device: DeviceId,
        /// Where the result is.
        result: Pending,
    },
    /// Remove an acknowledged result from the disk.
    Forget(Holding),
    /// Move a result that the coordinator will never accept out of the way, and keep it.
    SetAside {
        /// Where the result is.
        result: Pending,
        /// Why it was refused, for people.
        because: String,
    },
    /// Report [`RetryDue`](super::Event::RetryDue) after about this time.
    RetryAfter {
        /// How long to wait, before jitter.
        delay_ms: u64,
        /// What went wrong, for people.
        because: String,
    },
    /// End the agent; the last effect of all.
    Exit(Ending),
}

/// A result that is not yet acknowledged.
#[derive(Debug, Clone, PartialEq)]
pub enum Pending {
    /// On disk, under this name.
    OnDisk(Holding),
    /// In memory only: the disk refused it.
    InMemory(Box<AttemptResult>),
}

impl Pending {
    /// Task, attempt and fence of the result.
    #[must_use]
    pub fn holding(&self) -> Holding {
        match self {
            Self::OnDisk(holding) => *holding,
            Self::InMemory(result) => result.holding,
        }
    }
}

/// How the agent ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// As it was asked to.
    Stopped,
    /// The coordinator will not talk to it, for this reason.
    Refused(String),
}
