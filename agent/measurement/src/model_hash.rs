//! The name of a model everywhere: the SHA-256 of its file.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// SHA-256 of a file's bytes, as 64 lower-case hexadecimal digits.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ModelHash(String);

/// A text that is no SHA-256.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not a SHA-256: expected 64 lower-case hexadecimal digits")]
pub struct ModelHashError(String);

impl ModelHash {
    /// The hash of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(tenshot_kit::sha256(bytes))
    }

    /// The 64 hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ModelHash {
    type Err = ModelHashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for ModelHash {
    type Error = ModelHashError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let digits = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if text.len() == 64 && text.bytes().all(digits) { Ok(Self(text)) } else { Err(ModelHashError(text)) }
    }
}

impl From<ModelHash> for String {
    fn from(hash: ModelHash) -> Self {
        hash.0
    }
}

impl fmt::Display for ModelHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ModelHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::ModelHash;

    #[test]
    fn of_known_bytes() {
        assert_eq!(ModelHash::of(b"abc").as_str(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn a_path_is_refused() {
        let error = "../../etc/passwd".parse::<ModelHash>().unwrap_err().to_string();
        assert_eq!(error, "`../../etc/passwd` is not a SHA-256: expected 64 lower-case hexadecimal digits");
        assert!("A".repeat(64).parse::<ModelHash>().is_err());
    }
}
