//! Which references `help` is trained for, and their latencies on the devices of a pool.

use std::collections::HashMap;

use tenshot_onnx_models::Architecture;

use crate::pool::{Pool, PoolDevice, Ranges};
use crate::random::Random;
use crate::sources::{SourceTable, training_architectures};
use crate::train_error::TrainError;

/// How many references are drawn where a pool names none.
const REFERENCES: usize = 10;
const REFERENCE_STREAM: u64 = 36;

/// The references to train for where nobody asks for others: the pool's own, which are the paper's
/// where it has such. Else ten random training architectures that its devices share; and where they
/// share none, the ten that [`Space::sample`](tenshot_onnx_models::Space::sample) draws from seed 0.
pub fn usual_references(pool: &Pool) -> Vec<Architecture> {
    let Ranges { training, references, .. } = pool.ranges();
    if !pool.is_shared() {
        return pool.space().sample(0, REFERENCES).unwrap_or_default();
    }
    let places = if references.is_empty() {
        let training: Vec<usize> = training.clone().collect();
        Random::stream(0, &[REFERENCE_STREAM]).choose(&training, REFERENCES)
    } else {
        references.clone()
    };
    places.into_iter().filter_map(|place| pool.architectures().get(place).copied()).collect()
}

/// The latencies of the references on each device, in milliseconds. Where the pool's devices share
/// their architectures they were measured. Where each has its own, as in HAT's files, they are
/// those of the device's own predictor, and approximate.
///
/// # Errors
/// A reference that the devices share no latencies of.
pub fn reference_latencies(
    pool: &Pool,
    devices: &[&PoolDevice],
    references: &[Architecture],
) -> Result<Vec<Vec<f64>>, TrainError> {
    if let Some(foreign) = references.iter().find(|one| one.space() != pool.space()) {
        return Err(TrainError::NoReference { architecture: foreign.to_string() });
    }
    if !pool.is_shared() {
        return predicted(pool, devices, references);
    }
    let places: HashMap<&Architecture, usize> = pool.architectures().iter().zip(0..).collect();
    let place = |one: &Architecture| {
        places.get(one).copied().ok_or_else(|| TrainError::NoReference { architecture: one.to_string() })
    };
    let places: Vec<usize> = references.iter().map(place).collect::<Result<_, _>>()?;
    let measured = |device: &&PoolDevice| places.iter().map(|&place| device.latencies_ms[place]).collect();
    Ok(devices.iter().map(measured).collect())
}

fn predicted(pool: &Pool, devices: &[&PoolDevice], references: &[Architecture]) -> Result<Vec<Vec<f64>>, TrainError> {
    if devices.is_empty() {
        return Ok(Vec::new());
    }
    let table = SourceTable::fit(pool, devices)?;
    let of_device = |(source, device): (usize, &&PoolDevice)| {
        // The table's numbers are relative; over the training architectures their mean is that of
        // what was measured.
        let relative = table.relative(source, training_architectures(pool, device));
        let ms = table.facts()[source].mean_ms * relative.len() as f64 / relative.iter().sum::<f64>();
        table.relative(source, references).into_iter().map(|relative| ms * relative).collect()
    };
    Ok(devices.iter().enumerate().map(of_device).collect())
}

#[cfg(test)]
mod tests {
    use tenshot_onnx_models::Space;

    use super::*;
    use crate::synthetic;

    #[test]
    fn a_pool_without_references_has_ten_drawn_ones() {
        let pool = synthetic::pool();
        assert_eq!(usual_references(&pool), pool.architectures()[..10]);
        let ranges = Ranges { references: Vec::new(), ..pool.ranges().clone() };
        let (cells, devices) = (pool.architectures().to_vec(), pool.devices().to_vec());
        let without = Pool::new(pool.space(), cells, devices, ranges).unwrap();
        let drawn = usual_references(&without);
        assert!(drawn.len() == 10 && drawn.iter().all(|one| pool.architectures()[..synthetic::TRAINING].contains(one)));
        assert_eq!(usual_references(&synthetic::hat_pool()), Space::Hat.sample(0, 10).unwrap());
    }

    #[test]
    fn shared_references_are_those_that_were_measured() {
        let pool = synthetic::pool();
        let device = pool.device("phone").unwrap();
        let references = [pool.architectures()[7], pool.architectures()[2]];
        let latencies = reference_latencies(&pool, &[device], &references).unwrap();
        assert_eq!(latencies, [[device.latencies_ms[7], device.latencies_ms[2]]]);
        let unknown: Architecture =
            Space::NasBench201.enumerate().unwrap().find(|one| !pool.architectures().contains(one)).unwrap();
        let refused = reference_latencies(&pool, &[device], &[unknown]).unwrap_err();
        insta::assert_snapshot!(refused, @"the pool has no latencies of the reference |none~0|+|none~0|none~1|+|none~0|none~1|none~2|");
    }

    #[test]
    fn devices_with_architectures_of_their_own_are_predicted_at_the_references() {
        let pool = synthetic::hat_pool();
        let devices: Vec<&PoolDevice> = pool.devices().iter().collect();
        let references = Space::Hat.sample(99, 10).unwrap();
        let latencies = reference_latencies(&pool, &devices, &references).unwrap();
        assert!(reference_latencies(&pool, &[], &references).unwrap().is_empty());
        for (number, of_device) in latencies.iter().enumerate() {
            for (predicted, one) in of_device.iter().zip(&references) {
                let expected = synthetic::hat_ms(number, one);
                assert!((predicted / expected - 1.0).abs() < 0.1, "{predicted} {expected}");
            }
        }
    }
}
