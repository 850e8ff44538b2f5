//! Parameters of a layer before training.

use super::dense::Dense;
use crate::random::Random;

/// Draws the initial values of one layer: of a graph convolution, weights uniform within 0.05 of
/// zero and biases within 0.1; of a linear layer, both within one over the square root of the
/// number of inputs.
pub(crate) fn draw_initial(random: &mut Random, layer: &Dense, parameters: &mut [f32]) {
    let bound = 1.0 / (layer.inputs as f64).sqrt();
    let (of_weights, of_biases) = if layer.is_convolution() { (0.05, 0.1) } else { (bound, bound) };
    let mut fill = |values: &mut [f32], bound: f64| {
        values.iter_mut().for_each(|value| *value = random.uniform(-bound, bound) as f32);
    };
    fill(layer.weight_values_mut(parameters), of_weights);
    fill(layer.bias_mut(parameters), of_biases);
}
