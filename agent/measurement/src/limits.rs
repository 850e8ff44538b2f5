//! What a measuring process may use.

use serde::{Deserialize, Serialize};

/// What a measuring process may use before it is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Time from start to end, in milliseconds.
    pub time_ms: u64,
    /// Memory that it may allocate, in bytes.
    pub memory_bytes: u64,
}

impl Default for Limits {
    /// Ten minutes and 2 GiB.
    fn default() -> Self {
        Self { time_ms: 600_000, memory_bytes: 2 << 30 }
    }
}
