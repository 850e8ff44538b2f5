//! Who waits for what: a counter for each campaign and each device, so that nobody is woken by what does not concern him.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// A counter for each key that someone waits for.
#[derive(Debug)]
pub(super) struct Changes<K>(Mutex<HashMap<K, watch::Sender<u64>>>);

impl<K> Default for Changes<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Copy + Eq + Hash> Changes<K> {
    /// Follows what happens to this one from now on.
    pub(super) fn follow(&self, key: K) -> watch::Receiver<u64> {
        self.counters().entry(key).or_insert_with(|| watch::Sender::new(0)).subscribe()
    }

    /// Something happened to this one.
    pub(super) fn happened(&self, key: K) {
        let mut counters = self.counters();
        if let Some(counter) = counters.get(&key) {
            counter.send_modify(|count| *count = count.wrapping_add(1));
            if counter.receiver_count() == 0 {
                counters.remove(&key);
            }
        }
    }

    fn counters(&self) -> MutexGuard<'_, HashMap<K, watch::Sender<u64>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Changes;

    #[test]
    fn only_those_are_woken_whom_it_concerns() {
        let changes = Changes::default();
        let (mut first, second) = (changes.follow(1), changes.follow(2));
        changes.happened(1);
        assert!(first.has_changed().unwrap() && !second.has_changed().unwrap());
        first.mark_unchanged();
        changes.happened(3);
        assert!(!first.has_changed().unwrap());
    }

    #[test]
    fn nothing_is_kept_for_those_who_left() {
        let changes = Changes::default();
        drop(changes.follow(1));
        changes.happened(1);
        assert!(changes.counters().is_empty());
    }
}
