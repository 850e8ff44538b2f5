//! Coverage and width of prediction intervals.

/// The share of measured latencies that lie in their `(low, high)` interval; 0 for empty lists.
///
/// For 90% intervals a calibrated predictor reaches 0.9.
pub fn coverage_90(intervals: &[(f64, f64)], measured: &[f64]) -> f64 {
    let count = intervals.len().min(measured.len());
    if count == 0 {
        return 0.0;
    }
    let covered = intervals.iter().zip(measured).filter(|((low, high), value)| (low..=high).contains(value)).count();
    covered as f64 / count as f64
}

/// The median of the intervals' widths, each divided by its measured latency; 0 for empty lists.
pub fn width_90(intervals: &[(f64, f64)], measured: &[f64]) -> f64 {
    let mut widths: Vec<f64> =
        intervals.iter().zip(measured).map(|((low, high), value)| (high - low) / value).collect();
    widths.sort_by(f64::total_cmp);
    let count = widths.len();
    match (widths.get(count.saturating_sub(1) / 2), widths.get(count / 2)) {
        (Some(lower), Some(upper)) => f64::midpoint(*lower, *upper),
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_is_inside_and_takes_the_middle_width() {
        let intervals = [(1.0, 2.0), (1.0, 3.0), (4.0, 5.0), (0.0, 8.0)];
        let measured = [2.0, 4.0, 4.5, 1.0];
        assert_eq!(coverage_90(&intervals, &measured), 0.75);
        // Widths 0.5, 0.5, 0.222, 8.
        assert_eq!(width_90(&intervals, &measured), 0.5);
        assert_eq!(coverage_90(&[], &[]), 0.0);
        assert_eq!(width_90(&[], &[]), 0.0);
    }
}
