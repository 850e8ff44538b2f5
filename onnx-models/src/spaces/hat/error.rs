//! What can be wrong with a Transformer.

use thiserror::Error;

use super::Key;

/// A text that is no Transformer of HAT's space.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HatError {
    /// The text begins as JSON, and is not an object of numbers and lists of numbers.
    #[error("no JSON object of numbers and lists of numbers: {cause}")]
    Json {
        /// What stands in the way, and where.
        cause: String,
    },
    /// A line of a YAML file is something else than a key with a number or a list of numbers.
    #[error("line {line}: found `{found}`, expected `key: number` or `key: [number, …]`")]
    Line {
        /// The line, counted from 1.
        line: usize,
        /// The beginning of the line.
        found: String,
    },
    /// A key that HAT's files do not have.
    #[error("unknown key `{found}`, expected {}", Key::ALL.map(Key::name).join(", "))]
    UnknownKey {
        /// The beginning of the key.
        found: String,
    },
    /// A key that is there twice.
    #[error("`{key}` is there twice, expected once")]
    RepeatedKey {
        /// The key.
        key: Key,
    },
    /// A key that is not there.
    #[error("`{key}` is missing")]
    MissingKey {
        /// The key.
        key: Key,
    },
    /// A list where a number belongs.
    #[error("`{key}` is a list, expected one number: {}", key.allowed())]
    NotNumber {
        /// The key.
        key: Key,
    },
    /// A number where a list belongs.
    #[error("`{key}` is one number, expected a list of them, one for each layer: {}", key.allowed())]
    NotList {
        /// The key.
        key: Key,
    },
    /// A list that has not one value for each layer.
    #[error("`{key}` has {count} values, expected {}", values(*least, *most))]
    Count {
        /// The key.
        key: Key,
        /// How many values it has.
        count: usize,
        /// How many layers there are.
        least: usize,
        /// How many there can be: values beyond the depth are ignored.
        most: usize,
    },
    /// A number that the key does not allow.
    #[error("`{key}` is {value}, expected {}", key.allowed())]
    Value {
        /// The key.
        key: Key,
        /// The number.
        value: i64,
    },
    /// A number of a list that the key does not allow.
    #[error("position {position} of `{key}` is {value}, expected {}", key.allowed())]
    Layer {
        /// The key.
        key: Key,
        /// The layer, counted from 1.
        position: usize,
        /// The number.
        value: i64,
    },
}

/// How many values a list may have, in words.
fn values(least: usize, most: usize) -> String {
    if least == most {
        return format!("{least}, one for each layer");
    }
    format!("one for each of the {least} layers, and at most {most}")
}

impl Key {
    /// Refuses a value that the key does not allow.
    pub(super) fn check(self, value: i64) -> Result<(), HatError> {
        if self.choices().contains(&value) { Ok(()) } else { Err(HatError::Value { key: self, value }) }
    }

    /// Refuses a value of a list, at a position that is counted from 1.
    pub(super) fn check_at(self, position: usize, value: i64) -> Result<(), HatError> {
        if self.choices().contains(&value) { Ok(()) } else { Err(HatError::Layer { key: self, position, value }) }
    }
}
