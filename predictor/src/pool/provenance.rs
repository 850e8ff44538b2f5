//! Where a pool's numbers come from.

use serde::{Deserialize, Serialize};

use tenshot_kit::sha256;

/// Where a pool's numbers come from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Provenance {
    /// What kind of source it was, e.g. `the folder published with HELP`; empty where unknown.
    pub source: String,
    /// The files that were read.
    pub files: Vec<SourceFile>,
    /// Why the architectures are not exactly those that were measured; whatever is worked out
    /// from such a pool is labelled approximate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approximate: Option<String>,
}

/// A file that a pool was read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFile {
    /// Its name, with the folders below the one that was given.
    pub name: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

impl SourceFile {
    /// The file of this name with these bytes.
    pub fn new(name: &str, bytes: &[u8]) -> Self {
        Self { name: name.to_owned(), sha256: sha256(bytes) }
    }
}
