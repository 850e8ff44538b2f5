//! The methods that files are written of, one file each.

pub(super) mod anp;
pub(super) mod bayes;
pub(super) mod help;
pub(super) mod layerwise;

use super::ArtefactError;
use super::stored_method::StoredKind;
use crate::methods::MethodName;

static STORED: [&StoredKind; 4] = [&bayes::KIND, &help::KIND, &anp::KIND, &layerwise::KIND];

/// How a method is stored.
///
/// # Errors
/// A method that no files are written of.
pub(super) fn kind_of(method: MethodName) -> Result<&'static StoredKind, ArtefactError> {
    let found = STORED.into_iter().find(|kind| kind.names.contains(&method));
    found.ok_or_else(|| ArtefactError::NotStored { method, stored: stored_names() })
}

/// The methods that files are written of.
fn stored_names() -> Vec<MethodName> {
    STORED.iter().flat_map(|kind| kind.names).copied().collect()
}
