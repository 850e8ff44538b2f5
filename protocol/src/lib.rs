//! Wire types between agents, coordinator and clients: JSON over HTTP, versioned, and nothing else.
//!
//! # Versions
//!
//! The path says the version (`/v1/…`), and every request carries the same number in the header
//! [`VERSION_HEADER`]. A coordinator serves all versions from [`OLDEST`] to [`NEWEST`], so that boards,
//! clients and lab are upgraded on days of their own. The types of a version are frozen: golden bytes of
//! every one of them stand in `golden/`. A type that a version leaves as it was is re-exported from the
//! version before. Agents speak version 1, as their dialogue has not changed since.
//!
//! | version | since then |
//! |---|---|
//! | [`v1`] | the beginning |
//! | [`v2`] | campaigns without their tasks; tasks and attempts in pages; campaigns that name a trained predictor |
//!
//! To change the protocol:
//!
//! 1. make the module of the next version: the types that change, the others re-exported; list its types
//!    in `wire_types!`, give them examples, and write its golden bytes once with `TENSHOT_WRITE_GOLDEN=1`;
//! 2. convert from and to the domain's types: measuring here, the rest in the coordinator's `http`. What an
//!    older version cannot say is refused with the advice to upgrade;
//! 3. raise [`NEWEST`]. Raise [`OLDEST`] only when no board speaks it any more.

#[cfg(test)]
mod golden;
pub mod v1;
pub mod v2;

/// The oldest protocol version that this build understands.
pub const OLDEST: u32 = v1::VERSION;

/// The newest protocol version that this build understands.
pub const NEWEST: u32 = v2::VERSION;

/// The HTTP header that carries the version of a request.
pub const VERSION_HEADER: &str = "tenshot-protocol";

/// Says which side is to be upgraded, or nothing where the coordinator understands the client.
///
/// `theirs` is the content of [`VERSION_HEADER`] as the coordinator received it.
#[must_use]
pub fn version_mismatch(theirs: Option<&str>) -> Option<String> {
    let ours = format!("{OLDEST} to {NEWEST}");
    let Some(text) = theirs else {
        return Some(format!(
            "the request has no `{VERSION_HEADER}` header; this coordinator speaks the versions {ours}"
        ));
    };
    match text.parse::<u32>() {
        Ok(OLDEST..=NEWEST) => None,
        Ok(older) if older < OLDEST => {
            Some(format!("the client speaks protocol version {older}, the coordinator {ours}: upgrade the client"))
        }
        Ok(newer) => {
            Some(format!("the client speaks protocol version {newer}, the coordinator {ours}: upgrade the coordinator"))
        }
        Err(_) => Some(format!("the `{VERSION_HEADER}` header holds `{text}`, not a whole number")),
    }
}

/// Re-exports the types of a version by module, and holds every one of them to its golden bytes: no type
/// is public without them.
macro_rules! wire_types {
    ($file:literal: $($module:ident: $($name:ident),+ ;)+) => {
        $(pub use $module::{$($name),+};)+

        #[cfg(test)]
        #[test]
        fn every_type_has_golden_bytes() {
            let mut now = String::new();
            $($(now += &crate::golden::lines::<$name>(stringify!($name));)+)+
            crate::golden::compare($file, include_str!(concat!("../../golden/", $file)), &now);
        }
    };
}
use wire_types;

#[cfg(test)]
mod tests {
    use super::{NEWEST, OLDEST, version_mismatch};

    #[test]
    fn every_version_of_the_range_is_understood() {
        for version in OLDEST..=NEWEST {
            assert_eq!(version_mismatch(Some(&version.to_string())), None);
        }
    }

    #[test]
    fn a_mismatch_says_which_side_to_upgrade() {
        assert!(version_mismatch(Some(&(OLDEST - 1).to_string())).unwrap().ends_with("upgrade the client"));
        assert!(version_mismatch(Some(&(NEWEST + 1).to_string())).unwrap().ends_with("upgrade the coordinator"));
        assert!(version_mismatch(Some("x")).unwrap().contains("`x`"));
        assert!(version_mismatch(None).is_some());
    }
}
