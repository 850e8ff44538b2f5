//! Relative errors of predicted latencies.

/// Mean absolute error relative to the measured latency, a fraction; 0 for empty lists.
pub fn mape(predicted: &[f64], measured: &[f64]) -> f64 {
    mean(relative_errors(predicted, measured))
}

/// The share of predictions whose relative error is at most `tolerance` (0.05 is 5%); 0 for
/// empty lists.
pub fn within(predicted: &[f64], measured: &[f64], tolerance: f64) -> f64 {
    mean(relative_errors(predicted, measured).map(|error| f64::from(u8::from(error <= tolerance))))
}

fn relative_errors(predicted: &[f64], measured: &[f64]) -> impl Iterator<Item = f64> {
    predicted.iter().zip(measured).map(|(predicted, measured)| (predicted - measured).abs() / measured)
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0usize), |(sum, count), value| (sum + value, count + 1));
    if count == 0 { 0.0 } else { sum / count as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_relative_to_what_was_measured() {
        let (predicted, measured) = ([1.1, 4.0, 9.0], [1.0, 5.0, 9.0]);
        assert!((mape(&predicted, &measured) - 0.1).abs() < 1e-12);
        assert!((within(&predicted, &measured, 0.05) - 1.0 / 3.0).abs() < 1e-12);
        assert_eq!(within(&predicted, &measured, 0.2), 1.0);
        assert_eq!(mape(&[], &[]), 0.0);
    }
}
