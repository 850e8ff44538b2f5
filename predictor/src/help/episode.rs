//! An episode: tasks that are drawn from the training devices.

use super::model::{LossWeights, Model, Parameters, Task, TaskLoss};
use super::settings::Settings;
use super::training_pool::{SUPPORT, ScaledDevice, TrainingPool};
use crate::network::Encoded;
use crate::random::Random;

const DEVICE_STREAM: u64 = 33;
const TASK_STREAM: u64 = 34;

/// One device with architectures to adapt from and to be asked.
#[derive(Debug, Clone)]
pub(super) struct DrawnTask<'a> {
    device: &'a ScaledDevice,
    support: (Encoded, Vec<f32>),
    queries: (Encoded, Vec<f32>),
    noise: Vec<f32>,
}

/// The devices of an episode, different ones, and the number of each task.
pub(super) fn devices<'a>(pool: &'a TrainingPool, settings: &Settings, episode: u32) -> Vec<&'a ScaledDevice> {
    let all: Vec<&ScaledDevice> = pool.devices.iter().collect();
    Random::stream(settings.seed, &[DEVICE_STREAM, episode.into()]).choose(&all, settings.tasks)
}

impl<'a> DrawnTask<'a> {
    /// Task number `task` of an episode. It depends on seed, episode and number alone, so that any
    /// thread may draw it, and training may be taken up anywhere.
    pub(super) fn draw(
        device: &'a ScaledDevice,
        (model, settings): (&Model, &Settings),
        (episode, task): (u32, usize),
    ) -> Self {
        let mut random = Random::stream(settings.seed, &[TASK_STREAM, episode.into(), task as u64]);
        let training: Vec<usize> = (0..device.targets.len()).collect();
        let chosen = random.choose(&training, SUPPORT + settings.queries);
        let (support, queries) = chosen.split_at(SUPPORT);
        let part = |places: &[usize]| {
            (device.encoded.select(places), places.iter().map(|&place| device.targets[place]).collect())
        };
        let (support, queries) = (part(support), part(queries));
        let noise = (0..model.noise_length()).map(|_| random.normal() as f32).collect();
        Self { device, support, queries, noise }
    }

    /// The loss of the task as one of `tasks`, and its gradient.
    pub(super) fn loss(&self, model: &Model, parameters: &Parameters, settings: &Settings, tasks: usize) -> TaskLoss {
        let task = Task {
            embedding: &self.device.embedding,
            support: (&self.support.0, &self.support.1),
            queries: (&self.queries.0, &self.queries.1),
            noise: &self.noise,
        };
        let share = 1.0 / tasks as f32;
        model.task_loss(parameters, task, LossWeights { error: share, divergence: share * settings.divergence_weight })
    }
}
