//! One layer of a network: forwards, backwards, and the derivatives of both along a direction of
//! its parameters.

use faer::Accum;

use super::dense::Dense;
use super::matrix::{Matrix, multiply};
use super::row_sums::RowSums;
use super::vectorized::{add, vectorized};

/// A dense layer with the sums around it: y = r(S₂ (S₁ x W) + b), where S₁ and S₂ are sums of rows
/// or nothing, and r is a rectifier or nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layer<'a> {
    dense: &'a Dense,
    before: Option<&'a RowSums>,
    after: Option<&'a RowSums>,
    rectified: bool,
}

/// What a layer made of its input, or the derivatives of that along a direction.
#[derive(Debug, Clone)]
pub(crate) struct Activations {
    /// S₁ x, where there is an S₁.
    summed: Option<Matrix>,
    /// y.
    pub(crate) output: Matrix,
}

/// Parameters, and a direction along which everything is differentiated. A derivative along it is
/// called a tangent here (Pearlmutter, 1994).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Direction<'a> {
    pub(crate) parameters: &'a [f32],
    pub(crate) direction: &'a [f32],
}

/// Tangents of what a layer is given beside its parameters.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct InputTangents<'a> {
    /// That of x; `None` where x is the same along the direction.
    pub(crate) input: Option<&'a Matrix>,
    /// That of what is added to b.
    pub(crate) added_bias: Option<&'a Matrix>,
}

/// All that the tangent of a layer's backward pass is made of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LayerTrace<'a> {
    /// x.
    pub(crate) input: &'a Matrix,
    /// Its tangent; `None` where x is the same along the direction.
    pub(crate) input_tangent: Option<&'a Matrix>,
    pub(crate) activations: &'a Activations,
    /// Their tangents.
    pub(crate) tangents: &'a Activations,
    /// The loss's derivatives by the product S₁ x W.
    pub(crate) by_product: &'a Matrix,
}

impl<'a> Layer<'a> {
    /// A layer with a rectifier.
    pub(crate) fn rectified(dense: &'a Dense) -> Self {
        Self { dense, before: None, after: None, rectified: true }
    }

    /// A layer without one.
    pub(crate) fn linear(dense: &'a Dense) -> Self {
        Self { rectified: false, ..Self::rectified(dense) }
    }

    /// A graph convolution, r(A x W + b), which sums on the side where there are fewer rows.
    pub(crate) fn convolution(dense: &'a Dense, sums: &'a RowSums) -> Self {
        let is_narrowing = sums.outputs() < sums.inputs();
        let (before, after) = if is_narrowing { (Some(sums), None) } else { (None, Some(sums)) };
        Self { before, after, ..Self::rectified(dense) }
    }

    /// y for x. `added_bias`, a single row, is added to b.
    pub(crate) fn forward(&self, parameters: &[f32], x: &Matrix, added_bias: Option<&Matrix>) -> Activations {
        let summed = self.before.map(|sums| sums.sum(x));
        let product = Matrix::product(summed.as_ref().unwrap_or(x).view(), self.dense.weight(parameters));
        let mut output = self.summed_after(product);
        let bias = &sum_of_biases(self.dense.bias(parameters), added_bias);
        if bias.is_empty() {
            return Activations { summed, output };
        }
        // Negative infinity rectifies nothing.
        let least = if self.rectified { 0.0 } else { f32::NEG_INFINITY };
        vectorized(|| {
            for row in output.values_mut().chunks_exact_mut(bias.len()) {
                row.iter_mut().zip(bias).for_each(|(value, bias)| *value = f32::max(*value + bias, least));
            }
        });
        Activations { summed, output }
    }

    /// Given a loss's derivatives by y, writes those by W and b into `gradient`, and returns those by
    /// the product S₁ x W, from which [`Layer::input_gradient`] goes on.
    pub(crate) fn backward(
        &self,
        x: &Matrix,
        activations: &Activations,
        by_output: Matrix,
        gradient: &mut [f32],
    ) -> Matrix {
        let by_product = self.product_gradient(activations, by_output, gradient);
        let entered = activations.summed.as_ref().unwrap_or(x);
        multiply(self.dense.weight_mut(gradient), Accum::Replace, entered.view().transpose(), by_product.view());
        by_product
    }

