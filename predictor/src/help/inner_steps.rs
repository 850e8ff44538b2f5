//! The inner steps (Eq. 6) and the exact gradient of what comes after them.

use super::network::{Loss, Network};

/// Encoded architectures with a device, and their scaled latencies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Samples<'a> {
    pub(super) network: &'a Network<'a>,
    pub(super) targets: &'a [f32],
}

/// Parameters of the network as the steps changed them, with the way there.
#[derive(Debug, Clone)]
pub(super) struct Adapted {
    /// Parameters before each step, and the support's loss there.
    steps: Vec<(Vec<f32>, Loss)>,
    /// Parameters after the last step.
    pub(super) parameters: Vec<f32>,
}

/// Takes `count` steps of gradient descent on the support's mean squared error, each parameter at
/// its own rate.
pub(super) fn adapt(support: Samples<'_>, parameters: Vec<f32>, rates: &[f32], count: usize) -> Adapted {
    let mut adapted = Adapted { steps: Vec::with_capacity(count), parameters };
    for _ in 0..count {
        let loss = support.network.loss(&adapted.parameters, support.targets);
        let step = loss.gradient.iter().zip(rates).map(|(derivative, rate)| rate * derivative);
        let next = adapted.parameters.iter().zip(step).map(|(parameter, step)| parameter - step).collect();
        let before = std::mem::replace(&mut adapted.parameters, next);
        adapted.steps.push((before, loss));
    }
    adapted
}

/// Given a loss's derivatives by the adapted parameters, those by the parameters before the first
/// step, and those by the rates. Back through each step, with H the Hessian of the support's loss,
/// d/dθ = d/dθ' - H (α ⊙ d/dθ') and d/dα = -g ⊙ d/dθ': second order, and exact.
pub(super) fn gradient(
    support: Samples<'_>,
    rates: &[f32],
    adapted: &Adapted,
    by_adapted: Vec<f32>,
) -> (Vec<f32>, Vec<f32>) {
    let mut by_parameters = by_adapted;
    let mut by_rates = vec![0.0; rates.len()];
    for (parameters, loss) in adapted.steps.iter().rev() {
        for ((by_rate, derivative), by) in by_rates.iter_mut().zip(&loss.gradient).zip(&by_parameters) {
            *by_rate -= derivative * by;
        }
        let direction: Vec<f32> = rates.iter().zip(&by_parameters).map(|(rate, by)| rate * by).collect();
        let product = support.network.hessian_product(parameters, loss, &direction);
        by_parameters.iter_mut().zip(product).for_each(|(by, product)| *by -= product);
    }
    (by_parameters, by_rates)
}
