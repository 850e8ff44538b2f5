//! The network of `anp`: architectures to predict attend to the measured ones.

use super::attention::{Attended, Attention};
use super::joined_matrices::{cut_columns, cut_rows, side_by_side, stacked};
use crate::network::{
    Activations, Buffer, Dense, Encoded, ForwardTrace, Layer, Layout, Matrix, Sequential, Sizes, add, draw_initial,
    output_of, squared_error,
};
use crate::random::Random;

/// The names of its tensors start with this.
pub(super) const GROUP: &str = "anp";

/// The deterministic path of an attentive neural process (Kim et al., 2019). An encoder embeds
/// all architectures. Each measured one (the context), its embedding and latency side by side,
/// becomes a representation. One to predict (a target) attends to these: its embedding is the query,
/// theirs are the keys. Its embedding and what it attended to, side by side, are what the header
/// predicts from.
#[derive(Debug, Clone)]
pub(super) struct NeuralProcess {
    encoder: Vec<Dense>,
    /// From an embedding to a key or query.
    key: Dense,
    /// From an embedding and a latency to a representation.
    pair: [Dense; 2],
    header: [Dense; 3],
    parameters: usize,
}

/// Architectures, of which the first are the context and the rest are to predict.
#[derive(Debug, Clone, Copy)]
pub(super) struct NeuralProcessInput<'a> {
    pub(super) encoded: &'a Encoded,
    /// Standardised latencies of the context.
    pub(super) measured: &'a [f32],
}

/// The layers of the network over one input.
struct NetworkLayers<'a> {
    encoder: Sequential<'a>,
    key: Sequential<'a>,
    pair: Sequential<'a>,
    header: Sequential<'a>,
}

/// All that the network made of an input.
struct NeuralProcessActivations {
    encoder: Vec<Activations>,
    key: Vec<Activations>,
    keys: Matrix,
    queries: Matrix,
    pairs: Matrix,
    pair: Vec<Activations>,
    attention: Attention,
    joined: Matrix,
    header: Vec<Activations>,
}

impl NeuralProcess {
    /// The network of these sizes; keys, queries and representations are as wide as the encoder.
    pub(super) fn new(sizes: Sizes) -> Self {
        let Sizes { encoder_width: width, header_width, .. } = sizes;
        let mut layout = Layout::default();
        Self {
            encoder: layout.encoder(sizes.encoder, sizes.features, width),
            key: layout.linear("key", width, width),
            pair: [layout.linear("pair1", width + 1, width), layout.linear("pair2", width, width)],
            header: [
                layout.linear("header1", 2 * width, header_width),
                layout.linear("header2", header_width, header_width),
                layout.linear("header3", header_width, 1),
            ],
            parameters: layout.length(),
        }
    }

    /// All layers in the order of their parameters.
    pub(super) fn layers(&self) -> Vec<&Dense> {
        self.encoder.iter().chain([&self.key]).chain(&self.pair).chain(&self.header).collect()
    }

    /// Parameters before training, as `help` draws them.
    pub(super) fn initial(&self, random: &mut Random) -> Vec<f32> {
        let mut parameters = vec![0.0; self.parameters];
        self.layers().into_iter().for_each(|layer| draw_initial(random, layer, &mut parameters));
        parameters
    }

    /// One number for each architecture to predict.
    pub(super) fn predictions(&self, parameters: &[f32], input: NeuralProcessInput<'_>) -> Vec<f32> {
        let activations = self.layers_over(input).forward(parameters, input);
        output_of(&activations.header).map_or_else(Vec::new, |output| output.values().to_vec())
    }

    /// The mean squared error against `targets`, one for each architecture to predict, and
    /// its derivatives by the parameters.
    pub(super) fn loss(&self, parameters: &[f32], input: NeuralProcessInput<'_>, targets: &[f32]) -> (f32, Buffer) {
        let layers = self.layers_over(input);
        let activations = layers.forward(parameters, input);
        let predictions = output_of(&activations.header).map_or(&[][..], Matrix::values);
        let (error, by_output) = squared_error(predictions, targets);
        // Every layer writes its own part.
        let mut gradient = Buffer::arbitrary(self.parameters);
        layers.backward(parameters, input, &activations, by_output, &mut gradient);
        (error, gradient)
    }

    fn layers_over<'a>(&'a self, input: NeuralProcessInput<'a>) -> NetworkLayers<'a> {
        let [first, second] = &self.pair;
        let [third, fourth, fifth] = &self.header;
        NetworkLayers {
            encoder: Sequential::encoder(&self.encoder, input.encoded),
            key: Sequential::new([Layer::linear(&self.key)]),
            pair: Sequential::new([Layer::rectified(first), Layer::linear(second)]),
            header: Sequential::new([Layer::rectified(third), Layer::rectified(fourth), Layer::linear(fifth)]),
        }
    }
}

impl NetworkLayers<'_> {
    fn forward(
        &self,
        parameters: &[f32],
        NeuralProcessInput { encoded, measured }: NeuralProcessInput<'_>,
    ) -> NeuralProcessActivations {
        let encoder = self.encoder.forward(parameters, &encoded.features, None);
        let embeddings = output_of(&encoder).unwrap_or(&encoded.features);
        let key = self.key.forward(parameters, embeddings, None);
        let (keys, queries) = cut_rows(output_of(&key).unwrap_or(embeddings), measured.len());
        let (of_measured, of_targets) = cut_rows(embeddings, measured.len());
        let pairs = side_by_side(&of_measured, &Matrix::column_of(measured.to_vec()));
        let pair = self.pair.forward(parameters, &pairs, None);
        let values = output_of(&pair).unwrap_or(&pairs);
        let attention = Attended { queries: &queries, keys: &keys, values }.attend();
        let joined = side_by_side(&of_targets, &attention.output);
        let header = self.header.forward(parameters, &joined, None);
        NeuralProcessActivations { encoder, key, keys, queries, pairs, pair, attention, joined, header }
    }

    /// Writes derivatives by the parameters into `gradient`, given those by the predictions.
    fn backward(
        &self,
        parameters: &[f32],
        input: NeuralProcessInput<'_>,
        activations: &NeuralProcessActivations,
        by_output: Matrix,
        gradient: &mut [f32],
    ) {
        let features = &input.encoded.features;
        let mut back = |layers: &Sequential<'_>, input: &Matrix, activations: &[Activations], by: Matrix| {
            let trace = ForwardTrace { input, activations };
            let by_input = layers.backward(parameters, trace, by, gradient, true).by_input;
            by_input.unwrap_or_else(|| Matrix::zeros(input.rows(), input.columns()))
        };
        let by_joined = back(&self.header, &activations.joined, &activations.header, by_output);
        let embeddings = output_of(&activations.encoder).unwrap_or(features);
        let (by_targets, by_attention) = cut_columns(&by_joined, embeddings.columns());
        let values = output_of(&activations.pair).unwrap_or(&activations.pairs);
        let attended = Attended { queries: &activations.queries, keys: &activations.keys, values };
        let by = attended.backward(&activations.attention, &by_attention);
        let by_pairs = back(&self.pair, &activations.pairs, &activations.pair, by.values);
        let (by_measured, _) = cut_columns(&by_pairs, embeddings.columns());
        let mut by_embeddings = back(&self.key, embeddings, &activations.key, stacked(&by.keys, &by.queries));
        add(by_embeddings.values_mut(), stacked(&by_measured, &by_targets).values());
        let trace = ForwardTrace { input: features, activations: &activations.encoder };
        self.encoder.backward(parameters, trace, by_embeddings, gradient, false);
    }
}