    /// Derivatives by x, given those by the product.
    pub(crate) fn input_gradient(&self, parameters: &[f32], by_product: &Matrix) -> Matrix {
        self.spread_before(Matrix::product(by_product.view(), self.dense.weight(parameters).transpose()))
    }

    /// The tangent of [`Layer::forward`], given those of its input.
    pub(crate) fn forward_tangent(
        &self,
        along: Direction<'_>,
        x: &Matrix,
        given: InputTangents<'_>,
        activations: &Activations,
    ) -> Activations {
        let entered = activations.summed.as_ref().unwrap_or(x);
        let summed = self.before.and_then(|sums| given.input.map(|tangent| sums.sum(tangent)));
        let mut product = Matrix::product(entered.view(), self.dense.weight(along.direction));
        if let Some(tangent) = summed.as_ref().or(given.input) {
            product.add_product(tangent.view(), self.dense.weight(along.parameters));
        }
        let mut output = self.summed_after(product);
        let bias = sum_of_biases(self.dense.bias(along.direction), given.added_bias);
        output.values_mut().chunks_exact_mut(bias.len().max(1)).for_each(|row| add(row, &bias));
        if self.rectified {
            output.keep_where_positive(&activations.output);
        }
        Activations { summed, output }
    }

    /// The tangent of [`Layer::backward`], given that of the derivatives by y: writes the tangents
    /// of the derivatives by W and b into `gradient`, and returns that of those by the product.
    pub(crate) fn backward_tangent(&self, trace: LayerTrace<'_>, by_output: Matrix, gradient: &mut [f32]) -> Matrix {
        let LayerTrace { input, input_tangent, activations, tangents, by_product } = trace;
        let by_product_tangent = self.product_gradient(activations, by_output, gradient);
        let entered = activations.summed.as_ref().unwrap_or(input);
        let weight = self.dense.weight_mut(gradient);
        multiply(weight, Accum::Replace, entered.view().transpose(), by_product_tangent.view());
        if let Some(entered_tangent) = tangents.summed.as_ref().or(input_tangent) {
            let weight = self.dense.weight_mut(gradient);
            multiply(weight, Accum::Add, entered_tangent.view().transpose(), by_product.view());
        }
        by_product_tangent
    }

    /// The tangent of [`Layer::input_gradient`], given the derivatives by the product and their
    /// tangent.
    pub(crate) fn input_gradient_tangent(&self, along: Direction<'_>, by_product: &Matrix, tangent: &Matrix) -> Matrix {
        let mut by_entered = Matrix::product(tangent.view(), self.dense.weight(along.parameters).transpose());
        by_entered.add_product(by_product.view(), self.dense.weight(along.direction).transpose());
        self.spread_before(by_entered)
    }

    fn summed_after(&self, product: Matrix) -> Matrix {
        match self.after {
            Some(sums) => sums.sum(&product),
            None => product,
        }
    }

    fn spread_before(&self, by_entered: Matrix) -> Matrix {
        match self.before {
            Some(sums) => sums.spread(&by_entered),
            None => by_entered,
        }
    }

    /// From derivatives by y to those by the product; those by b are written into `gradient`.
    fn product_gradient(&self, activations: &Activations, mut by_output: Matrix, gradient: &mut [f32]) -> Matrix {
        if self.rectified {
            by_output.keep_where_positive(&activations.output);
        }
        let bias = self.dense.bias_mut(gradient);
        if !bias.is_empty() {
            by_output.sum_columns(bias);
        }
        match self.after {
            Some(sums) => sums.spread(&by_output),
            None => by_output,
        }
    }
}

/// b and what is added to it.
fn sum_of_biases(bias: &[f32], added: Option<&Matrix>) -> Vec<f32> {
    let mut sum = bias.to_vec();
    add(&mut sum, added.map_or(&[], Matrix::values));
    sum
}
