//! What `help` learns in an episode, and how it is validated.

use rayon::prelude::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use safetensors::tensor::SafeTensors;

use super::episode::{self, DrawnTask};
use super::initial::initial;
use super::model::{Device, Measured, Model, Parameters, TaskLoss};
use super::named_parameters::{named, parameters_of};
use super::network::Network;
use super::settings::Settings;
use super::training_pool::{ScaledDevice, TrainingPool};
use crate::meta_training::{self, EpisodeLoss, Learner, ParameterGroup, Schedule};
use crate::metrics::spearman;
use crate::network::{CheckpointError, NamedTensor, Sizes};

/// The network of `help` with the devices of a pool.
#[derive(Debug)]
pub(super) struct HelpLearner {
    pub(super) model: Model,
    settings: Settings,
    groups: [ParameterGroup; 3],
    pub(super) pool: TrainingPool,
}

impl HelpLearner {
    /// A network of these sizes.
    pub(super) fn new(sizes: Sizes, settings: Settings, pool: TrainingPool) -> Self {
        let group = |name, is_learned| ParameterGroup { name, is_learned };
        let groups = [group("network", true), group("rates", settings.parts.learned_rates), group("modulator", true)];
        Self { model: Model::new(sizes, settings.parts), settings, groups, pool }
    }

    /// Spearman's correlation on a device that is known by its reference latencies alone.
    fn score(&self, parameters: &Parameters, references: &Measured, device: &ScaledDevice) -> f64 {
        let ScaledDevice { embedding, encoded, targets, others } = device;
        let device = Device { embedding, support: references, targets: embedding, noise: None };
        let adapted = self.model.adapt(parameters, device);
        let forward = Network::new(&self.model.shape, encoded, embedding).forward(&adapted);
        let at_others = |values: &[f32]| -> Vec<f64> { others.iter().map(|&one| values[one].into()).collect() };
        spearman(&at_others(forward.predictions()), &at_others(targets))
    }
}

impl meta_training::Parameters for Parameters {
    fn groups(&self) -> Vec<&[f32]> {
        self.each().to_vec()
    }

    fn groups_mut(&mut self) -> Vec<&mut [f32]> {
        self.each_mut().into()
    }
}

impl Learner for HelpLearner {
    type Settings = Settings;
    type Parameters = Parameters;

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn schedule(&self) -> Schedule {
        let Settings { episodes, validate_every, rate, .. } = self.settings;
        Schedule { episodes, validate_every, rate }
    }

    fn initial(&self) -> Parameters {
        initial(&self.model, self.settings.inner_rate, self.settings.seed)
    }

    fn groups(&self) -> &[ParameterGroup] {
        &self.groups
    }

    fn episode_loss(&self, parameters: &Parameters, done: u32) -> EpisodeLoss<Parameters> {
        let Self { model, settings, pool, .. } = self;
        let devices = episode::devices(pool, settings, done);
        let of_task = |(number, device): (usize, &&_)| {
            let task = DrawnTask::draw(device, model, settings, done, number);
            task.loss(model, parameters, settings, devices.len())
        };
        let losses: Vec<TaskLoss> = devices.par_iter().enumerate().map(of_task).collect();
        let mean = |part: fn(&TaskLoss) -> f32| losses.iter().map(part).sum::<f32>() / losses.len() as f32;
        let (error, divergence) = (mean(|loss| loss.error), mean(|loss| loss.divergence));
        let gradients = losses.into_iter().map(|loss| loss.gradient);
        let sum = gradients.reduce(|mut sum, gradient| {
            sum.add(&gradient);
            sum
        });
        EpisodeLoss { error, divergence, gradient: sum.unwrap_or_else(|| parameters.zeros()) }
    }

    fn validation_scores(&self, parameters: &Parameters) -> Vec<f64> {
        let references = self.model.measured(parameters, self.pool.references.clone());
        self.pool.validation.par_iter().map(|device| self.score(parameters, &references, device)).collect()
    }

    fn tensors<'a>(&self, parameters: &'a Parameters, prefix: &str) -> Vec<NamedTensor<'a>> {
        named(&self.model, parameters, prefix)
    }

    fn read(&self, tensors: &SafeTensors<'_>, prefix: &str) -> Result<Parameters, CheckpointError> {
        parameters_of(&self.model, tensors, prefix)
    }
}
