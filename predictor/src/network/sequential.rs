//! Stages one after another.

use super::dense::Dense;
use super::encoded::Encoded;
use super::layer::{Layer, Moving, Pass, Steps};
use super::matrix::Matrix;

/// Stages, each fed by the one before.
#[derive(Debug, Clone)]
pub(crate) struct Sequential<'a>(Vec<Layer<'a>>);

/// Derivatives of a loss on the way back through a chain.
#[derive(Debug, Clone)]
pub(crate) struct Backward {
    /// By the product of each stage.
    by_products: Vec<Matrix>,
    /// By the chain's input, where that was asked for.
    pub(crate) by_input: Option<Matrix>,
}

/// A chain's way there and back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ways<'a> {
    pub(crate) x: &'a Matrix,
    pub(crate) passes: &'a [Pass],
    pub(crate) backward: &'a Backward,
}

impl<'a> Sequential<'a> {
    pub(crate) fn new(stages: impl IntoIterator<Item = Layer<'a>>) -> Self {
        Self(stages.into_iter().collect())
    }

    /// An encoder of these architectures: graph convolutions where they are graphs, and linear
    /// layers, all with rectifiers.
    pub(crate) fn encoder(layers: &'a [Dense], encoded: &'a Encoded) -> Self {
        Self::new(layers.iter().enumerate().map(|(layer, dense)| match encoded.sums.get(layer) {
            Some(sums) => Layer::convolution(dense, sums),
            None => Layer::rectified(dense),
        }))
    }

    /// The same with another stage behind.
    #[must_use]
    pub(crate) fn then(mut self, stage: Layer<'a>) -> Self {
        self.0.push(stage);
        self
    }

    /// What each stage makes of x. What is `beside` adds to the first one's biases.
    pub(crate) fn forward(&self, parameters: &[f32], x: &Matrix, beside: Option<&Matrix>) -> Vec<Pass> {
        let mut passes: Vec<Pass> = Vec::with_capacity(self.0.len());
        for (place, stage) in self.0.iter().enumerate() {
            let beside = beside.filter(|_| place == 0);
            passes.push(stage.forward(parameters, last(&passes).unwrap_or(x), beside));
        }
        passes
    }

    /// Writes a loss's derivatives by the parameters into `gradient`, given those by the output; goes
    /// on to the chain's input where that is wanted.
    pub(crate) fn backward(
        &self,
        parameters: &[f32],
        (x, passes): (&Matrix, &[Pass]),
        by_output: Matrix,
        gradient: &mut [f32],
        wants_input: bool,
    ) -> Backward {
        let mut by_products = Vec::with_capacity(self.0.len());
        let mut by_output = Some(by_output);
        for (place, stage) in self.0.iter().enumerate().rev() {
            let Some(by) = by_output.take() else { break };
            let by_product = stage.backward(input(x, passes, place), &passes[place], by, gradient);
            if place > 0 || wants_input {
                by_output = Some(stage.input_gradient(parameters, &by_product));
            }
            by_products.push(by_product);
        }
        by_products.reverse();
        Backward { by_products, by_input: by_output }
    }

    /// How the passes change where the parameters, x and what is beside move.
    pub(crate) fn moved_forward(
        &self,
        moving: Moving<'_>,
        (x, passes): (&Matrix, &[Pass]),
        (moved_x, beside): (Option<&Matrix>, Option<&Matrix>),
    ) -> Vec<Pass> {
        let mut moved: Vec<Pass> = Vec::with_capacity(self.0.len());
        for (place, stage) in self.0.iter().enumerate() {
            let moved_input = (last(&moved).or(moved_x), beside.filter(|_| place == 0));
            moved.push(stage.moved_forward(moving, input(x, passes, place), moved_input, &passes[place]));
        }
        moved
    }

    /// Writes the changes of the derivatives by the parameters into `gradient`, given those of the
    /// derivatives by the output; returns those of the derivatives by the chain's input, where
    /// that moves.
    pub(crate) fn moved_backward(
        &self,
        moving: Moving<'_>,
        Ways { x, passes, backward }: Ways<'_>,
        (moved_x, moved): (Option<&Matrix>, &[Pass]),
        by_output: Matrix,
        gradient: &mut [f32],
    ) -> Option<Matrix> {
        let mut by_output = Some(by_output);
        for (place, stage) in self.0.iter().enumerate().rev() {
            let by = by_output.take()?;
            let by_product = &backward.by_products[place];
            let moved_input = if place == 0 { moved_x } else { Some(&moved[place - 1].output) };
            let (pass, moved) = (&passes[place], &moved[place]);
            let steps = Steps { x: input(x, passes, place), moved_x: moved_input, pass, moved, by_product };
            let moved_by_product = stage.moved_backward(steps, by, gradient);
            if place > 0 || moved_x.is_some() {
                by_output = Some(stage.moved_input_gradient(moving, by_product, &moved_by_product));
            }
        }
        by_output
    }
}

/// The output of the last stage.
pub(crate) fn last(passes: &[Pass]) -> Option<&Matrix> {
    passes.last().map(|pass| &pass.output)
}

/// The input of the stage at `place`.
fn input<'a>(x: &'a Matrix, passes: &'a [Pass], place: usize) -> &'a Matrix {
    if place == 0 { x } else { &passes[place - 1].output }
}
