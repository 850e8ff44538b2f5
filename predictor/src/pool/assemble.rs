//! A pool of devices that were measured one by one.

use std::collections::HashMap;

use tenshot_onnx_models::{Architecture, Space};

use super::{Pool, PoolDevice, PoolError, Ranges};

/// The measurements of one device, in milliseconds.
pub type Measured = Vec<(Architecture, f64)>;

impl Pool {
    /// A pool of the architectures that all devices were measured on, in the order of the first
    /// device; the devices' own latencies are replaced.
    ///
    /// # Errors
    /// An architecture that one device was measured on twice, no architecture in common, and what
    /// [`Pool::new`] refuses.
    pub fn of_common(space: Space, devices: Vec<(PoolDevice, Measured)>) -> Result<Self, PoolError> {
        let by_architecture: Vec<HashMap<Architecture, f64>> =
            devices.iter().map(|(_, measured)| once_each(measured)).collect::<Result<_, _>>()?;
        let first = devices.first().map_or(&[][..], |(_, measured)| measured);
        let of_all = |one: &Architecture| by_architecture.iter().all(|latencies| latencies.contains_key(one));
        let common: Vec<Architecture> = first.iter().map(|(one, _)| *one).filter(of_all).collect();
        if common.is_empty() && !devices.is_empty() {
            return Err(PoolError::Empty { what: "architectures that all its devices were measured on" });
        }
        let with_latencies = |((device, _), latencies): ((PoolDevice, Measured), HashMap<Architecture, f64>)| {
            let latencies_ms = common.iter().filter_map(|one| latencies.get(one).copied()).collect();
            PoolDevice { latencies_ms, ..device }
        };
        let devices = devices.into_iter().zip(by_architecture).map(with_latencies).collect();
        let ranges = Ranges::usual(space, &common);
        Self::new(space, common, devices, ranges)
    }
}

fn once_each(measured: &Measured) -> Result<HashMap<Architecture, f64>, PoolError> {
    let mut latencies = HashMap::with_capacity(measured.len());
    for (architecture, latency_ms) in measured {
        if latencies.insert(*architecture, *latency_ms).is_some() {
            return Err(PoolError::DuplicateArchitecture { architecture: architecture.to_string() });
        }
    }
    Ok(latencies)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells() -> Vec<Architecture> {
        Space::NasBench201.enumerate().unwrap().take(5).collect()
    }

    fn device(name: &str, places: &[usize]) -> (PoolDevice, Measured) {
        let cells = cells();
        let measured = places.iter().map(|&one| (cells[one], one as f64 + 1.0)).collect();
        (PoolDevice::named(name, Vec::new()), measured)
    }

    #[test]
    fn what_all_devices_have_is_kept_in_the_first_ones_order() {
        let pool = Pool::of_common(Space::NasBench201, vec![device("a", &[4, 1, 2]), device("b", &[2, 3, 4])]).unwrap();
        assert_eq!(pool.architectures(), [cells()[4], cells()[2]]);
        assert!(pool.devices().iter().all(|device| device.latencies_ms == [5.0, 3.0]));
    }

    #[test]
    fn nothing_in_common_and_repeated_measurements_are_refused() {
        let refused = |devices| Pool::of_common(Space::NasBench201, devices).unwrap_err().to_string();
        insta::assert_snapshot!(refused(vec![device("a", &[1]), device("b", &[2])]), @"the pool has no architectures that all its devices were measured on");
        insta::assert_snapshot!(refused(vec![device("a", &[0, 1, 0])]), @"architecture |none~0|+|none~0|none~1|+|none~0|none~1|none~2| is there twice");
        insta::assert_snapshot!(refused(vec![]), @"the pool has no devices");
    }
}
