//! The network of `anp`: measured architectures, attended to by those that are asked.

use super::attention::{Attended, Attention};
use super::joined_matrices::{cut_columns, cut_rows, side_by_side, stacked};
use crate::network::{
    Activations, Buffer, Dense, Encoded, ForwardTrace, Layer, Layout, Matrix, Sequential, Sizes, add, draw, output_of,
    squared_error,
};
use crate::random::Random;

/// The names of its tensors start with this.
pub(super) const GROUP: &str = "anp";

/// The deterministic path of an attentive neural process (Kim et al., 2019). An encoder embeds
/// all architectures. Each measured one, its embedding and latency side by side, becomes a
/// representation; an asked one attends to these, its embedding the query and theirs the keys;
/// embedding and what was attended to, side by side, give the header its prediction.
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

/// Architectures, of which the first were measured and the rest are asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) encoded: &'a Encoded,
    /// Scaled latencies of the measured architectures.
    pub(super) measured: &'a [f32],
}

/// The parts of the network over one question.
struct Parts<'a> {
    encoder: Sequential<'a>,
    key: Sequential<'a>,
    pair: Sequential<'a>,
    header: Sequential<'a>,
}

/// All that the network made of a question.
struct Answer {
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
        self.layers().into_iter().for_each(|layer| draw(random, layer, &mut parameters));
        parameters
    }

    /// One number for each asked architecture.
    pub(super) fn predictions(&self, parameters: &[f32], question: Question<'_>) -> Vec<f32> {
        let answer = self.parts(question).answer(parameters, question);
        output_of(&answer.header).map_or_else(Vec::new, |output| output.values().to_vec())
    }

    /// The mean squared error against `targets`, one for each asked architecture, and its
    /// derivatives by the parameters.
    pub(super) fn loss(&self, parameters: &[f32], question: Question<'_>, targets: &[f32]) -> (f32, Buffer) {
        let parts = self.parts(question);
        let answer = parts.answer(parameters, question);
        let predictions = output_of(&answer.header).map_or(&[][..], Matrix::values);
        let (error, by_output) = squared_error(predictions, targets);
        // Every layer writes its own part.
        let mut gradient = Buffer::arbitrary(self.parameters);
        parts.backward(parameters, question, &answer, by_output, &mut gradient);
        (error, gradient)
    }

    fn parts<'a>(&'a self, question: Question<'a>) -> Parts<'a> {
        let [first, second] = &self.pair;
        let [third, fourth, fifth] = &self.header;
        Parts {
            encoder: Sequential::encoder(&self.encoder, question.encoded),
            key: Sequential::new([Layer::linear(&self.key)]),
            pair: Sequential::new([Layer::rectified(first), Layer::linear(second)]),
            header: Sequential::new([Layer::rectified(third), Layer::rectified(fourth), Layer::linear(fifth)]),
        }
    }
}

impl Parts<'_> {
    fn answer(&self, parameters: &[f32], Question { encoded, measured }: Question<'_>) -> Answer {
        let encoder = self.encoder.forward(parameters, &encoded.features, None);
        let embeddings = output_of(&encoder).unwrap_or(&encoded.features);
        let key = self.key.forward(parameters, embeddings, None);
        let (keys, queries) = cut_rows(output_of(&key).unwrap_or(embeddings), measured.len());
        let (of_measured, of_asked) = cut_rows(embeddings, measured.len());
        let pairs = side_by_side(&of_measured, &Matrix::column_of(measured.to_vec()));
        let pair = self.pair.forward(parameters, &pairs, None);
        let values = output_of(&pair).unwrap_or(&pairs);
        let attention = Attended { queries: &queries, keys: &keys, values }.attend();
        let joined = side_by_side(&of_asked, &attention.output);
        let header = self.header.forward(parameters, &joined, None);
        Answer { encoder, key, keys, queries, pairs, pair, attention, joined, header }
    }

    /// Writes derivatives by the parameters into `gradient`, given those by the predictions.
    fn backward(
        &self,
        parameters: &[f32],
        question: Question<'_>,
        answer: &Answer,
        by_output: Matrix,
        gradient: &mut [f32],
    ) {
        let features = &question.encoded.features;
        let mut back = |layers: &Sequential<'_>, input: &Matrix, activations: &[Activations], by: Matrix| {
            let trace = ForwardTrace { input, activations };
            let by_input = layers.backward(parameters, trace, by, gradient, true).by_input;
            by_input.unwrap_or_else(|| Matrix::zeros(input.rows(), input.columns()))
        };
        let by_joined = back(&self.header, &answer.joined, &answer.header, by_output);
        let embeddings = output_of(&answer.encoder).unwrap_or(features);
        let (by_asked, by_attention) = cut_columns(&by_joined, embeddings.columns());
        let values = output_of(&answer.pair).unwrap_or(&answer.pairs);
        let attended = Attended { queries: &answer.queries, keys: &answer.keys, values };
        let by = attended.backward(&answer.attention, &by_attention);
        let by_pairs = back(&self.pair, &answer.pairs, &answer.pair, by.values);
        let (by_measured, _) = cut_columns(&by_pairs, embeddings.columns());
        let mut by_embeddings = back(&self.key, embeddings, &answer.key, stacked(&by.keys, &by.queries));
        add(by_embeddings.values_mut(), stacked(&by_measured, &by_asked).values());
        let trace = ForwardTrace { input: features, activations: &answer.encoder };
        self.encoder.backward(parameters, trace, by_embeddings, gradient, false);
    }
}
