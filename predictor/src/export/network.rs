//! `help` over its features.

use tenshot_onnx_models::computation::{Computation, Tensor};

use super::Predicted;
use crate::help::{PlainLayer, PlainNetworks};

/// What the networks and the line make of features.
pub(super) fn predict(computation: &mut Computation, form: &PlainNetworks, features: Tensor) -> Predicted {
    let each: Vec<Tensor> = form.networks.iter().map(|layers| network(computation, layers, features)).collect();
    // The mean of one is it itself.
    let scaled = computation.node("Mean", &each, &[]);
    let [slope, intercept] = [form.slope_ms, form.intercept_ms].map(|number| computation.floats(&[], &[number as f32]));
    let latency_ms = computation.node("Mul", &[scaled, slope], &[]);
    let latency_ms = computation.node("Add", &[latency_ms, intercept], &[]);
    // No latency is negative.
    Predicted { mean_ms: computation.node("Relu", &[latency_ms], &[]), interval_ms: None }
}

fn network(computation: &mut Computation, layers: &[PlainLayer], features: Tensor) -> Tensor {
    let mut value = features;
    for (place, layer) in layers.iter().enumerate() {
        let weight = computation.floats(&[layer.weight.len() / layer.outputs, layer.outputs], &layer.weight);
        let bias = computation.floats(&[layer.outputs], &layer.bias);
        value = computation.node("MatMul", &[value, weight], &[]);
        value = computation.node("Add", &[value, bias], &[]);
        if place + 1 < layers.len() {
            value = computation.node("Relu", &[value], &[]);
        }
    }
    value
}
