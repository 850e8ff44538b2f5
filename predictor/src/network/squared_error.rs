//! The loss of all networks.

use super::matrix::Matrix;

/// The mean squared error of predictions, and its derivatives by them.
pub(crate) fn squared_error(predictions: &[f32], targets: &[f32]) -> (f32, Matrix) {
    let count = targets.len() as f32;
    let errors: Vec<f32> = predictions.iter().zip(targets).map(|(y, t)| y - t).collect();
    let value = errors.iter().map(|error| error * error).sum::<f32>() / count;
    (value, Matrix::column_of(errors.into_iter().map(|error| 2.0 * error / count).collect()))
}
