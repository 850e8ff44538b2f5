//! Which block a node belongs to.

use std::fmt;
use std::sync::Arc;

/// The name of the block of a search space that a node belongs to: what the block displays as. Names are
/// distinct within a space. They are written when somebody asks, as most graphs are only counted.
#[derive(Clone)]
pub struct BlockName(Arc<dyn fmt::Display + Send + Sync>);

impl BlockName {
    /// The name of what displays as this.
    pub(crate) fn of(block: impl fmt::Display + Send + Sync + 'static) -> Self {
        Self(Arc::new(block))
    }
}

impl fmt::Display for BlockName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl fmt::Debug for BlockName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "BlockName({self})")
    }
}

impl PartialEq for BlockName {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl Eq for BlockName {}
