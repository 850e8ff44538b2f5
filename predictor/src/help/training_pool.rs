//! What meta-training sees: encoded architectures, and scaled latencies of devices.

use std::sync::Arc;

use super::latency_scale::Scale;
use crate::network::{Encoded, add};
use crate::train_error::TrainError;

/// Architectures that a device adapts from in an episode.
pub(super) const SUPPORT: usize = 10;

/// Devices with their latencies of architectures to train on, and of the references.
#[derive(Debug, Clone)]
pub(crate) struct TrainingPool {
    pub(super) references: Encoded,
    pub(super) devices: Vec<ScaledDevice>,
    pub(super) validation: Vec<ScaledDevice>,
}

/// A device's latencies as its pool has them.
#[derive(Debug, Clone)]
pub(crate) struct TrainingDevice<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// The architectures to train on.
    pub(crate) encoded: Arc<Encoded>,
    /// Its latencies of these, in milliseconds.
    pub(crate) latencies_ms: &'a [f64],
    /// Which of these are references, one by one: validation leaves them out.
    pub(crate) is_reference: Vec<bool>,
    /// Its latencies of the references, in milliseconds.
    pub(crate) references_ms: Vec<f64>,
}

/// A device's latencies, scaled by those at the references.
#[derive(Debug, Clone)]
pub(super) struct ScaledDevice {
    /// The hardware embedding: the scaled latencies at the references (Eq. 3).
    pub(super) embedding: Vec<f32>,
    /// The architectures to train on.
    pub(super) encoded: Arc<Encoded>,
    /// Their scaled latencies.
    pub(super) targets: Vec<f32>,
    /// Which of them are no references, by their positions.
    pub(super) others: Vec<usize>,
}

impl TrainingPool {
    /// From the encoded references, the training devices and the validation devices.
    ///
    /// # Errors
    /// No device to train on, too few architectures, latencies that do not fit the architectures,
    /// or a device whose reference latencies are all equal.
    pub(crate) fn new(
        references: Encoded,
        devices: &[TrainingDevice<'_>],
        validation: &[TrainingDevice<'_>],
    ) -> Result<Self, TrainError> {
        if devices.is_empty() {
            return Err(TrainError::NoDevices);
        }
        let scaled = |devices: &[TrainingDevice<'_>]| -> Result<Vec<ScaledDevice>, TrainError> {
            devices.iter().map(|device| device.scaled(references.count())).collect()
        };
        Ok(Self { devices: scaled(devices)?, validation: scaled(validation)?, references })
    }

    /// The mean hardware embedding of the training devices.
    pub(super) fn mean_embedding(&self) -> Vec<f32> {
        let count = self.devices.len() as f32;
        let mut mean = vec![0.0; self.references.count()];
        self.devices.iter().for_each(|device| add(&mut mean, &device.embedding));
        mean.into_iter().map(|sum| sum / count).collect()
    }
}

impl TrainingDevice<'_> {
    fn scaled(&self, references: usize) -> Result<ScaledDevice, TrainError> {
        let training = self.encoded.count();
        if training <= SUPPORT {
            return Err(TrainError::TooFew { found: training, fewest: SUPPORT + 1 });
        }
        let device = || self.name.to_owned();
        for (found, count, of) in [
            (self.latencies_ms.len(), training, "training architectures"),
            (self.references_ms.len(), references, "references"),
        ] {
            if found != count {
                return Err(TrainError::Latencies { device: device(), found, count, of });
            }
        }
        let scale = Scale::of(&self.references_ms).ok_or_else(|| TrainError::NoEmbedding { device: device() })?;
        let is_other = |place: &usize| !self.is_reference.get(*place).copied().unwrap_or(false);
        Ok(ScaledDevice {
            embedding: scale.scaled(&self.references_ms),
            encoded: self.encoded.clone(),
            targets: scale.scaled(self.latencies_ms),
            others: (0..training).filter(is_other).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Matrix;

    fn refused(count: usize, latencies_ms: &[f64], references_ms: &[f64]) -> String {
        let encoded = Arc::new(Encoded::flat(Matrix::zeros(count, 3)));
        let references_ms = references_ms.to_vec();
        let device = TrainingDevice { name: "board", encoded, latencies_ms, is_reference: vec![], references_ms };
        TrainingPool::new(Encoded::flat(Matrix::zeros(2, 3)), &[device], &[]).unwrap_err().to_string()
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let latencies: Vec<f64> = (0..20).map(f64::from).collect();
        insta::assert_snapshot!(refused(10, &latencies[..10], &[1.0, 2.0]), @"10 training architectures are too few; training takes 11 or more");
        insta::assert_snapshot!(refused(20, &latencies[..19], &[1.0, 2.0]), @"device `board` has 19 latencies for 20 training architectures");
        insta::assert_snapshot!(refused(20, &latencies, &[1.0]), @"device `board` has 1 latencies for 2 references");
        insta::assert_snapshot!(refused(20, &latencies, &[1.0, 1.0]), @"all reference latencies of device `board` are equal, so that it has no hardware embedding");
        let none = TrainingPool::new(Encoded::flat(Matrix::zeros(2, 3)), &[], &[]).unwrap_err();
        insta::assert_snapshot!(none, @"there is no device to train on");
    }
}
