//! How a regressor is trained on one device's measurements.

use super::regressor::Regressor;
use crate::network::{Adam, Encoded};
use crate::random::Random;

const TRAINING_STREAM: u64 = 48;

/// Training by Adam on the mean squared error of batches, for a fixed number of epochs,
/// so that no measurement need be held back to stop early.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct SupervisedTraining {
    pub(super) epochs: u32,
    /// Architectures per step; all where there are fewer.
    pub(super) batch: usize,
    /// Adam's rate at the first step; it falls to zero along half a cosine.
    pub(super) rate: f32,
    /// What every parameter loses per step, as a share of itself and times the rate (AdamW).
    pub(super) weight_decay: f32,
}

impl SupervisedTraining {
    /// Parameters that are fitted to `targets`, one for each architecture; the same for a seed.
    pub(super) fn train(&self, regressor: &Regressor, encoded: &Encoded, targets: &[f32], seed: u64) -> Vec<f32> {
        let mut random = Random::stream(seed, &[TRAINING_STREAM]);
        let mut parameters = regressor.initial(&mut random);
        let mut adam = Adam::new(parameters.len());
        let places: Vec<usize> = (0..targets.len()).collect();
        let steps = targets.len().div_ceil(self.batch) as u32 * self.epochs;
        let mut done = 0;
        while done < steps {
            let order = random.choose(&places, places.len());
            for batch in order.chunks(self.batch) {
                let of_batch: Vec<f32> = batch.iter().map(|&place| targets[place]).collect();
                let (_, gradient) = regressor.loss(&parameters, &encoded.select(batch), &of_batch);
                let rate = self.rate * half_cosine(f64::from(done) / f64::from(steps));
                let kept = 1.0 - rate * self.weight_decay;
                parameters.iter_mut().for_each(|parameter| *parameter *= kept);
                done += 1;
                adam.step(&mut parameters, &gradient, rate, done);
            }
        }
        parameters
    }
}

/// From one at the start to zero at the end.
fn half_cosine(progress: f64) -> f32 {
    ((1.0 + (std::f64::consts::PI * progress).cos()) / 2.0) as f32
}
