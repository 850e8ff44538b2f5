//! Layers one after another.

use super::dense::Dense;
use super::encoded::Encoded;
use super::layer::{Activations, Direction, InputTangents, Layer, LayerTrace};
use super::matrix::Matrix;

/// Layers, each fed by the one before.
#[derive(Debug, Clone)]
pub(crate) struct Sequential<'a>(Vec<Layer<'a>>);

/// What went in, and what each layer made of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ForwardTrace<'a> {
    pub(crate) input: &'a Matrix,
    pub(crate) activations: &'a [Activations],
}

/// Derivatives of a loss on the way back through the layers.
#[derive(Debug, Clone)]
pub(crate) struct Backward {
    /// By the product of each layer.
    by_products: Vec<Matrix>,
    /// By the first layer's input, where that was asked for.
    pub(crate) by_input: Option<Matrix>,
}

/// All that the tangent of the backward pass is made of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BackwardTrace<'a> {
    pub(crate) forward: ForwardTrace<'a>,
    pub(crate) backward: &'a Backward,
    /// The tangent of the input; `None` where the input is the same along the direction.
    pub(crate) input_tangent: Option<&'a Matrix>,
    /// The tangents of the activations.
    pub(crate) tangents: &'a [Activations],
}

impl<'a> Sequential<'a> {
    pub(crate) fn new(layers: impl IntoIterator<Item = Layer<'a>>) -> Self {
        Self(layers.into_iter().collect())
    }

    /// An encoder of these architectures: graph convolutions where they are graphs, and linear
    /// layers, all with rectifiers.
    pub(crate) fn encoder(layers: &'a [Dense], encoded: &'a Encoded) -> Self {
        Self::new(layers.iter().enumerate().map(|(layer, dense)| match encoded.sums.get(layer) {
            Some(sums) => Layer::convolution(dense, sums),
            None => Layer::rectified(dense),
        }))
    }

    /// The same with another layer behind.
    #[must_use]
    pub(crate) fn then(mut self, layer: Layer<'a>) -> Self {
        self.0.push(layer);
        self
    }

    /// What each layer makes of the input. `added_bias` is added to the first layer's biases.
    pub(crate) fn forward(&self, parameters: &[f32], input: &Matrix, added_bias: Option<&Matrix>) -> Vec<Activations> {
        let mut activations: Vec<Activations> = Vec::with_capacity(self.0.len());
        for (position, layer) in self.0.iter().enumerate() {
            let added_bias = added_bias.filter(|_| position == 0);
            activations.push(layer.forward(parameters, output_of(&activations).unwrap_or(input), added_bias));
        }
        activations
    }

    /// Writes a loss's derivatives by the parameters into `gradient`, given those by the output; goes
    /// on to the input where that is wanted.
    pub(crate) fn backward(
        &self,
        parameters: &[f32],
        trace: ForwardTrace<'_>,
        by_output: Matrix,
        gradient: &mut [f32],
        wants_input: bool,
    ) -> Backward {
        let mut by_products = Vec::with_capacity(self.0.len());
        let mut by_output = Some(by_output);
        for (position, layer) in self.0.iter().enumerate().rev() {
            let Some(by) = by_output.take() else { break };
            let by_product = layer.backward(trace.input_of(position), &trace.activations[position], by, gradient);
            if position > 0 || wants_input {
                by_output = Some(layer.input_gradient(parameters, &by_product));
            }
            by_products.push(by_product);
        }
        by_products.reverse();
        Backward { by_products, by_input: by_output }
    }

    /// The tangent of [`Sequential::forward`], given those of the input and of the added bias.
    pub(crate) fn forward_tangent(
        &self,
        along: Direction<'_>,
        trace: ForwardTrace<'_>,
        given: InputTangents<'_>,
    ) -> Vec<Activations> {
        let mut tangents: Vec<Activations> = Vec::with_capacity(self.0.len());
        for (position, layer) in self.0.iter().enumerate() {
            let given = InputTangents {
                input: output_of(&tangents).or(given.input),
                added_bias: given.added_bias.filter(|_| position == 0),
            };
            let activations = &trace.activations[position];
            tangents.push(layer.forward_tangent(along, trace.input_of(position), given, activations));
        }
        tangents
    }

    /// The tangent of [`Sequential::backward`], given that of the derivatives by the output: writes
    /// those of the derivatives by the parameters into `gradient`, and returns that of the
    /// derivatives by the input, where the input has a tangent.
    pub(crate) fn backward_tangent(
        &self,
        along: Direction<'_>,
        trace: BackwardTrace<'_>,
        by_output: Matrix,
        gradient: &mut [f32],
    ) -> Option<Matrix> {
        let mut by_output = Some(by_output);
        for (position, layer) in self.0.iter().enumerate().rev() {
            let by = by_output.take()?;
            let of_layer = trace.of_layer(position);
            let tangent = layer.backward_tangent(of_layer, by, gradient);
            if position > 0 || trace.input_tangent.is_some() {
                by_output = Some(layer.input_gradient_tangent(along, of_layer.by_product, &tangent));
            }
        }
        by_output
    }
}

impl<'a> ForwardTrace<'a> {
    /// The input of the layer at `position`.
    fn input_of(&self, position: usize) -> &'a Matrix {
        if position == 0 { self.input } else { &self.activations[position - 1].output }
    }
}

impl<'a> BackwardTrace<'a> {
    fn of_layer(&self, position: usize) -> LayerTrace<'a> {
        LayerTrace {
            input: self.forward.input_of(position),
            input_tangent: if position == 0 { self.input_tangent } else { Some(&self.tangents[position - 1].output) },
            activations: &self.forward.activations[position],
            tangents: &self.tangents[position],
            by_product: &self.backward.by_products[position],
        }
    }
}

/// The output of the last layer.
pub(crate) fn output_of(activations: &[Activations]) -> Option<&Matrix> {
    activations.last().map(|last| &last.output)
}
