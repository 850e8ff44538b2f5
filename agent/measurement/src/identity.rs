//! Who and what: the identifiers that agent and coordinator share.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

identifier! {
    /// A board as the coordinator numbers it; stable across restarts of agent and coordinator.
    DeviceId(i64)
}
identifier! {
    /// A collection campaign.
    CampaignId(i64)
}
identifier! {
    /// One measurement to be made: device x model x batch x pass of a campaign.
    TaskId(i64)
}
identifier! {
    /// An immutable predictor version.
    PredictorId(i64)
}
identifier! {
    /// Which try at a task this is, from 1.
    AttemptNumber(u32)
}
identifier! {
    /// Grows with every lease of a task, so that an older holder can be told from the newer one.
    Fence(u64)
}

/// One life of an agent process; a restart makes a new one, and what the old one held is leased anew.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionId(pub String);
