//! SHA-256 as the text that files, models and pools are named by.

use sha2::Digest;

/// SHA-256 of these bytes: 64 lower-case hexadecimal digits.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    let mut hash = Sha256::default();
    hash.update(bytes);
    hash.finish()
}

/// SHA-256 of what comes in parts.
#[derive(Debug, Clone, Default)]
pub struct Sha256(sha2::Sha256);

impl Sha256 {
    /// Takes the next bytes.
    pub fn update(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.update(bytes);
    }

    /// The hash of all bytes so far: 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn finish(&self) -> String {
        self.0.clone().finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::{Sha256, sha256};

    #[test]
    fn the_standard_s_example() {
        // FIPS 180-2, appendix B.1.
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    proptest! {
        #[test]
        fn parts_are_the_whole(parts in proptest::collection::vec(any::<Vec<u8>>(), 0..5)) {
            let mut hash = Sha256::default();
            parts.iter().for_each(|part| hash.update(part));
            prop_assert_eq!(hash.finish(), sha256(&parts.concat()));
        }
    }
}
