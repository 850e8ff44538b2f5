//! Quantiles of mixtures of Gaussians, by a fixed number of steps.

use std::f32::consts::{FRAC_1_SQRT_2, TAU};

use tenshot_onnx_models::computation::{Computation, Tensor};

use super::integer_input::reshape;

/// The probabilities below both ends of a 90% interval, and the same ends of a normal distribution.
const PROBABILITIES: [f32; 2] = [0.05, 0.95];
const NORMAL_ENDS: [f32; 2] = [-1.644_853_6, 1.644_853_6];
/// Newton's steps; the library stops earlier where it is close.
const STEPS: usize = 40;
/// No end is so many deviations from the mean.
const REACH: f32 = 12.0;

/// A mixture for each architecture.
pub(super) struct Mixture<'a> {
    /// The same for all; they sum to 1.
    pub(super) weights: &'a [f32],
    /// Batch x components.
    pub(super) means: Tensor,
    /// Batch x components.
    pub(super) deviations: Tensor,
}

/// Batch x 2: the ends of the 90% interval.
///
/// Newton's method within a bracket that every step narrows, for both ends at once: batch x ends x
/// components, where the last is summed over by a product with the weights.
pub(super) fn interval(computation: &mut Computation, mixture: &Mixture<'_>) -> Tensor {
    let count = mixture.weights.len();
    let means = reshape(computation, mixture.means, &[1, count]);
    let deviations = reshape(computation, mixture.deviations, &[1, count]);
    let one = computation.floats(&[], &[1.0]);
    let inverse = computation.node("Div", &[one, deviations], &[]);
    let weights = computation.floats(&[count, 1], mixture.weights);

    let mean = computation.node("MatMul", &[means, weights], &[]);
    let deviation = total_deviation(computation, (means, deviations), weights, mean);
    let mut from_mean = |reaches: [f32; 2]| {
        let reaches = computation.floats(&[2, 1], &reaches);
        let side = computation.node("Mul", &[deviation, reaches], &[]);
        computation.node("Add", &[mean, side], &[])
    };
    let mut value = from_mean(NORMAL_ENDS);
    let [mut low, mut high] = [from_mean([-REACH; 2]), from_mean([REACH; 2])];
    let sums = Sums::new(computation, mixture.weights);
    let zero = computation.floats(&[], &[0.0]);
    let half = computation.floats(&[], &[0.5]);
    for _ in 0..STEPS {
        let (excess, density) = sums.at(computation, (means, inverse), value);
        let is_above = computation.node("Greater", &[excess, zero], &[]);
        high = computation.node("Where", &[is_above, value, high], &[]);
        low = computation.node("Where", &[is_above, low, value], &[]);
        let step = computation.node("Div", &[excess, density], &[]);
        let newton = computation.node("Sub", &[value, step], &[]);
        let within = [("GreaterOrEqual", low), ("LessOrEqual", high)]
            .map(|(operator, end)| computation.node(operator, &[newton, end], &[]));
        let is_within = computation.node("And", &within, &[]);
        let middle = computation.node("Add", &[low, high], &[]);
        let middle = computation.node("Mul", &[middle, half], &[]);
        value = computation.node("Where", &[is_within, newton, middle], &[]);
    }
    reshape(computation, value, &[2])
}

/// Batch x 1 x 1: the deviation of the whole mixture.
fn total_deviation(
    computation: &mut Computation,
    (means, deviations): (Tensor, Tensor),
    weights: Tensor,
    mean: Tensor,
) -> Tensor {
    let apart = computation.node("Sub", &[means, mean], &[]);
    let [between, within] = [apart, deviations].map(|one| computation.node("Mul", &[one, one], &[]));
    let squares = computation.node("Add", &[between, within], &[]);
    let variance = computation.node("MatMul", &[squares, weights], &[]);
    computation.node("Sqrt", &[variance], &[])
}

/// The constants of a step.
struct Sums {
    frac_1_sqrt_2: Tensor,
    half_weights: Tensor,
    half_less_probabilities: Tensor,
    minus_half: Tensor,
    density_weights: Tensor,
}

impl Sums {
    fn new(computation: &mut Computation, weights: &[f32]) -> Self {
        let scaled = |factor: f32| -> Vec<f32> { weights.iter().map(|weight| weight * factor).collect() };
        Self {
            frac_1_sqrt_2: computation.floats(&[], &[FRAC_1_SQRT_2]),
            half_weights: computation.floats(&[weights.len(), 1], &scaled(0.5)),
            half_less_probabilities: computation.floats(&[2, 1], &PROBABILITIES.map(|probability| 0.5 - probability)),
            minus_half: computation.floats(&[], &[-0.5]),
            density_weights: computation.floats(&[weights.len(), 1], &scaled(TAU.sqrt().recip())),
        }
    }

    /// By how much the probability below a value is too large, and the density there.
    fn at(
        &self,
        computation: &mut Computation,
        (means, inverse_deviations): (Tensor, Tensor),
        value: Tensor,
    ) -> (Tensor, Tensor) {
        let apart = computation.node("Sub", &[value, means], &[]);
        let z = computation.node("Mul", &[apart, inverse_deviations], &[]);
        let scaled = computation.node("Mul", &[z, self.frac_1_sqrt_2], &[]);
        let erf = computation.node("Erf", &[scaled], &[]);
        let below = computation.node("MatMul", &[erf, self.half_weights], &[]);
        let excess = computation.node("Add", &[below, self.half_less_probabilities], &[]);
        let square = computation.node("Mul", &[z, z], &[]);
        let exponent = computation.node("Mul", &[square, self.minus_half], &[]);
        let normal = computation.node("Exp", &[exponent], &[]);
        let normal = computation.node("Mul", &[normal, inverse_deviations], &[]);
        (excess, computation.node("MatMul", &[normal, self.density_weights], &[]))
    }
}
