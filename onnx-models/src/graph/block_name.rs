//! Which block a node belongs to.

use std::fmt;
use std::sync::Arc;

/// The name of the block of a search space that a node belongs to: what the block displays as. Names are
/// distinct within a space.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlockName(Arc<str>);

impl BlockName {
    /// The name of what displays as this.
    pub(crate) fn of(block: impl fmt::Display) -> Self {
        Self(block.to_string().into())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BlockName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
