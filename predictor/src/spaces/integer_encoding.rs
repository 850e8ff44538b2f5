//! Architectures of a space as integers, in columns.

/// A column of an encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What it says.
    pub name: String,
    /// The values that it may have.
    pub allowed: Vec<i64>,
}

impl Column {
    pub(crate) fn new(name: impl Into<String>, allowed: &[i64]) -> Self {
        Self { name: name.into(), allowed: allowed.to_vec() }
    }
}

/// How a space writes its architectures as integers.
pub(crate) struct IntegerEncoding<One> {
    /// The columns, in their order.
    pub(crate) columns: fn() -> Vec<Column>,
    /// The integers of an architecture, one for each of the columns.
    pub(crate) encode: fn(&One) -> Vec<i64>,
    /// The architecture of one allowed integer for each of the columns; `None` where they are none of one.
    pub(crate) decode: fn(&[i64]) -> Option<One>,
    /// Sets of columns that act on each other: whatever adds up over a network's parts is a sum of
    /// functions of one set each.
    pub(crate) interacting: fn() -> Vec<Vec<usize>>,
}
