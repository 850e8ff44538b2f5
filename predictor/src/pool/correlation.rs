//! How alike devices order the architectures: the paper's Table A.3.

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use serde::Serialize;

use super::{Pool, PoolDevice, PoolError};
use crate::metrics::{pearson, ranks};

/// Spearman's rank correlation of the latencies of every two devices (paper, Table A.3).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Correlations {
    /// The devices' names, in the pool's order.
    pub devices: Vec<String>,
    /// The architectures that they are compared on.
    pub architectures: usize,
    /// Row by row, symmetric; 0 where a device's latencies are all equal. On the diagonal what two
    /// measurements of the device have in common where it was measured twice, else 1.
    pub spearman: Vec<Vec<f64>>,
    /// The devices that were measured twice.
    pub repeated: Vec<String>,
}

impl Pool {
    /// How alike the devices order the pool's architectures.
    ///
    /// # Errors
    /// Devices that share no architectures.
    pub fn correlations(&self) -> Result<Correlations, PoolError> {
        if !self.is_shared() {
            return Err(PoolError::NothingShared);
        }
        let ranks: Vec<Vec<f64>> = self.devices.par_iter().map(|device| ranks(&device.latencies_ms)).collect();
        let row = |one: &Vec<f64>| ranks.iter().map(|other| pearson(one, other)).collect();
        let name = |device: &PoolDevice| device.name.clone();
        let mut spearman: Vec<Vec<f64>> = ranks.par_iter().map(row).collect();
        for (place, (row, device)) in spearman.iter_mut().zip(&self.devices).enumerate() {
            if let (Some(diagonal), Some(repeat)) = (row.get_mut(place), device.repeat_correlation) {
                *diagonal = repeat;
            }
        }
        Ok(Correlations {
            devices: self.devices.iter().map(name).collect(),
            architectures: self.architectures.len(),
            spearman,
            repeated: self.devices.iter().filter(|device| device.repeat_correlation.is_some()).map(name).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::spearman;
    use crate::synthetic;

    #[test]
    fn every_pair_is_compared() {
        let pool = synthetic::pool();
        let correlations = pool.correlations().unwrap();
        assert_eq!(correlations.devices[4], "phone");
        let devices = pool.devices();
        for (row, one) in correlations.spearman.iter().zip(devices) {
            for (found, other) in row.iter().zip(devices) {
                assert!((found - spearman(&one.latencies_ms, &other.latencies_ms)).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn the_diagonal_tells_devices_that_were_measured_twice() {
        let pool = synthetic::pool();
        let mut devices = pool.devices().to_vec();
        devices[1].repeat_correlation = Some(0.97);
        let pool = Pool::new(pool.space(), pool.architectures().to_vec(), devices, pool.ranges().clone()).unwrap();
        let correlations = pool.correlations().unwrap();
        assert_eq!(correlations.spearman[1][1], 0.97);
        assert!((correlations.spearman[0][0] - 1.0).abs() < 1e-12);
        assert_eq!(correlations.repeated, [pool.devices()[1].name.clone()]);
    }

    #[test]
    fn devices_with_architectures_of_their_own_cannot_be_compared() {
        let shared = synthetic::pool();
        let own = |device: &PoolDevice| PoolDevice {
            own_architectures: Some(shared.architectures().to_vec()),
            ..device.clone()
        };
        let devices = shared.devices().iter().map(own).collect();
        let pool = Pool::new(shared.space(), Vec::new(), devices, shared.ranges().clone()).unwrap();
        insta::assert_snapshot!(pool.correlations().unwrap_err(), @"the pool's devices share no architectures, so that their order cannot be compared");
    }
}
