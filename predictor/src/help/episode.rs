//! An episode: tasks that are drawn from the training devices.

use super::model::{Labelled, LossWeights, Model, Parameters, Task, TaskLoss};
use super::settings::Settings;
use super::training_pool::{SUPPORT, ScaledDevice, TrainingPool};
use crate::network::Encoded;
use crate::random::Random;

const DEVICE_STREAM: u64 = 33;
const TASK_STREAM: u64 = 34;

/// A device with a support set, which is adapted to, and a query set, which judges the result.
#[derive(Debug, Clone)]
pub(super) struct DrawnTask<'a> {
    device: &'a ScaledDevice,
    support: DrawnArchitectures,
    queries: DrawnArchitectures,
    noise: Vec<f32>,
}

/// Architectures that were drawn for a task, and the device's scaled latencies of them.
#[derive(Debug, Clone)]
struct DrawnArchitectures {
    encoded: Encoded,
    targets: Vec<f32>,
}

impl DrawnArchitectures {
    fn of(device: &ScaledDevice, positions: &[usize]) -> Self {
        let targets = positions.iter().map(|&position| device.targets[position]).collect();
        Self { encoded: device.encoded.select(positions), targets }
    }

    fn labelled(&self) -> Labelled<'_> {
        Labelled { encoded: &self.encoded, targets: &self.targets }
    }
}

/// The devices of an episode: different ones, drawn at random.
pub(super) fn devices<'a>(pool: &'a TrainingPool, settings: &Settings, episode: u32) -> Vec<&'a ScaledDevice> {
    let all: Vec<&ScaledDevice> = pool.devices.iter().collect();
    Random::stream(settings.seed, &[DEVICE_STREAM, episode.into()]).choose(&all, settings.tasks)
}

impl<'a> DrawnTask<'a> {
    /// Task number `task` of an episode. It depends on seed, episode and number alone, so that any
    /// thread may draw it, and training may be taken up at any episode.
    pub(super) fn draw(
        device: &'a ScaledDevice,
        model: &Model,
        settings: &Settings,
        episode: u32,
        task: usize,
    ) -> Self {
        let mut random = Random::stream(settings.seed, &[TASK_STREAM, episode.into(), task as u64]);
        let training: Vec<usize> = (0..device.targets.len()).collect();
        let chosen = random.choose(&training, SUPPORT + settings.queries);
        let (support, queries) = chosen.split_at(SUPPORT);
        let (support, queries) = (DrawnArchitectures::of(device, support), DrawnArchitectures::of(device, queries));
        let noise = (0..model.noise_length()).map(|_| random.normal() as f32).collect();
        Self { device, support, queries, noise }
    }

    /// The loss of the task as one of `tasks`, and its gradient.
    pub(super) fn loss(&self, model: &Model, parameters: &Parameters, settings: &Settings, tasks: usize) -> TaskLoss {
        let task = Task {
            embedding: &self.device.embedding,
            support: self.support.labelled(),
            queries: self.queries.labelled(),
            noise: &self.noise,
        };
        let share = 1.0 / tasks as f32;
        model.task_loss(parameters, task, LossWeights { error: share, divergence: share * settings.divergence_weight })
    }
}
