//! What is trained: the network, its rates, and the z modulator.

use super::ablation::Parts;
use super::inner_steps::{Samples, adapt, adapt_traced, gradient};
use super::modulator::{Modulator, demodulate, modulated};
use super::network::Network;
use super::shape::Shape;
use crate::network::{Activations, Buffer, Encoded, Sizes, add};

/// The layers of network and modulator, and which parts are on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Model {
    pub(super) shape: Shape,
    pub(super) modulator: Option<Modulator>,
    pub(super) inner_steps: usize,
    pub(super) learned_rates: bool,
}

/// All trained numbers, or derivatives by them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Parameters {
    pub(super) network: Vec<f32>,
    pub(super) rates: Vec<f32>,
    pub(super) modulator: Vec<f32>,
}

/// Encoded architectures, and a device's scaled latencies of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Labelled<'a> {
    pub(super) encoded: &'a Encoded,
    pub(super) targets: &'a [f32],
}

/// A device to learn from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Task<'a> {
    /// The hardware embedding (Eq. 3).
    pub(super) embedding: &'a [f32],
    /// What the inner steps adapt to.
    pub(super) support: Labelled<'a>,
    /// What the adapted network is judged by.
    pub(super) queries: Labelled<'a>,
    /// Standard normal numbers that z is drawn with.
    pub(super) noise: &'a [f32],
}

/// A device to adapt to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Device<'a> {
    /// The hardware embedding (Eq. 3).
    pub(super) embedding: &'a [f32],
    /// The architectures that it measured.
    pub(super) support: &'a Measured,
    /// Its scaled latencies of these.
    pub(super) targets: &'a [f32],
    /// Standard normal numbers that z is drawn with; where there are none, z is at its mean.
    pub(super) noise: Option<&'a [f32]>,
}

/// Architectures that devices measure, and what the unadapted encoder makes of them, which is the
/// same for all devices.
#[derive(Debug, Clone)]
pub(super) struct Measured {
    pub(super) encoded: Encoded,
    /// The activations of the encoder before the inner steps.
    encoder: Vec<Activations>,
}

/// The weights of the terms of a task's loss.
#[derive(Debug, Clone, Copy)]
pub(super) struct LossWeights {
    /// The queries' mean squared error.
    pub(super) error: f32,
    /// The divergence of z.
    pub(super) divergence: f32,
}

/// A task's loss, without weights, and the weighted loss's gradient.
#[derive(Debug, Clone)]
pub(super) struct TaskLoss {
    pub(super) error: f32,
    pub(super) divergence: f32,
    pub(super) gradient: Parameters,
}

impl Parameters {
    /// Those of the network, the rates of the inner steps, and those of the modulator.
    pub(super) fn each(&self) -> [&[f32]; 3] {
        [&self.network, &self.rates, &self.modulator]
    }

    pub(super) fn each_mut(&mut self) -> [&mut [f32]; 3] {
        [&mut self.network, &mut self.rates, &mut self.modulator]
    }

    /// Zeros, as many as in each group.
    pub(super) fn zeros(&self) -> Self {
        let [network, rates, modulator] = self.each().map(|values| vec![0.0; values.len()]);
        Self { network, rates, modulator }
    }

    /// Adds `others`, which are of the same model.
    pub(super) fn add(&mut self, others: &Self) {
        self.each_mut().into_iter().zip(others.each()).for_each(|(values, others)| add(values, others));
    }
}

impl Model {
    /// A model of these sizes and parts.
    pub(crate) fn new(sizes: Sizes, parts: Parts) -> Self {
        let shape = Shape::new(Sizes { device_condition: parts.device_condition, ..sizes });
        let modulator = parts.modulator.then(|| Modulator::new(&shape));
        Self { shape, modulator, inner_steps: parts.inner_steps, learned_rates: parts.learned_rates }
    }

    /// How many numbers z has; none without modulator.
    pub(super) fn noise_length(&self) -> usize {
        self.modulator.as_ref().map_or(0, |_| self.shape.modulations())
    }

    /// The loss of a task after the inner steps, and its exact gradient.
    pub(super) fn task_loss(&self, parameters: &Parameters, task: Task<'_>, weights: LossWeights) -> TaskLoss {
        let Task { embedding, support, queries, noise } = task;
        let modulation = self.modulator.as_ref().map(|modulator| {
            let distribution = modulator.distribution(&parameters.modulator, embedding);
            let z = distribution.sample(noise);
            (modulator, distribution, z)
        });
        let z = modulation.as_ref().map(|(_, _, z)| z.as_slice());
        let start = self.start(parameters, z);
        let rates = &parameters.rates;
        let network = Network::new(&self.shape, support.encoded, embedding);
        let samples = Samples { network: &network, targets: support.targets };
        let adapted = adapt_traced(samples, start, rates, self.inner_steps);
        let loss = Network::new(&self.shape, queries.encoded, embedding).loss(&adapted.parameters, queries.targets);
        let by_adapted = loss.gradient.iter().map(|derivative| weights.error * derivative).collect();
        let (mut by_network, by_rates) = gradient(samples, rates, &adapted, by_adapted);

        let mut by_modulator = Vec::new();
        let mut divergence = 0.0;
        if let Some((modulator, distribution, z)) = &modulation {
            let by_z = demodulate(&self.shape, &parameters.network, z, &mut by_network);
            let of_divergence = weights.divergence;
            by_modulator = modulator.gradient(&parameters.modulator, distribution, noise, &by_z, of_divergence);
            divergence = distribution.divergence();
        }
        let gradient = Parameters { network: by_network, rates: by_rates, modulator: by_modulator };
        TaskLoss { error: loss.value, divergence, gradient }
    }

    /// Encodes architectures that devices measure.
    pub(super) fn measured(&self, parameters: &Parameters, encoded: Encoded) -> Measured {
        // The encoder knows no device.
        let encoder = Network::new(&self.shape, &encoded, &[]).encode(&parameters.network);
        Measured { encoded, encoder }
    }

    /// Parameters of the network adapted to a device.
    pub(super) fn adapt(&self, parameters: &Parameters, device: Device<'_>) -> Buffer {
        let Device { embedding, support, targets, noise } = device;
        let z = self.modulator.as_ref().map(|one| {
            let distribution = one.distribution(&parameters.modulator, embedding);
            noise.map_or_else(|| distribution.mean.clone(), |noise| distribution.sample(noise))
        });
        let start = self.start(parameters, z.as_deref());
        let network = Network::new(&self.shape, &support.encoded, embedding);
        let samples = Samples { network: &network, targets };
        adapt(samples, start, &support.encoder, &parameters.rates, self.inner_steps)
    }

    /// The parameters that the inner steps start from.
    fn start(&self, parameters: &Parameters, z: Option<&[f32]>) -> Buffer {
        match z {
            Some(z) => modulated(&self.shape, &parameters.network, z),
            None => parameters.network.as_slice().into(),
        }
    }
}
