//! What `anp` learns from: tasks of the devices of a pool.

use std::sync::Arc;

use rayon::prelude::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::super::standardisation::Standardisation;
use super::neural_process::{NeuralProcess, Question};
use super::settings::AnpSettings;
use crate::metrics::spearman;
use crate::network::{Encoded, add};
use crate::random::Random;

const DEVICE_STREAM: u64 = 50;
const TASK_STREAM: u64 = 51;
const VALIDATION_STREAM: u64 = 52;

/// Devices to learn from.
#[derive(Debug, Clone)]
pub(super) struct Lessons<'a> {
    pub(super) devices: Vec<Teacher<'a>>,
    pub(super) validation: Vec<Teacher<'a>>,
    pub(super) settings: AnpSettings,
}

/// A device's training architectures, and its latencies of them.
#[derive(Debug, Clone)]
pub(super) struct Teacher<'a> {
    pub(super) encoded: Arc<Encoded>,
    pub(super) latencies_ms: &'a [f64],
}

/// One device with architectures that were measured, and others that are asked.
struct Lesson {
    encoded: Encoded,
    measured: Vec<f32>,
    targets: Vec<f32>,
}

impl Lesson {
    fn question(&self) -> Question<'_> {
        Question { encoded: &self.encoded, measured: &self.measured }
    }
}

impl Lessons<'_> {
    /// An episode's mean loss, and its derivatives by the parameters; the same on any number of
    /// threads: tasks are added up in their order.
    pub(super) fn loss(&self, network: &NeuralProcess, parameters: &[f32], episode: u32) -> (f32, Vec<f32>) {
        let Self { devices, settings, .. } = self;
        let all: Vec<&Teacher<'_>> = devices.iter().collect();
        let episode = u64::from(episode);
        let devices = Random::stream(settings.seed, &[DEVICE_STREAM, episode]).choose(&all, settings.tasks);
        let of_task = |(task, device): (usize, &&Teacher<'_>)| {
            let mut random = Random::stream(settings.seed, &[TASK_STREAM, episode, task as u64]);
            let lesson = self.lesson(device, settings.queries, &mut random);
            network.loss(parameters, lesson.question(), &lesson.targets)
        };
        let losses: Vec<_> = devices.par_iter().enumerate().map(of_task).collect();
        let count = devices.len() as f32;
        let mut sum = vec![0.0; parameters.len()];
        losses.iter().for_each(|(_, gradient)| add(&mut sum, gradient));
        sum.iter_mut().for_each(|derivative| *derivative /= count);
        (losses.iter().map(|(error, _)| error).sum::<f32>() / count, sum)
    }

    /// Mean Spearman correlation over the validation devices, always from the same measurements.
    pub(super) fn score(&self, network: &NeuralProcess, parameters: &[f32]) -> Option<f64> {
        let of_device = |(number, device): (usize, &Teacher<'_>)| {
            let mut random = Random::stream(self.settings.seed, &[VALIDATION_STREAM, number as u64]);
            let lesson = self.lesson(device, device.latencies_ms.len(), &mut random);
            let predictions = network.predictions(parameters, lesson.question());
            let wide = |values: &[f32]| -> Vec<f64> { values.iter().map(|&value| value.into()).collect() };
            spearman(&wide(&predictions), &wide(&lesson.targets))
        };
        let scores: Vec<f64> = self.validation.par_iter().enumerate().map(of_device).collect();
        (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64)
    }

    /// Draws measured architectures and `queries` others, all scaled by the measured ones.
    fn lesson(&self, device: &Teacher<'_>, queries: usize, random: &mut Random) -> Lesson {
        let Teacher { encoded, latencies_ms } = device;
        let places: Vec<usize> = (0..latencies_ms.len()).collect();
        let chosen = random.choose(&places, self.settings.shots + queries);
        let of_chosen: Vec<f64> = chosen.iter().map(|&place| latencies_ms[place]).collect();
        let (measured, asked) = of_chosen.split_at(self.settings.shots);
        let standardisation = Standardisation::of(measured);
        Lesson {
            encoded: encoded.select(&chosen),
            measured: standardisation.standardised(measured),
            targets: standardisation.standardised(asked),
        }
    }
}
