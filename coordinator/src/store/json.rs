//! JSON columns.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::StoreError;

pub(super) fn to_text<T: Serialize>(what: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|source| StoreError::Damaged { what, source })
}

pub(super) fn from_text<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|source| StoreError::Damaged { what, source })
}

/// A plain enum of the protocol as it stands in a text column: its name on the wire.
pub(super) fn name_of<T: Serialize>(what: &'static str, value: &T) -> Result<String, StoreError> {
    let text = to_text(what, value)?;
    Ok(text.trim_matches('"').to_owned())
}

/// The reverse of [`name_of`].
pub(super) fn from_name<T: DeserializeOwned>(what: &'static str, name: &str) -> Result<T, StoreError> {
    let value = serde_json::Value::String(name.to_owned());
    serde_json::from_value(value).map_err(|source| StoreError::Damaged { what, source })
}

/// A text column holds none of the words that it may.
pub(super) fn damaged(what: &'static str, found: &str) -> StoreError {
    let source = serde::de::Error::custom(format!("`{found}` is no {what}"));
    StoreError::Damaged { what, source }
}
