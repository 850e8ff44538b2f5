//! What a pool has to fulfil.

use std::collections::HashSet;
use std::hash::Hash;

use tenshot_onnx_models::{Architecture, Space};

use super::{Pool, PoolDevice, Ranges};

/// What is wrong with a pool, or with what was asked of it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PoolError {
    /// A pool without devices or architectures.
    #[error("the pool has no {what}")]
    Empty {
        /// What it lacks.
        what: &'static str,
    },
    /// A device that has not one latency for each architecture.
    #[error("device `{device}` has {found} latencies, but the pool has {expected} architectures")]
    Length {
        /// The device.
        device: String,
        /// Its latencies.
        found: usize,
        /// The architectures.
        expected: usize,
    },
    /// Devices with different numbers of architectures of their own.
    #[error("device `{device}` has {found} architectures of its own, the first device {expected}; give all as many")]
    OwnLength {
        /// The device.
        device: String,
        /// Its architectures.
        found: usize,
        /// Those of the first device.
        expected: usize,
    },
    /// Devices of which some share their architectures and others do not.
    #[error("either all devices share the pool's architectures or each has its own; device `{device}` differs")]
    Mixed {
        /// The device.
        device: String,
    },
    /// A latency that no device has.
    #[error(
        "device `{device}` has a latency of {latency_ms} ms for architecture {position}; \
         latencies are positive numbers"
    )]
    Latency {
        /// The device.
        device: String,
        /// Which architecture, by its position.
        position: usize,
        /// Its latency in milliseconds.
        latency_ms: f64,
    },
    /// A rank correlation that cannot be.
    #[error("device `{device}` has {correlation} as the rank correlation of repeats, which lies between -1 and 1")]
    RepeatCorrelation {
        /// The device.
        device: String,
        /// The correlation.
        correlation: f64,
    },
    /// Two devices of one name.
    #[error("device `{name}` is there twice")]
    DuplicateDevice {
        /// The name.
        name: String,
    },
    /// An architecture that is there twice.
    #[error("architecture {architecture} is there twice")]
    DuplicateArchitecture {
        /// The architecture.
        architecture: String,
    },
    /// An architecture of another space.
    #[error("architecture {architecture} is not of the pool's space {space}")]
    ForeignArchitecture {
        /// The architecture.
        architecture: String,
        /// The pool's space.
        space: String,
    },
    /// A range that ends behind the last architecture.
    #[error("the pool's {what} reach to architecture {end}, but it has {count}")]
    Range {
        /// What the range is for.
        what: &'static str,
        /// Where it ends.
        end: usize,
        /// How many architectures the pool has.
        count: usize,
    },
    /// Devices that were measured on different architectures.
    #[error("the pool's devices share no architectures, so that their order cannot be compared")]
    NothingShared,
    /// A name that no device has.
    #[error("unknown device `{name}`{}; the pool has {known}", did_you_mean(nearest))]
    UnknownDevice {
        /// The name.
        name: String,
        /// The most similar name, where one is similar.
        nearest: Option<String>,
        /// The names that there are.
        known: String,
    },
}

fn did_you_mean(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|name| format!(", did you mean `{name}`?")).unwrap_or_default()
}

pub(super) fn check(pool: &Pool) -> Result<(), PoolError> {
    if pool.devices.is_empty() {
        return Err(PoolError::Empty { what: "devices" });
    }
    let names: Vec<&str> = pool.devices.iter().map(|device| device.name.as_str()).collect();
    if let Some(twice) = first_duplicate(&names) {
        return Err(PoolError::DuplicateDevice { name: (*twice).to_owned() });
    }
    let own = pool.devices.iter().filter_map(|device| device.own_architectures.as_deref());
    std::iter::once(pool.architectures()).chain(own).try_for_each(|list| check_architectures(pool.space, list))?;
    let count = pool.architectures_per_device();
    if count == 0 {
        return Err(PoolError::Empty { what: "architectures" });
    }
    check_ranges(&pool.ranges, count)?;
    let is_shared = !pool.architectures.is_empty();
    pool.devices.iter().try_for_each(|device| check_device(device, is_shared, count))
}

