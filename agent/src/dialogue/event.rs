//! What happens to the agent.

use tenshot_measurement::{Assignment, AttemptResult, DeviceId, Holding, MeasurementFailure, Outcome, ResultStatus};

/// What the coordinator said to an enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// The device's number.
    pub device: DeviceId,
    /// How often to send a heartbeat, in milliseconds.
    pub heartbeat_ms: u64,
    /// How long the coordinator holds a lease request open, in milliseconds.
    pub lease_wait_ms: u64,
}

/// Something that happened, as the I/O around the dialogue reports it.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The agent starts. Comes once, before all others.
    Started,
    /// The coordinator answered an enrolment.
    Enrolled(Terms),
    /// The coordinator answered a lease request: work, or none within the waiting time.
    Leased(Option<Box<Assignment>>),
    /// The model of this lease is in the cache.
    ModelReady(Holding),
    /// The model of this lease cannot be had, and asking again would not help.
    ModelFailed(Holding, MeasurementFailure),
    /// The measurement of this lease ended.
    Measured(Holding, Outcome),
    /// The result is on disk.
    Spooled(Holding),
    /// The disk refused the result; here it is back.
    SpoolFailed(Box<AttemptResult>),
    /// The coordinator acknowledged the result that was sent.
    Acknowledged(ResultStatus),
    /// The result that was to be sent cannot be read from the disk.
    Unreadable {
        /// Why.
        message: String,
    },
    /// The coordinator answered a heartbeat.
    HeartbeatAnswered {
        /// What the heartbeat said was held.
        holding: Option<Holding>,
        /// Whether it still is.
        still_held: bool,
    },
    /// A request had no success.
    Failed(Request, Trouble),
    /// The time between two heartbeats has passed.
    HeartbeatDue,
    /// The time of [`RetryAfter`](super::Effect::RetryAfter) has passed.
    RetryDue,
    /// The agent is asked to end.
    StopRequested,
}

/// The kinds of requests to the coordinator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Request {
    /// Who the agent is.
    Enrol,
    /// A result.
    Send,
    /// Work wanted.
    Lease,
    /// A model.
    Fetch,
    /// The agent lives.
    Heartbeat,
}

/// Why a request had no success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What it means for the dialogue.
    pub kind: TroubleKind,
    /// One line for people.
    pub message: String,
}

/// What an unsuccessful request means for the dialogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TroubleKind {
    /// The coordinator cannot be reached, or cannot answer now: the same request may succeed later.
    Away,
    /// The coordinator does not know what was named: the device, the task or the model.
    Unknown,
    /// Another agent has enrolled under this one's name.
    TakenOver,
    /// The coordinator understood this very request, and will never accept it.
    Rejected,
    /// The coordinator will not talk to this agent: wrong token, or another protocol version.
    Refused,
}
