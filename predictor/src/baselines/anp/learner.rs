//! What `anp` learns in an episode, and how it is validated.

use std::sync::Arc;

use rayon::prelude::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use safetensors::tensor::SafeTensors;

use super::super::standardisation::Standardisation;
use super::neural_process::{GROUP, NeuralProcess, NeuralProcessInput};
use super::settings::AnpSettings;
use crate::meta_training::{EpisodeLoss, Learner, ParameterGroup, Parameters, Schedule};
use crate::metrics::spearman;
use crate::network::{CheckpointError, Encoded, NamedTensor, add, named_layers, read_layers};
use crate::random::Random;

const INITIAL_STREAM: u64 = 49;
const DEVICE_STREAM: u64 = 50;
const TASK_STREAM: u64 = 51;
const VALIDATION_STREAM: u64 = 52;

/// The network of `anp` with the devices of a pool.
#[derive(Debug)]
pub(super) struct AnpLearner<'a> {
    pub(super) network: NeuralProcess,
    pub(super) settings: AnpSettings,
    pub(super) devices: Vec<MeasuredDevice<'a>>,
    pub(super) validation: Vec<MeasuredDevice<'a>>,
}

/// A device's training architectures, and its latencies of them.
#[derive(Debug, Clone)]
pub(super) struct MeasuredDevice<'a> {
    pub(super) encoded: Arc<Encoded>,
    pub(super) latencies_ms: &'a [f64],
}

/// A context of architectures that one device measured, and others to predict.
struct Task {
    encoded: Encoded,
    measured: Vec<f32>,
    targets: Vec<f32>,
}

impl Task {
    /// Draws `shots` measured architectures and `queries` others. All latencies are standardised by
    /// the measured ones.
    fn draw(device: &MeasuredDevice<'_>, shots: usize, queries: usize, random: &mut Random) -> Self {
        let MeasuredDevice { encoded, latencies_ms } = device;
        let places: Vec<usize> = (0..latencies_ms.len()).collect();
        let chosen = random.choose(&places, shots + queries);
        let of_chosen: Vec<f64> = chosen.iter().map(|&place| latencies_ms[place]).collect();
        let (measured, others) = of_chosen.split_at(shots);
        let standardisation = Standardisation::of(measured);
        Self {
            encoded: encoded.select(&chosen),
            measured: standardisation.standardised(measured),
            targets: standardisation.standardised(others),
        }
    }

    fn input(&self) -> NeuralProcessInput<'_> {
        NeuralProcessInput { encoded: &self.encoded, measured: &self.measured }
    }
}

impl AnpLearner<'_> {
    /// Spearman's correlation on validation device `number`, always from the same measurements.
    fn score(&self, parameters: &[f32], number: usize, device: &MeasuredDevice<'_>) -> f64 {
        let mut random = Random::stream(self.settings.seed, &[VALIDATION_STREAM, number as u64]);
        let task = Task::draw(device, self.settings.shots, device.latencies_ms.len(), &mut random);
        let predictions = self.network.predictions(parameters, task.input());
        let in_double = |values: &[f32]| -> Vec<f64> { values.iter().map(|&value| value.into()).collect() };
        spearman(&in_double(&predictions), &in_double(&task.targets))
    }
}

/// One group.
impl Parameters for Vec<f32> {
    fn groups(&self) -> Vec<&[f32]> {
        vec![self]
    }

    fn groups_mut(&mut self) -> Vec<&mut [f32]> {
        vec![self]
    }
}

impl Learner for AnpLearner<'_> {
    type Settings = AnpSettings;
    type Parameters = Vec<f32>;

    fn settings(&self) -> &AnpSettings {
        &self.settings
    }

    fn schedule(&self) -> Schedule {
        let AnpSettings { episodes, validate_every, rate, .. } = self.settings;
        Schedule { episodes, validate_every, rate }
    }

    fn initial(&self) -> Vec<f32> {
        self.network.initial(&mut Random::stream(self.settings.seed, &[INITIAL_STREAM]))
    }

    fn groups(&self) -> &[ParameterGroup] {
        &[ParameterGroup { name: GROUP, is_learned: true }]
    }

    fn episode_loss(&self, parameters: &Vec<f32>, done: u32) -> EpisodeLoss<Vec<f32>> {
        let Self { network, settings, devices, .. } = self;
        let AnpSettings { shots, tasks, queries, seed, .. } = *settings;
        let episode = u64::from(done) + 1;
        let all: Vec<&MeasuredDevice<'_>> = devices.iter().collect();
        let devices = Random::stream(seed, &[DEVICE_STREAM, episode]).choose(&all, tasks);
        let of_task = |(number, device): (usize, &&MeasuredDevice<'_>)| {
            let mut random = Random::stream(seed, &[TASK_STREAM, episode, number as u64]);
            let task = Task::draw(device, shots, queries, &mut random);
            network.loss(parameters, task.input(), &task.targets)
        };
        let losses: Vec<_> = devices.par_iter().enumerate().map(of_task).collect();
        let count = devices.len() as f32;
        let mut gradient = vec![0.0; parameters.len()];
        losses.iter().for_each(|(_, of_task)| add(&mut gradient, of_task));
        gradient.iter_mut().for_each(|derivative| *derivative /= count);
        let error = losses.iter().map(|(error, _)| error).sum::<f32>() / count;
        EpisodeLoss { error, divergence: 0.0, gradient }
    }

    fn validation_scores(&self, parameters: &Vec<f32>) -> Vec<f64> {
        let score = |(number, device): (usize, &MeasuredDevice<'_>)| self.score(parameters, number, device);
        self.validation.par_iter().enumerate().map(score).collect()
    }

    fn tensors<'a>(&self, parameters: &'a Vec<f32>, prefix: &str) -> Vec<NamedTensor<'a>> {
        named_layers(&self.network.layers(), parameters, &format!("{prefix}{GROUP}"))
    }

    fn read(&self, tensors: &SafeTensors<'_>, prefix: &str) -> Result<Vec<f32>, CheckpointError> {
        read_layers(tensors, &format!("{prefix}{GROUP}"), &self.network.layers())
    }
}