fn check_architectures(space: Space, architectures: &[Architecture]) -> Result<(), PoolError> {
    if let Some(foreign) = architectures.iter().find(|one| one.space() != space) {
        return Err(PoolError::ForeignArchitecture { architecture: foreign.to_string(), space: space.to_string() });
    }
    match first_duplicate(architectures) {
        Some(twice) => Err(PoolError::DuplicateArchitecture { architecture: twice.to_string() }),
        None => Ok(()),
    }
}

fn check_ranges(ranges: &Ranges, count: usize) -> Result<(), PoolError> {
    let last_reference = ranges.references.iter().max().map_or(0, |last| last.saturating_add(1));
    let ends = [
        ("training architectures", ranges.training.end),
        ("query architectures", ranges.queries.end),
        ("references", last_reference),
    ];
    if let Some(&(what, end)) = ends.iter().find(|(_, end)| *end > count) {
        return Err(PoolError::Range { what, end, count });
    }
    if ranges.training.is_empty() {
        return Err(PoolError::Empty { what: "training architectures" });
    }
    Ok(())
}

fn check_device(device: &PoolDevice, is_shared: bool, expected: usize) -> Result<(), PoolError> {
    let name = || device.name.clone();
    match &device.own_architectures {
        own if own.is_none() != is_shared => return Err(PoolError::Mixed { device: name() }),
        Some(own) if own.len() != expected => {
            return Err(PoolError::OwnLength { device: name(), found: own.len(), expected });
        }
        _ => {}
    }
    let found = device.latencies_ms.len();
    if found != expected {
        return Err(PoolError::Length { device: name(), found, expected });
    }
    if let Some(correlation) = device.repeat_correlation.filter(|one| !(-1.0..=1.0).contains(one)) {
        return Err(PoolError::RepeatCorrelation { device: name(), correlation });
    }
    let is_wrong = |latency: &f64| !(latency.is_finite() && *latency > 0.0);
    match device.latencies_ms.iter().position(is_wrong) {
        Some(position) => {
            Err(PoolError::Latency { device: name(), position, latency_ms: device.latencies_ms[position] })
        }
        None => Ok(()),
    }
}

/// The first item that was there before.
pub(super) fn first_duplicate<T: Eq + Hash>(items: &[T]) -> Option<&T> {
    let mut seen = HashSet::with_capacity(items.len());
    items.iter().find(|item| !seen.insert(*item))
}

pub(super) fn unknown_device(pool: &Pool, name: &str) -> PoolError {
    let names = || pool.devices.iter().map(|device| device.name.as_str());
    let nearest = names().min_by_key(|known| edit_distance(known, name));
    // A name that shares less than half of its letters is no slip of the hand.
    let nearest = nearest.filter(|known| 2 * edit_distance(known, name) <= known.len().max(name.len()));
    PoolError::UnknownDevice {
        name: name.to_owned(),
        nearest: nearest.map(str::to_owned),
        known: names().collect::<Vec<_>>().join(", "),
    }
}

