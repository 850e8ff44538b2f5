//! Randomness of the operating system: the session's name, and jitter that keeps a fleet from asking all at once.

use std::io;
use std::time::Duration;

use tenshot_measurement::SessionId;

/// A name that no other life of any agent has: 128 random bits.
///
/// # Errors
/// Where the operating system has no randomness.
pub(super) fn session_id() -> io::Result<SessionId> {
    Ok(SessionId(format!("{:016x}{:016x}", getrandom::u64()?, getrandom::u64()?)))
}

/// Half of the time for certain, the other half at random; all of it where the operating system has no randomness.
pub(super) fn with_jitter(delay_ms: u64) -> Duration {
    let certain = delay_ms / 2;
    let rest = delay_ms - certain;
    Duration::from_millis(certain + getrandom::u64().map_or(rest, |random| random % (rest + 1)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{session_id, with_jitter};

    #[test]
    fn no_two_sessions_share_a_name() {
        let names: BTreeSet<String> = (0..1000).map(|_| session_id().unwrap().0).collect();
        assert_eq!(names.len(), 1000);
        assert!(names.iter().all(|name| name.len() == 32));
    }

    #[test]
    fn jitter_stays_between_half_and_whole() {
        let delays: BTreeSet<u128> = (0..1000).map(|_| with_jitter(1000).as_millis()).collect();
        assert!(delays.iter().all(|delay| (500..=1000).contains(delay)));
        assert!(delays.len() > 100);
        assert_eq!(with_jitter(0).as_millis(), 0);
    }
}
