//! The z modulator: from a hardware embedding to a scaling of the header (paper, Section 3.3).

use super::shape::{HEADER_LAYERS, Shape};
use crate::network::{
    Activations, Buffer, Dense, ForwardTrace, Layer, Layout, Matrix, Sequential, output_of, vectorized,
};

/// The 0.01 of s = 1 + 0.01 z: how much a number of z scales or shifts.
const STRENGTH: f32 = 0.01;

/// g: the layers from the embedding to the distribution of z, a normal with independent numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Modulator {
    layers: [Dense; 2],
    modulations: usize,
    pub(super) parameters: usize,
}

/// The distribution of z for a device, and what it was computed from.
#[derive(Debug, Clone)]
pub(super) struct Distribution {
    embedding: Matrix,
    activations: Vec<Activations>,
    pub(super) mean: Vec<f32>,
    /// The deviations before their softplus.
    before_softplus: Vec<f32>,
}

impl Modulator {
    pub(super) fn new(shape: &Shape) -> Self {
        let (references, modulations) = (shape.sizes.references, shape.modulations());
        let mut layout = Layout::default();
        let layers = [
            layout.linear("z_encoder.0", references, references),
            layout.linear("z_encoder.2", references, 2 * modulations),
        ];
        Self { layers, modulations, parameters: layout.length() }
    }

    pub(super) fn layers(&self) -> &[Dense; 2] {
        &self.layers
    }

    fn layers_in_order(&self) -> Sequential<'_> {
        let [hidden, output] = &self.layers;
        Sequential::new([Layer::rectified(hidden), Layer::linear(output)])
    }

    /// The distribution of z for a device with this hardware embedding.
    pub(super) fn distribution(&self, parameters: &[f32], embedding: &[f32]) -> Distribution {
        let embedding = Matrix::row_of(embedding.to_vec());
        let activations = self.layers_in_order().forward(parameters, &embedding, None);
        let output = output_of(&activations).map_or(&[][..], Matrix::values);
        let (mean, before_softplus) = output.split_at(self.modulations);
        let (mean, before_softplus) = (mean.to_vec(), before_softplus.to_vec());
        Distribution { embedding, activations, mean, before_softplus }
    }

    /// Derivatives by g's parameters of a loss with the derivatives `by_z`, where z was made with
    /// `noise`, plus `kl_weight` times the divergence.
    pub(super) fn gradient(
        &self,
        parameters: &[f32],
        distribution: &Distribution,
        noise: &[f32],
        by_z: &[f32],
        kl_weight: f32,
    ) -> Vec<f32> {
        let Distribution { embedding, activations, mean, before_softplus } = distribution;
        let by_mean = by_z.iter().zip(mean).map(|(by_z, mean)| by_z + kl_weight * mean);
        let by_softplus = (0..self.modulations).map(|place| {
            let deviation = softplus(before_softplus[place]);
            let by_deviation = by_z[place] * noise[place] + kl_weight * (deviation - 1.0 / deviation);
            by_deviation / (1.0 + (-before_softplus[place]).exp())
        });
        let by_output = Matrix::row_of(by_mean.chain(by_softplus).collect());
        let mut gradient = vec![0.0; self.parameters];
        let trace = ForwardTrace { input: embedding, activations };
        self.layers_in_order().backward(parameters, trace, by_output, &mut gradient, false);
        gradient
    }
}

impl Distribution {
    /// z for standard normal `noise`: the reparametrisation.
    pub(super) fn sample(&self, noise: &[f32]) -> Vec<f32> {
        let normals = self.mean.iter().zip(self.deviations()).zip(noise);
        normals.map(|((mean, deviation), noise)| mean + deviation * noise).collect()
    }

    /// The Kullback-Leibler divergence from N(0, I).
    pub(super) fn divergence(&self) -> f32 {
        let of_one =
            |(mean, deviation): (&f32, f32)| 0.5 * (mean * mean + deviation * deviation - 1.0) - deviation.ln();
        self.mean.iter().zip(self.deviations()).map(of_one).sum()
    }

    fn deviations(&self) -> impl Iterator<Item = f32> {
        self.before_softplus.iter().map(|&value| softplus(value))
    }
}

fn softplus(value: f32) -> f32 {
    value.max(0.0) + (-value.abs()).exp().ln_1p()
}

/// The parameters that the inner steps start from: z scales the columns of each of the header's
/// weights, W' = s ⊙ W with s = 1 + 0.01 z, and shifts its biases.
pub(super) fn modulated(shape: &Shape, parameters: &[f32], z: &[f32]) -> Buffer {
    let mut modulated = Buffer::from(parameters);
    for (layer, scales, shift) in layers_of(shape, z) {
        scale_inputs(layer, &scales, &mut modulated);
        layer.bias_mut(&mut modulated).iter_mut().for_each(|bias| *bias += shift);
    }
    modulated
}

/// Turns derivatives by modulated parameters, in place, into those by the parameters themselves,
/// and returns those by z.
pub(super) fn demodulate(shape: &Shape, parameters: &[f32], z: &[f32], by_parameters: &mut [f32]) -> Vec<f32> {
    let mut by_z = Vec::with_capacity(z.len());
    let mut by_shifts = Vec::with_capacity(HEADER_LAYERS);
    for (layer, scales, _) in layers_of(shape, z) {
        by_z.extend(input_products(layer, parameters, by_parameters).into_iter().map(|by_scale| STRENGTH * by_scale));
        by_shifts.push(STRENGTH * layer.bias(by_parameters).iter().sum::<f32>());
        scale_inputs(layer, &scales, by_parameters);
    }
    by_z.extend(by_shifts);
    by_z
}

/// Each layer of the header with the factors of its inputs and the shift of its biases.
fn layers_of<'a>(shape: &'a Shape, z: &'a [f32]) -> impl Iterator<Item = (&'a Dense, Vec<f32>, f32)> {
    let (factors, shifts) = z.split_at(z.len() - HEADER_LAYERS);
    let mut next = 0;
    shape.header.iter().zip(shifts).map(move |(layer, shift)| {
        let start = next;
        next += layer.inputs;
        let scales = factors[start..next].iter().map(|factor| 1.0 + STRENGTH * factor).collect();
        (layer, scales, STRENGTH * shift)
    })
}

/// Multiplies the weights of each of a layer's inputs by its scale.
fn scale_inputs(layer: &Dense, scales: &[f32], values: &mut [f32]) {
    vectorized(|| {
        for by_input in layer.weight_values_mut(values).chunks_exact_mut(layer.inputs) {
            by_input.iter_mut().zip(scales).for_each(|(value, scale)| *value *= scale);
        }
    });
}

/// For each of a layer's inputs, the inner product of its weights in `values` and in `others`.
fn input_products(layer: &Dense, values: &[f32], others: &[f32]) -> Vec<f32> {
    let mut products = vec![0.0; layer.inputs];
    let rows = layer.weight_values(values).chunks_exact(layer.inputs);
    let rows = rows.zip(layer.weight_values(others).chunks_exact(layer.inputs));
    vectorized(|| {
        for (row, other) in rows {
            products.iter_mut().zip(row.iter().zip(other)).for_each(|(product, (a, b))| *product += a * b);
        }
    });
    products
}
