//! Meta-training.

use rayon::prelude::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use serde::{Deserialize, Serialize};
use tenshot_onnx_models::Space;

use super::ablation::Parts;
use super::episode::{self, DrawnTask};
use super::initial::initial;
use super::model::{Device, Measured, Model, Parameters, TaskLoss};
use super::network::Network;
use super::training_pool::{ScaledDevice, TrainingPool};
use crate::metrics::spearman;
use crate::network::{Adam, Sizes, add};

/// How to train.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Which parts of the method are on.
    pub parts: Parts,
    /// Devices per episode.
    pub tasks: usize,
    /// Architectures that each is asked; all others where there are fewer.
    pub queries: usize,
    /// Episodes.
    pub episodes: u32,
    /// Adam's rate.
    pub rate: f32,
    /// The rate of the inner steps, where it starts.
    pub inner_rate: f32,
    /// The weight of z's divergence.
    pub divergence_weight: f32,
    /// Episodes between two validations.
    pub validate_every: u32,
    /// The seed of everything random.
    pub seed: u64,
}

impl Settings {
    /// The paper's for a space, with these parts on.
    pub const fn paper(space: Space, parts: Parts, seed: u64) -> Self {
        let episodes = match space {
            Space::NasBench201 => 2000,
            _ => 4000,
        };
        Self {
            parts,
            tasks: 8,
            queries: 200,
            episodes,
            rate: 1e-4,
            inner_rate: 1e-3,
            divergence_weight: 0.1,
            validate_every: 50,
            seed,
        }
    }
}

/// How well the validation devices were predicted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Validation {
    /// Episodes that were done.
    pub episode: u32,
    /// The mean squared error of the queries, on average since the last validation.
    pub error: f32,
    /// The divergence of z from a standard normal, on average since the last validation.
    pub divergence: f32,
    /// Mean Spearman correlation over the validation devices; `None` where there are none.
    pub spearman: Option<f64>,
}

impl Validation {
    /// Whether parameters have left all bounds, so that going on is of no use.
    pub(crate) fn has_diverged(&self) -> bool {
        !(self.error.is_finite() && self.divergence.is_finite())
    }
}

/// Training that has got somewhere: it can be taken up, and goes on as if never stopped.
#[derive(Debug, Clone, PartialEq)]
pub struct Training {
    pub(super) model: Model,
    pub(super) settings: Settings,
    pub(super) parameters: Parameters,
    pub(super) adam: [Adam; 3],
    /// Episodes that are done.
    pub(super) episode: u32,
    /// RowSums of the episodes' errors and divergences since the last validation.
    pub(super) sums: [f32; 2],
    pub(super) curve: Vec<Validation>,
    /// The parameters with the best validation so far.
    pub(super) best: Option<(Validation, Parameters)>,
}

impl Training {
    /// Before the first episode.
    pub fn new(sizes: Sizes, settings: Settings) -> Self {
        let model = Model::new(sizes, settings.parts);
        let parameters = initial(&model, settings.inner_rate, settings.seed);
        let adam = parameters.each().map(|values| Adam::new(values.len()));
        Self { model, settings, parameters, adam, episode: 0, sums: [0.0; 2], curve: Vec::new(), best: None }
    }

    /// Whether all episodes are done.
    pub fn is_done(&self) -> bool {
        self.episode >= self.settings.episodes
    }

    /// Episodes that are done.
    pub fn episode(&self) -> u32 {
        self.episode
    }

    /// All validations so far.
    pub fn curve(&self) -> &[Validation] {
        &self.curve
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The parameters that did best in validation, or the last ones.
    pub fn best(&self) -> &Parameters {
        self.best.as_ref().map_or(&self.parameters, |(_, parameters)| parameters)
    }

    /// Does one episode, and a validation where one is due. The result is the same on any number
    /// of threads: tasks are worked on side by side, and added up in their order.
    pub fn step(&mut self, pool: &TrainingPool) {
        let devices = episode::devices(pool, &self.settings, self.episode);
        let (model, settings) = (&self.model, &self.settings);
        let losses: Vec<TaskLoss> = devices
            .par_iter()
            .enumerate()
            .map(|(number, device)| {
                let task = DrawnTask::draw(device, (model, settings), (self.episode, number));
                task.loss(model, &self.parameters, settings, devices.len())
            })
            .collect();
        self.episode += 1;
        let mean = |part: fn(&TaskLoss) -> f32| losses.iter().map(part).sum::<f32>() / losses.len() as f32;
        add(&mut self.sums, &[mean(|loss| loss.error), mean(|loss| loss.divergence)]);
        self.descend(losses);
        if self.episode.is_multiple_of(self.settings.validate_every) || self.is_done() {
            self.validate(pool);
        }
    }

    fn descend(&mut self, losses: Vec<TaskLoss>) {
        let sum = losses.into_iter().map(|loss| loss.gradient).reduce(|mut sum, gradient| {
            sum.add(&gradient);
            sum
        });
        let Some(gradient) = sum else { return };
        let is_learned = [true, self.settings.parts.learned_rates, true];
        let parameters = self.parameters.each_mut().into_iter().zip(gradient.each());
        for ((adam, (parameters, gradient)), is_learned) in self.adam.iter_mut().zip(parameters).zip(is_learned) {
            if is_learned {
                adam.step(parameters, gradient, self.settings.rate, self.episode);
            }
        }
    }

    fn validate(&mut self, pool: &TrainingPool) {
        let references = self.model.measured(&self.parameters, pool.references.clone());
        let scores: Vec<f64> = pool.validation.par_iter().map(|device| self.score(&references, device)).collect();
        let spearman = (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64);
        let since = self.episode - self.curve.last().map_or(0, |last| last.episode);
        let [error, divergence] = std::mem::take(&mut self.sums).map(|sum| sum / since as f32);
        let validation = Validation { episode: self.episode, error, divergence, spearman };
        self.curve.push(validation);
        let best = self.best.as_ref().and_then(|(best, _)| best.spearman);
        if spearman.is_some_and(|spearman| best.is_none_or(|best| spearman > best)) {
            self.best = Some((validation, self.parameters.clone()));
        }
    }

    /// Spearman's correlation on a device that gives its reference latencies alone.
    fn score(&self, references: &Measured, device: &ScaledDevice) -> f64 {
        let ScaledDevice { embedding, encoded, targets, others } = device;
        let support = (references, embedding.as_slice());
        let adapted = self.model.adapt(&self.parameters, Device { embedding, support, noise: None });
        let forward = Network::new(&self.model.shape, encoded, embedding).forward(&adapted);
        let at_others = |values: &[f32]| -> Vec<f64> { others.iter().map(|&one| values[one].into()).collect() };
        spearman(&at_others(forward.predictions()), &at_others(targets))
    }
}
