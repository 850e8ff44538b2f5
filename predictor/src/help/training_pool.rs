//! What meta-training sees: encoded architectures, and scaled latencies of devices.

use std::ops::Range;

use super::encoded::Encoded;
use super::scale::Scale;
use super::wide::add;

/// Architectures that a device adapts from in an episode.
pub(super) const SUPPORT: usize = 10;

/// Architectures to train on, references, and the latencies of devices on both.
#[derive(Debug, Clone)]
pub struct TrainingPool {
    /// The training architectures, then the references.
    pub(super) encoded: Encoded,
    /// How many training architectures there are.
    pub(super) training: usize,
    pub(super) references: Encoded,
    /// Training architectures that are no references.
    pub(super) others: Vec<usize>,
    pub(super) devices: Vec<ScaledDevice>,
    pub(super) validation: Vec<ScaledDevice>,
}

/// A device's latencies, scaled by those at the references.
#[derive(Debug, Clone)]
pub(super) struct ScaledDevice {
    /// The hardware embedding: the scaled latencies at the references (Eq. 3).
    pub(super) embedding: Vec<f32>,
    /// Scaled latencies of the training architectures.
    pub(super) targets: Vec<f32>,
}

/// Devices that cannot be trained on with some references.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum TrainingPoolError {
    #[error("there is no device to train on")]
    NoDevices,
    #[error("{training} training architectures are too few; training takes more than {SUPPORT}")]
    TooFew { training: usize },
    #[error("there is no architecture number {place} to train on or refer to; the pool has {count}")]
    NoArchitecture { place: usize, count: usize },
    #[error("device {device} of the pool has {found} latencies for {count} architectures")]
    Latencies { device: usize, found: usize, count: usize },
    #[error("all reference latencies of device {device} of the pool are equal, so that it has no hardware embedding")]
    NoEmbedding { device: usize },
}

impl TrainingPool {
    /// From the encoded architectures of a pool, the places of those to train on and of the
    /// references, and the latencies of each device on all architectures in milliseconds.
    ///
    /// # Errors
    ///
    /// No device to train on, too few architectures, references or latencies that do not fit the
    /// architectures, or a device whose reference latencies are all equal.
    pub fn new(
        encoded: &Encoded,
        training: Range<usize>,
        references: &[usize],
        devices: &[&[f64]],
        validation: &[&[f64]],
    ) -> Result<Self, TrainingPoolError> {
        if devices.is_empty() {
            return Err(TrainingPoolError::NoDevices);
        }
        if training.len() <= SUPPORT {
            return Err(TrainingPoolError::TooFew { training: training.len() });
        }
        let count = encoded.count();
        if let Some(&place) = references.iter().chain(&training.end.checked_sub(1)).find(|place| **place >= count) {
            return Err(TrainingPoolError::NoArchitecture { place, count });
        }
        let scaled = |(device, latencies_ms): (usize, &&[f64])| {
            let found = latencies_ms.len();
            if found != count {
                return Err(TrainingPoolError::Latencies { device, found, count });
            }
            let at_references: Vec<f64> = references.iter().map(|&one| latencies_ms[one]).collect();
            let scale = Scale::of(&at_references).ok_or(TrainingPoolError::NoEmbedding { device })?;
            let targets = scale.scaled(&latencies_ms[training.clone()]);
            Ok(ScaledDevice { embedding: scale.scaled(&at_references), targets })
        };
        Ok(Self {
            training: training.len(),
            encoded: encoded.select(&training.clone().collect::<Vec<_>>()),
            references: encoded.select(references),
            others: training.clone().filter(|one| !references.contains(one)).map(|one| one - training.start).collect(),
            devices: devices.iter().enumerate().map(scaled).collect::<Result<_, _>>()?,
            validation: validation.iter().enumerate().map(scaled).collect::<Result<_, _>>()?,
        })
    }

    /// The mean hardware embedding of the training devices.
    pub(super) fn mean_embedding(&self) -> Vec<f32> {
        let count = self.devices.len() as f32;
        let mut mean = vec![0.0; self.references.count()];
        self.devices.iter().for_each(|device| add(&mut mean, &device.embedding));
        mean.into_iter().map(|sum| sum / count).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::matrix::Matrix;
    use super::*;

    fn refused(training: Range<usize>, references: &[usize], latencies: &[f64]) -> String {
        let encoded = Encoded::flat(Matrix::zeros(20, 3));
        TrainingPool::new(&encoded, training, references, &[latencies], &[]).unwrap_err().to_string()
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let latencies: Vec<f64> = (0..20).map(f64::from).collect();
        insta::assert_snapshot!(refused(0..10, &[1, 2], &latencies), @"10 training architectures are too few; training takes more than 10");
        insta::assert_snapshot!(refused(0..21, &[1, 2], &latencies), @"there is no architecture number 20 to train on or refer to; the pool has 20");
        insta::assert_snapshot!(refused(0..20, &[1, 20], &latencies), @"there is no architecture number 20 to train on or refer to; the pool has 20");
        insta::assert_snapshot!(refused(0..20, &[1, 2], &latencies[..19]), @"device 0 of the pool has 19 latencies for 20 architectures");
        insta::assert_snapshot!(refused(0..20, &[1], &latencies), @"all reference latencies of device 0 of the pool are equal, so that it has no hardware embedding");
        insta::assert_snapshot!(refused(0..20, &[], &latencies), @"all reference latencies of device 0 of the pool are equal, so that it has no hardware embedding");
    }
}
