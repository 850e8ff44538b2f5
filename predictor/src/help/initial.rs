//! Parameters before training.

use super::model::{Model, Parameters};
use super::shape::Dense;
use crate::random::Random;

const INITIAL_STREAM: u64 = 32;

/// Initial values: of graph convolutions, weights uniform within 0.05 of zero and biases within
/// 0.1; of linear layers, both within one over the square root of the number of inputs. All rates
/// are `rate`.
pub(super) fn initial(model: &Model, rate: f32, seed: u64) -> Parameters {
    let mut random = Random::stream(seed, &[INITIAL_STREAM]);
    let mut network = vec![0.0; model.shape.parameters];
    model.shape.layers().for_each(|layer| draw(&mut random, layer, &mut network));
    let mut modulator = Vec::new();
    if let Some(one) = &model.modulator {
        modulator = vec![0.0; one.parameters];
        one.layers().iter().for_each(|layer| draw(&mut random, layer, &mut modulator));
    }
    Parameters { rates: vec![rate; network.len()], network, modulator }
}

/// Draws the initial values of one layer.
pub(crate) fn draw(random: &mut Random, layer: &Dense, parameters: &mut [f32]) {
    let bound = 1.0 / (layer.inputs as f64).sqrt();
    let (of_weights, of_biases) = if layer.is_convolution() { (0.05, 0.1) } else { (bound, bound) };
    let mut fill = |values: &mut [f32], bound: f64| {
        values.iter_mut().for_each(|value| *value = random.uniform(-bound, bound) as f32);
    };
    fill(layer.weight_values_mut(parameters), of_weights);
    fill(layer.bias_mut(parameters), of_biases);
}
