//! What the tests of several baselines need.

use tenshot_onnx_models::Architecture;

use crate::methods::AdaptedMethod;
use crate::metrics::spearman;
use crate::synthetic;

pub(super) fn cells(count: usize) -> Vec<Architecture> {
    synthetic::pool().architectures()[..count].to_vec()
}

pub(super) fn correlation(adapted: &dyn AdaptedMethod) -> f64 {
    let queries = &cells(2 * synthetic::TRAINING)[synthetic::TRAINING..];
    spearman(&adapted.means_ms(queries), &synthetic::target_ms(queries))
}

/// Along the gradient a loss rises by the gradient's squared length.
pub(super) fn assert_gradient(parameters: &[f32], loss: impl Fn(&[f32]) -> (f32, Vec<f32>)) {
    let (_, gradient) = loss(parameters);
    let square: f32 = gradient.iter().map(|one| one * one).sum();
    let at = |step: f32| {
        let moved: Vec<f32> = parameters.iter().zip(&gradient).map(|(a, b)| a + step * b).collect();
        f64::from(loss(&moved).0)
    };
    let step = 1e-2 / square.sqrt();
    let difference = (at(step) - at(-step)) / f64::from(2.0 * step);
    assert!((difference / f64::from(square) - 1.0).abs() < 0.01, "{difference} {square}");
}
