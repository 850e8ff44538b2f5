//! The values that were used last, up to a number.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// A few values by key; the one that was not used for longest makes way.
#[derive(Debug)]
pub(super) struct RecentlyUsed<K, V> {
    most: usize,
    /// The last used is last.
    entries: Mutex<VecDeque<(K, V)>>,
}

impl<K: PartialEq, V: Clone> RecentlyUsed<K, V> {
    pub(super) fn new(most: usize) -> Self {
        Self { most, entries: Mutex::default() }
    }

    /// The value of this key, which `make` makes where it is not there. Two threads may make it at once.
    pub(super) fn get<E>(&self, key: K, make: impl FnOnce(&K) -> Result<V, E>) -> Result<V, E> {
        if let Some(value) = self.take_up(&key) {
            return Ok(value);
        }
        let value = make(&key)?;
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|(known, _)| *known != key);
        entries.push_back((key, value.clone()));
        while entries.len() > self.most {
            entries.pop_front();
        }
        Ok(value)
    }

    fn take_up(&self, key: &K) -> Option<V> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let place = entries.iter().position(|(known, _)| known == key)?;
        let entry = entries.remove(place)?;
        let value = entry.1.clone();
        entries.push_back(entry);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::RecentlyUsed;

    #[test]
    fn the_one_not_used_for_longest_makes_way() {
        let kept = RecentlyUsed::new(2);
        let mut made = Vec::new();
        for key in ["a", "b", "a", "c", "a", "b"] {
            let value = kept.get(key, |key| {
                made.push(*key);
                Ok::<_, ()>(key.len())
            });
            assert_eq!(value, Ok(1));
        }
        assert_eq!(made, ["a", "b", "c", "b"]);
    }

    #[test]
    fn what_cannot_be_made_is_not_kept() {
        let kept = RecentlyUsed::new(2);
        assert_eq!(kept.get(1, |_| Err::<(), _>("no")), Err("no"));
        assert_eq!(kept.get(1, |_| Ok::<_, &str>(())), Ok(()));
    }
}
