//! Every device of a pool as the target in turn, with its like left out of training.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::pool::{Pool, PoolDevice};

/// What is left out of training together with a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeaveOut {
    /// The device alone: other batch sizes of its model may be trained on.
    Device,
    /// All devices of its model.
    Model,
    /// All devices of its kind, such as all phones: the hardest and most honest test.
    Platform,
}

impl LeaveOut {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Device, Self::Model, Self::Platform];

    /// The name by which flags call it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Model => "model",
            Self::Platform => "platform",
        }
    }

    /// The devices of a pool in groups, in the pool's order: a group is left out as a whole, and
    /// each of its devices is a target of what was trained on the others.
    pub fn groups(self, pool: &Pool) -> Vec<Vec<String>> {
        let mut groups: Vec<Vec<&PoolDevice>> = Vec::new();
        for device in pool.devices() {
            match groups.iter_mut().find(|group| group.iter().any(|member| self.together(member, device))) {
                Some(group) => group.push(device),
                None => groups.push(vec![device]),
            }
        }
        let names = |group: Vec<&PoolDevice>| group.into_iter().map(|device| device.name.clone()).collect();
        groups.into_iter().map(names).collect()
    }

    fn together(self, one: &PoolDevice, other: &PoolDevice) -> bool {
        match self {
            Self::Device => one.name == other.name,
            Self::Model => one.model == other.model,
            Self::Platform => one.platform == other.platform,
        }
    }
}

impl fmt::Display for LeaveOut {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// A name that is no kind of leaving out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` cannot be left out, expected device, model or platform")]
pub struct UnknownLeaveOut(String);

impl FromStr for LeaveOut {
    type Err = UnknownLeaveOut;

    fn from_str(text: &str) -> Result<Self, UnknownLeaveOut> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| UnknownLeaveOut(text.to_owned()))
    }
}