/// Levenshtein's distance: insertions, deletions and changes of one character.
fn edit_distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.chars().enumerate() {
            let substituted = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(name: &str, latencies_ms: &[f64]) -> PoolDevice {
        PoolDevice::named(name, latencies_ms.to_vec())
    }

    fn pool_of(devices: Vec<PoolDevice>) -> Result<Pool, PoolError> {
        let space = Space::NasBench201;
        let ranges = Ranges { training: 0..2, queries: 2..3, references: vec![0, 1] };
        Pool::new(space, space.enumerate().unwrap().take(3).collect(), devices, ranges)
    }

    #[test]
    fn every_fault_has_its_message() {
        let refused = |devices| pool_of(devices).unwrap_err().to_string();
        insta::assert_snapshot!(refused(vec![]), @"the pool has no devices");
        insta::assert_snapshot!(refused(vec![device("a", &[1.0, 2.0])]), @"device `a` has 2 latencies, but the pool has 3 architectures");
        insta::assert_snapshot!(refused(vec![device("a", &[1.0, 2.0, 0.0])]), @"device `a` has a latency of 0 ms for architecture 2; latencies are positive numbers");
        insta::assert_snapshot!(refused(vec![device("a", &[1.0, f64::NAN, 1.0])]), @"device `a` has a latency of NaN ms for architecture 1; latencies are positive numbers");
        let twice = vec![device("a", &[1.0, 2.0, 3.0]), device("a", &[1.0, 2.0, 3.0])];
        insta::assert_snapshot!(refused(twice), @"device `a` is there twice");
    }

    #[test]
    fn ranges_and_architectures_are_checked_too() {
        let space = Space::NasBench201;
        let cells: Vec<_> = space.enumerate().unwrap().take(3).collect();
        let ranges = Ranges { training: 0..4, queries: 0..3, references: vec![] };
        let devices = vec![device("a", &[1.0, 2.0, 3.0])];
        let refused = Pool::new(space, cells.clone(), devices.clone(), ranges.clone()).unwrap_err();
        insta::assert_snapshot!(refused, @"the pool's training architectures reach to architecture 4, but it has 3");
        let ranges = Ranges { training: 0..3, ..ranges };
        let refused = Pool::new(space, vec![cells[0], cells[1], cells[0]], devices, ranges).unwrap_err();
        insta::assert_snapshot!(refused, @"architecture |none~0|+|none~0|none~1|+|none~0|none~1|none~2| is there twice");
    }

    #[test]
    fn devices_may_have_architectures_of_their_own() {
        let space = Space::NasBench201;
        let cells: Vec<_> = space.enumerate().unwrap().take(6).collect();
        let own = |name, cells: &[Architecture]| PoolDevice {
            own_architectures: Some(cells.to_vec()),
            ..device(name, &[1.0, 2.0, 3.0])
        };
        let ranges = || Ranges { training: 0..2, queries: 2..3, references: vec![] };
        let pool = |shared: &[Architecture], devices| Pool::new(space, shared.to_vec(), devices, ranges());
        let apart = pool(&[], vec![own("a", &cells[..3]), own("b", &cells[3..])]).unwrap();
        assert!(!apart.is_shared());
        assert_eq!(apart.architectures_of(&apart.devices()[1]), &cells[3..]);

        let refused = |shared, devices| pool(shared, devices).unwrap_err().to_string();
        insta::assert_snapshot!(refused(&[], vec![own("a", &cells[..3]), own("b", &cells[..2])]), @"device `b` has 2 architectures of its own, the first device 3; give all as many");
        insta::assert_snapshot!(refused(&cells[..3], vec![device("a", &[1.0, 2.0, 3.0]), own("b", &cells[..3])]), @"either all devices share the pool's architectures or each has its own; device `b` differs");
        insta::assert_snapshot!(refused(&[], vec![own("a", &cells[..3]), device("b", &[1.0, 2.0, 3.0])]), @"either all devices share the pool's architectures or each has its own; device `b` differs");
        let twice = [cells[0], cells[1], cells[0]];
        insta::assert_snapshot!(refused(&[], vec![own("a", &twice)]), @"architecture |none~0|+|none~0|none~1|+|none~0|none~1|none~2| is there twice");
        insta::assert_snapshot!(refused(&[], vec![device("a", &[])]), @"the pool has no architectures");
    }

    #[test]
    fn an_unknown_device_is_told_its_nearest_name() {
        let pool = pool_of(vec![device("raspi4", &[1.0, 2.0, 3.0]), device("fpga", &[1.0, 2.0, 3.0])]).unwrap();
        insta::assert_snapshot!(pool.device("raspi").unwrap_err(), @"unknown device `raspi`, did you mean `raspi4`?; the pool has raspi4, fpga");
        insta::assert_snapshot!(pool.device("quantum").unwrap_err(), @"unknown device `quantum`; the pool has raspi4, fpga");
        let twice = pool.select(&["fpga".to_owned(), "fpga".to_owned()]).unwrap_err();
        insta::assert_snapshot!(twice, @"device `fpga` is there twice");
    }
}
