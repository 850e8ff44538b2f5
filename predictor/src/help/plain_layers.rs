//! An adapted `help` as plain dense layers, for export.

use super::method::AdaptedHelp;
use super::network::Network;
use crate::methods::latency_line::Line;
use crate::network::{Dense, Matrix, add, output_of};
use crate::spaces::network_input;
use tenshot_onnx_models::Architecture;

/// A layer y = x W + b, with W inputs x outputs, row by row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PlainLayer {
    pub(crate) outputs: usize,
    pub(crate) weight: Vec<f32>,
    pub(crate) bias: Vec<f32>,
}

/// What an adapted `help` computes from a row of features: the mean over networks, one for each
/// draw of z, whose layers have a rectifier behind each but the last; then a line to milliseconds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PlainNetworks {
    pub(crate) networks: Vec<Vec<PlainLayer>>,
    pub(crate) intercept_ms: f64,
    pub(crate) slope_ms: f64,
}

impl AdaptedHelp {
    /// The features of an architecture that is read by a flat encoder; `None` for one of another
    /// space, or one that is read as a graph.
    pub(crate) fn features(&self, architecture: &Architecture) -> Option<Vec<f64>> {
        let encoded = network_input(self.space(), &[*architecture])?;
        let features = encoded.features.values().iter().map(|&value| f64::from(value)).collect();
        encoded.sums.is_empty().then_some(features)
    }

    /// What it predicts, as layers over those features.
    pub(crate) fn form(&self) -> PlainNetworks {
        let Line { intercept_ms, slope_ms } = self.line();
        let networks = self.networks().iter().map(|parameters| self.layers(parameters)).collect();
        PlainNetworks { networks, intercept_ms, slope_ms }
    }

    fn layers(&self, parameters: &[f32]) -> Vec<PlainLayer> {
        let shape = self.shape();
        let [_, second, output] = &shape.header;
        // What the header makes of the device is the same for all architectures: biases.
        let mut first = form(&shape.header_on_architecture, parameters);
        let device = Network::device_activations(shape, parameters, self.embedding());
        add(&mut first.bias, output_of(&device).map_or(&[], Matrix::values));
        let encoder = shape.encoder.iter().map(|dense| form(dense, parameters));
        encoder.chain([first, form(second, parameters), form(output, parameters)]).collect()
    }
}

fn form(dense: &Dense, parameters: &[f32]) -> PlainLayer {
    let weight = dense.weight(parameters);
    let weight = (0..dense.inputs).flat_map(|input| (0..dense.outputs).map(move |output| weight[(input, output)]));
    PlainLayer { outputs: dense.outputs, weight: weight.collect(), bias: dense.bias(parameters).to_vec() }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use tenshot_onnx_models::Space;

    use super::super::ablation::Parts;
    use super::super::method::{Help, ZSamples};
    use super::super::settings::Settings;
    use super::*;
    use crate::meta_training::TrainingSplit;
    use crate::methods::AdaptedMethod;
    use crate::support::{Support, SupportMeasurement};
    use crate::synthetic;

    fn output(layers: &[PlainLayer], features: &[f64]) -> f64 {
        let mut values = features.to_vec();
        for (place, layer) in layers.iter().enumerate() {
            let mut sums: Vec<f64> = layer.bias.iter().map(|&bias| bias.into()).collect();
            for (value, weights) in values.iter().zip(layer.weight.chunks(layer.outputs)) {
                sums.iter_mut().zip(weights).for_each(|(sum, &weight)| *sum += value * f64::from(weight));
            }
            let least = if place + 1 < layers.len() { 0.0 } else { f64::NEG_INFINITY };
            values = sums.into_iter().map(|sum| sum.max(least)).collect();
        }
        values[0]
    }

    #[test]
    fn the_form_predicts_as_the_method() {
        let pool = synthetic::hat_pool();
        let devices: Vec<_> = pool.devices().iter().collect();
        let references = Space::Hat.sample(8, 4).unwrap();
        let split = TrainingSplit { pool: &pool, devices: &devices, validation: &[] };
        let settings = Settings { episodes: 20, queries: 20, ..Settings::paper(Space::Hat, Parts::HELP, 0) };
        let help = Help::train(split, &references, settings, &|_| ()).unwrap();
        let help = help.with_z_samples(NonZeroUsize::new(3).map(|count| ZSamples { count, seed: 1 }));
        let measurement = |one: &Architecture| SupportMeasurement::new(*one, synthetic::hat_ms(0, one));
        let support = Support::new(references.iter().map(measurement).collect()).unwrap();
        let adapted = help.adapt_to(&support).unwrap();
        let form = adapted.form();
        assert_eq!(form.networks.len(), 3);
        let architectures = Space::Hat.sample(9, 20).unwrap();
        for (architecture, expected) in architectures.iter().zip(adapted.means_ms(&architectures)) {
            let features = adapted.features(architecture).unwrap();
            let mean = form.networks.iter().map(|layers| output(layers, &features)).sum::<f64>() / 3.0;
            let found = form.intercept_ms + form.slope_ms * mean;
            assert!((found.max(0.0) - expected).abs() < 1e-4 * expected, "{found} {expected}");
        }
    }
}
