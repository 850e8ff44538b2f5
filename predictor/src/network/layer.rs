//! One layer of the network: forwards, backwards, and along a direction of its parameters.

use faer::Accum;

use super::dense::Dense;
use super::matrix::{Matrix, multiply};
use super::row_sums::RowSums;
use super::vectorized::{add, vectorized};

/// A layer with the sums around it: y = r(S₂ (S₁ x W) + b), where S₁ and S₂ are sums of rows or
/// nothing, and r is a rectifier or nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layer<'a> {
    dense: &'a Dense,
    before: Option<&'a RowSums>,
    after: Option<&'a RowSums>,
    rectified: bool,
}

/// What a stage made of its input.
#[derive(Debug, Clone)]
pub(crate) struct Pass {
    /// S₁ x, where there is an S₁.
    summed: Option<Matrix>,
    /// y.
    pub(crate) output: Matrix,
}

/// Parameters, and a direction in which they move.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moving<'a> {
    pub(crate) parameters: &'a [f32],
    pub(crate) direction: &'a [f32],
}

/// All that is known of a stage when derivatives' changes go back through it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Steps<'a> {
    pub(crate) x: &'a Matrix,
    /// How x changes; `None` where it does not.
    pub(crate) moved_x: Option<&'a Matrix>,
    pub(crate) pass: &'a Pass,
    /// How the pass changes.
    pub(crate) moved: &'a Pass,
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

    /// y for x. What is `beside` adds to b.
    pub(crate) fn forward(&self, parameters: &[f32], x: &Matrix, beside: Option<&Matrix>) -> Pass {
        let summed = self.before.map(|sums| sums.sum(x));
        let product = Matrix::product(summed.as_ref().unwrap_or(x).view(), self.dense.weight(parameters));
        let mut output = self.summed_after(product);
        let bias = &biases(self.dense.bias(parameters), beside);
        if bias.is_empty() {
            return Pass { summed, output };
        }
        // Negative infinity rectifies nothing.
        let least = if self.rectified { 0.0 } else { f32::NEG_INFINITY };
        vectorized(|| {
            for row in output.values_mut().chunks_exact_mut(bias.len()) {
                row.iter_mut().zip(bias).for_each(|(value, bias)| *value = f32::max(*value + bias, least));
            }
        });
        Pass { summed, output }
    }

    /// Given a loss's derivatives by y, writes those by W and b into `gradient`, and returns those by
    /// the product, from which [`Layer::input_gradient`] goes on.
    pub(crate) fn backward(&self, x: &Matrix, pass: &Pass, by_output: Matrix, gradient: &mut [f32]) -> Matrix {
        let by_product = self.product_gradient(pass, by_output, gradient);
        let entered = pass.summed.as_ref().unwrap_or(x);
        multiply(self.dense.weight_mut(gradient), Accum::Replace, entered.view().transpose(), by_product.view());
        by_product
    }

    /// Derivatives by x, given those by the product.
    pub(crate) fn input_gradient(&self, parameters: &[f32], by_product: &Matrix) -> Matrix {
        self.spread_before(Matrix::product(by_product.view(), self.dense.weight(parameters).transpose()))
    }

    /// How y changes where the parameters move along `direction` and x along `moved`.
    pub(crate) fn moved_forward(
        &self,
        step: Moving<'_>,
        x: &Matrix,
        (moved, beside): (Option<&Matrix>, Option<&Matrix>),
        pass: &Pass,
    ) -> Pass {
        let entered = pass.summed.as_ref().unwrap_or(x);
        let summed = self.before.and_then(|sums| moved.map(|moved| sums.sum(moved)));
        let mut product = Matrix::product(entered.view(), self.dense.weight(step.direction));
        if let Some(moved) = summed.as_ref().or(moved) {
            product.add_product(moved.view(), self.dense.weight(step.parameters));
        }
        let mut output = self.summed_after(product);
        let bias = biases(self.dense.bias(step.direction), beside);
        output.values_mut().chunks_exact_mut(bias.len().max(1)).for_each(|row| add(row, &bias));
        if self.rectified {
            output.keep_where_positive(&pass.output);
        }
        Pass { summed, output }
    }

    /// How what [`Layer::backward`] does changes: writes the changes of the derivatives by W and b
    /// into `gradient`, and returns that of the derivatives by the product.
    pub(crate) fn moved_backward(&self, steps: Steps<'_>, by_output: Matrix, gradient: &mut [f32]) -> Matrix {
        let Steps { x, moved_x, pass, moved, by_product } = steps;
        let moved_by_product = self.product_gradient(pass, by_output, gradient);
        let entered = pass.summed.as_ref().unwrap_or(x);
        let weight = self.dense.weight_mut(gradient);
        multiply(weight, Accum::Replace, entered.view().transpose(), moved_by_product.view());
        if let Some(moved_entered) = moved.summed.as_ref().or(moved_x) {
            let weight = self.dense.weight_mut(gradient);
            multiply(weight, Accum::Add, moved_entered.view().transpose(), by_product.view());
        }
        moved_by_product
    }

    /// How the derivatives by x change, given the derivatives by the product and their change.
    pub(crate) fn moved_input_gradient(&self, step: Moving<'_>, by_product: &Matrix, moved: &Matrix) -> Matrix {
        let mut by_entered = Matrix::product(moved.view(), self.dense.weight(step.parameters).transpose());
        by_entered.add_product(by_product.view(), self.dense.weight(step.direction).transpose());
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
    fn product_gradient(&self, pass: &Pass, mut by_output: Matrix, gradient: &mut [f32]) -> Matrix {
        if self.rectified {
            by_output.keep_where_positive(&pass.output);
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

/// b and what is beside it.
fn biases(bias: &[f32], beside: Option<&Matrix>) -> Vec<f32> {
    let mut biases = bias.to_vec();
    add(&mut biases, beside.map_or(&[], Matrix::values));
    biases
}
