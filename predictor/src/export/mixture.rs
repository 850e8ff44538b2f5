//! `bayes` over its raw columns.

use tenshot_onnx_models::computation::{Computation, Number, Tensor};

use super::Predicted;
use super::integer_input::{reshape, sum_along};
use super::quantile::{Mixture, interval};
use crate::bayes::{ComponentForm, Linear, MixtureForm};

/// Mean and interval from batch x columns of doubles. Variances are small differences of large
/// numbers, and stay doubles; what comes after them are floats.
pub(super) fn predict(computation: &mut Computation, form: &MixtureForm, raw: Tensor) -> Predicted {
    let mean_ms = linear(computation, &[&form.mean_ms], raw);
    let mean_ms = computation.cast(mean_ms, Number::Float);
    let means: Vec<&Linear> = form.components.iter().map(|component| &component.mean_ms).collect();
    let means = linear(computation, &means, raw);
    let means = computation.cast(means, Number::Float);
    let deviations = standard_deviations(computation, form, raw);
    let deviations = computation.cast(deviations, Number::Float);
    let weights: Vec<f32> = form.components.iter().map(|component| component.weight as f32).collect();
    let ends = interval(computation, &Mixture { weights: &weights, means, deviations });
    // The sides of the interval, longer or shorter.
    let factor = computation.floats(&[], &[form.interval_factor as f32]);
    let sides = computation.node("Sub", &[ends, mean_ms], &[]);
    let sides = computation.node("Mul", &[sides, factor], &[]);
    let ends = computation.node("Add", &[mean_ms, sides], &[]);
    // No latency is negative, whatever a Gaussian says.
    let [mean_ms, ends] = [mean_ms, ends].map(|value| computation.node("Relu", &[value], &[]));
    Predicted { mean_ms, interval_ms: Some(ends) }
}

/// Batch x components, in milliseconds.
fn standard_deviations(computation: &mut Computation, form: &MixtureForm, raw: Tensor) -> Tensor {
    let deviations = deviations(computation, form, raw);
    let squares = computation.node("Mul", &[deviations, deviations], &[]);
    let prior: Vec<&Linear> = form.components.iter().map(|component| &component.prior_variance).collect();
    let prior = linear(computation, &prior, squares);
    let explained: Vec<&Linear> = form.components.iter().flat_map(|component| &component.explained).collect();
    let references = form.components.first().map_or(0, |component| component.explained.len());
    let explained = linear(computation, &explained, deviations);
    let explained = computation.node("Mul", &[explained, explained], &[]);
    let explained = reshape(computation, explained, &[form.components.len(), references]);
    let explained = sum_along(computation, explained, 2, false);
    let variance = computation.node("Sub", &[prior, explained], &[]);
    let least = computation.doubles(&[], &[MixtureForm::LEAST_VARIANCE]);
    let variance = computation.node("Max", &[variance, least], &[]);
    let square = |component: &ComponentForm| component.scale_ms * component.scale_ms;
    let squares: Vec<f64> = form.components.iter().map(square).collect();
    let squares = computation.doubles(&[squares.len()], &squares);
    let variance = computation.node("Mul", &[variance, squares], &[]);
    let extra: Vec<f64> = form.components.iter().map(|component| component.extra_variance_ms2).collect();
    let extra = computation.doubles(&[extra.len()], &extra);
    let variance = computation.node("Add", &[variance, extra], &[]);
    computation.node("Sqrt", &[variance], &[])
}

/// Batch x columns but the last: how far they are from their centres.
fn deviations(computation: &mut Computation, form: &MixtureForm, raw: Tensor) -> Tensor {
    let (centres, factors): (Vec<f64>, Vec<f64>) = form.deviations.iter().copied().unzip();
    let places: Vec<i64> = (0..centres.len() as i64).collect();
    let places = computation.integers(&[places.len()], &places);
    let [centres, factors] = [centres, factors].map(|row| computation.doubles(&[row.len()], &row));
    let raw = computation.node("Gather", &[raw, places], &[("axis", 1)]);
    let centred = computation.node("Sub", &[raw, centres], &[]);
    computation.node("Mul", &[centred, factors], &[])
}

/// Batch x functions, from batch x what they are functions of.
fn linear(computation: &mut Computation, functions: &[&Linear], values: Tensor) -> Tensor {
    let inputs = functions.first().map_or(0, |function| function.weights.len());
    let by_input = (0..inputs).flat_map(|input| functions.iter().map(move |function| function.weights[input]));
    let weights = computation.doubles(&[inputs, functions.len()], &by_input.collect::<Vec<f64>>());
    let constants: Vec<f64> = functions.iter().map(|function| function.constant).collect();
    let constants = computation.doubles(&[constants.len()], &constants);
    let products = computation.node("MatMul", &[values, weights], &[]);
    computation.node("Add", &[products, constants], &[])
}
