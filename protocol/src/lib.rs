//! Wire types between agents, coordinator and clients: JSON over HTTP, versioned, and nothing else.
//!
//! # Versions
//!
//! Every request and answer carries [`VERSION`] in the header [`VERSION_HEADER`]. The types of a
//! version are frozen once released: golden-byte tests beside them fail when a change would alter
//! what is on the wire. To change the protocol:
//!
//! 1. copy `v1/` to `v2/`, change the copy, add its golden bytes and raise [`VERSION`];
//! 2. let the coordinator serve both for a release: agents on boards are upgraded one by one;
//! 3. only then remove the older module.

mod hash;
mod reading;
pub mod v1;

pub use hash::{ModelHash, ModelHashError};
pub use reading::Reading;

/// The protocol version that this build speaks.
pub const VERSION: u32 = 1;

/// The HTTP header that carries [`VERSION`].
pub const VERSION_HEADER: &str = "tenshot-protocol";

/// Says which side is to be upgraded, or nothing where both speak the same version.
///
/// `theirs` is the content of [`VERSION_HEADER`] as the coordinator received it.
#[must_use]
pub fn version_mismatch(theirs: Option<&str>) -> Option<String> {
    let Some(text) = theirs else {
        return Some(format!(
            "the request has no `{VERSION_HEADER}` header; this coordinator speaks version {VERSION}"
        ));
    };
    match text.parse::<u32>() {
        Ok(VERSION) => None,
        Ok(older) if older < VERSION => {
            Some(format!("the client speaks protocol version {older}, the coordinator {VERSION}: upgrade the client"))
        }
        Ok(newer) => Some(format!(
            "the client speaks protocol version {newer}, the coordinator {VERSION}: upgrade the coordinator"
        )),
        Err(_) => Some(format!("the `{VERSION_HEADER}` header holds `{text}`, not a whole number")),
    }
}

#[cfg(test)]
mod tests {
    use super::{VERSION, version_mismatch};

    #[test]
    fn the_same_version_is_no_mismatch() {
        assert_eq!(version_mismatch(Some(&VERSION.to_string())), None);
    }

    #[test]
    fn a_mismatch_says_which_side_to_upgrade() {
        assert!(version_mismatch(Some("0")).unwrap().ends_with("upgrade the client"));
        assert!(version_mismatch(Some("99")).unwrap().ends_with("upgrade the coordinator"));
        assert!(version_mismatch(Some("x")).unwrap().contains("`x`"));
        assert!(version_mismatch(None).is_some());
    }
}
