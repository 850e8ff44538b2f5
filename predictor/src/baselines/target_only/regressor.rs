//! A network from an architecture to one number.

use crate::network::{
    Buffer, Dense, Encoded, ForwardTrace, Layer, Layout, Matrix, Sequential, Sizes, draw_initial, output_of,
    squared_error,
};
use crate::random::Random;

/// An encoder of architectures (graph convolutions or linear layers), linear layers behind it, and
/// one output; a rectifier after every layer but the last.
#[derive(Debug, Clone)]
pub(super) struct Regressor {
    /// The encoder's layers and those behind it.
    rectified: Vec<Dense>,
    output: Dense,
    parameters: usize,
}

impl Regressor {
    /// An encoder of these sizes, with layers of these widths behind it.
    pub(super) fn new(sizes: Sizes, hidden: &[usize]) -> Self {
        let mut layout = Layout::default();
        let mut rectified = layout.encoder(sizes.encoder, sizes.features, sizes.encoder_width);
        let mut inputs = sizes.encoder_width;
        for &outputs in hidden {
            rectified.push(layout.linear("hidden", inputs, outputs));
            inputs = outputs;
        }
        let output = layout.linear("output", inputs, 1);
        Self { rectified, output, parameters: layout.length() }
    }

    /// Parameters before training, as `help` draws them.
    pub(super) fn initial(&self, random: &mut Random) -> Vec<f32> {
        let mut parameters = vec![0.0; self.parameters];
        self.rectified.iter().chain([&self.output]).for_each(|layer| draw_initial(random, layer, &mut parameters));
        parameters
    }

    /// One number for each architecture.
    pub(super) fn predictions(&self, parameters: &[f32], encoded: &Encoded) -> Vec<f32> {
        let activations = self.layers(encoded).forward(parameters, &encoded.features, None);
        output_of(&activations).map_or_else(Vec::new, |output| output.values().to_vec())
    }

    /// The mean squared error against `targets`, one for each architecture, and its derivatives
    /// by the parameters.
    pub(super) fn loss(&self, parameters: &[f32], encoded: &Encoded, targets: &[f32]) -> (f32, Buffer) {
        let layers = self.layers(encoded);
        let activations = layers.forward(parameters, &encoded.features, None);
        let predictions = output_of(&activations).map_or(&[][..], Matrix::values);
        let (value, by_output) = squared_error(predictions, targets);
        // Every layer writes its own part.
        let mut gradient = Buffer::arbitrary(self.parameters);
        let trace = ForwardTrace { input: &encoded.features, activations: &activations };
        layers.backward(parameters, trace, by_output, &mut gradient, false);
        (value, gradient)
    }

    fn layers<'a>(&'a self, encoded: &'a Encoded) -> Sequential<'a> {
        Sequential::encoder(&self.rectified, encoded).then(Layer::linear(&self.output))
    }
}
