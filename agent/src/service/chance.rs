//! A little chance: the session's name, and jitter that keeps a fleet from knocking all at once.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, SystemTime};

use tenshot_measurement::SessionId;

/// A name that no other life of any agent has: 128 bits of the operating system's chance, time and
/// process.
pub(super) fn session_id() -> SessionId {
    SessionId(format!("{:016x}{:016x}", random(), random()))
}

/// Half of the time for certain, the other half by chance.
pub(super) fn with_jitter(delay_ms: u64) -> Duration {
    let certain = delay_ms / 2;
    Duration::from_millis(certain + random() % (delay_ms - certain + 1))
}

fn random() -> u64 {
    RandomState::new().hash_one((SystemTime::now(), std::process::id()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{session_id, with_jitter};

    #[test]
    fn no_two_sessions_share_a_name() {
        let names: BTreeSet<String> = (0..1000).map(|_| session_id().0).collect();
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
