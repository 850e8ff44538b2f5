//! How long to wait after failures: twice as long each time, up to a cap.

/// The first pause: a coordinator that restarts is back within a blink.
const FIRST_MS: u64 = 250;
/// The longest pause: a coordinator that comes back after a weekend has its fleet in half a minute.
const LONGEST_MS: u64 = 30_000;

/// Counts failures in a row.
#[derive(Debug, Default)]
pub(super) struct BackOff {
    failures: u32,
}

impl BackOff {
    /// The pause after one more failure, in milliseconds.
    pub(super) fn next_ms(&mut self) -> u64 {
        let factor = 2u64.saturating_pow(self.failures);
        self.failures = self.failures.saturating_add(1);
        FIRST_MS.saturating_mul(factor).min(LONGEST_MS)
    }

    /// Something went well.
    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::BackOff;

    #[test]
    fn doubles_up_to_the_cap_and_starts_anew() {
        let mut back_off = BackOff::default();
        let pauses: Vec<u64> = (0..9).map(|_| back_off.next_ms()).collect();
        assert_eq!(pauses, [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
        assert_eq!((0..200).map(|_| back_off.next_ms()).max(), Some(30_000));
        back_off.reset();
        assert_eq!(back_off.next_ms(), 250);
    }
}
