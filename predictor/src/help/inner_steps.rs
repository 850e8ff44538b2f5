//! The inner steps (Eq. 6) and the exact gradient of what comes after them.

use super::network::{Loss, Network};
use crate::network::{Activations, Buffer, vectorized};

/// The network over some architectures and a device, and the device's scaled latencies of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Samples<'a> {
    pub(super) network: &'a Network<'a>,
    pub(super) targets: &'a [f32],
}

/// Parameters after the inner steps, and what each step started from.
#[derive(Debug, Clone)]
pub(super) struct Adapted {
    /// Parameters before each step, and the support's loss there.
    steps: Vec<(Buffer, Loss)>,
    /// Parameters after the last step.
    pub(super) parameters: Buffer,
}

/// Takes `count` steps of gradient descent on the support's mean squared error, each parameter at
/// its own rate. `encoded` is what the encoder makes of the support before the first step.
pub(super) fn adapt(
    support: Samples<'_>,
    parameters: Buffer,
    encoded: &[Activations],
    rates: &[f32],
    count: usize,
) -> Buffer {
    let mut parameters = parameters;
    for step in 0..count {
        let encoder = if step == 0 { encoded.to_vec() } else { support.network.encode(&parameters) };
        let loss = support.network.loss_from(encoder, &parameters, support.targets);
        descend(&mut parameters, &loss.gradient, rates);
    }
    parameters
}

/// The same, keeping what each step started from, as [`gradient`] needs it.
pub(super) fn adapt_traced(support: Samples<'_>, parameters: Buffer, rates: &[f32], count: usize) -> Adapted {
    let mut adapted = Adapted { steps: Vec::with_capacity(count), parameters };
    for _ in 0..count {
        let loss = support.network.loss(&adapted.parameters, support.targets);
        let before = adapted.parameters.clone();
        descend(&mut adapted.parameters, &loss.gradient, rates);
        adapted.steps.push((before, loss));
    }
    adapted
}

fn descend(parameters: &mut [f32], gradient: &[f32], rates: &[f32]) {
    let steps = parameters.iter_mut().zip(gradient.iter().zip(rates));
    vectorized(|| steps.for_each(|(parameter, (derivative, rate))| *parameter -= rate * derivative));
}

/// Given a loss's derivatives by the adapted parameters, those by the parameters before the first
/// step, and those by the rates. Back through each step, with H the Hessian of the support's loss
/// and g its gradient, d/dθ = d/dθ' - H (α ⊙ d/dθ') and d/dα = -g ⊙ d/dθ': second order, and exact.
pub(super) fn gradient(
    support: Samples<'_>,
    rates: &[f32],
    adapted: &Adapted,
    by_adapted: Vec<f32>,
) -> (Vec<f32>, Vec<f32>) {
    let mut by_parameters = by_adapted;
    let mut by_rates = vec![0.0; rates.len()];
    let mut direction = Buffer::arbitrary(rates.len());
    for (parameters, loss) in adapted.steps.iter().rev() {
        vectorized(|| {
            let of_rates = by_rates.iter_mut().zip(direction.iter_mut().zip(rates));
            for ((by_rate, (along, rate)), (derivative, by)) in of_rates.zip(loss.gradient.iter().zip(&by_parameters)) {
                *by_rate -= derivative * by;
                *along = rate * by;
            }
        });
        let product = support.network.hessian_product(parameters, loss, &direction);
        vectorized(|| by_parameters.iter_mut().zip(product.iter()).for_each(|(by, product)| *by -= product));
    }
    (by_parameters, by_rates)
}
