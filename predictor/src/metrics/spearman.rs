//! Spearman's rank correlation, ties averaged.

/// The ranks (from 1) of `values`; equal values share the mean of the ranks that they take up.
pub fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    for tied in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let first = order.partition_point(|&other| values[other].total_cmp(&values[tied[0]]).is_lt());
        let shared = first as f64 + (tied.len() as f64 + 1.0) / 2.0;
        for &position in tied {
            ranks[position] = shared;
        }
    }
    ranks
}

/// Spearman's rank correlation of two lists, -1 to 1.
///
/// Lists of different lengths are compared over the shorter one. Where one side ranks nothing
/// (fewer than two values, or all equal) the answer is 0.
pub fn spearman(a: &[f64], b: &[f64]) -> f64 {
    let shared = a.len().min(b.len());
    pearson(&ranks(&a[..shared]), &ranks(&b[..shared]))
}

/// Pearson's correlation of two lists of one length; 0 where either is constant.
pub(crate) fn pearson(a: &[f64], b: &[f64]) -> f64 {
    let count = a.len() as f64;
    let mean_a = a.iter().sum::<f64>() / count;
    let mean_b = b.iter().sum::<f64>() / count;
    let (mut covariance, mut variance_a, mut variance_b) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        covariance += (x - mean_a) * (y - mean_b);
        variance_a += (x - mean_a).powi(2);
        variance_b += (y - mean_b).powi(2);
    }
    if variance_a > 0.0 && variance_b > 0.0 { covariance / (variance_a * variance_b).sqrt() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop_assert, proptest};

    #[test]
    fn ties_share_the_mean_of_their_ranks() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0, 3.0]), [4.0, 1.0, 4.0, 2.0, 4.0]);
        assert_eq!(ranks(&[0.0, -0.0]), [1.5, 1.5]);
    }

    #[test]
    fn agrees_with_values_worked_out_by_hand() {
        assert_eq!(spearman(&[1.0, 2.0, 3.0], &[10.0, 20.0, 30.0]), 1.0);
        assert_eq!(spearman(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0]), -1.0);
        // 1 - 6 (0 + 1 + 1) / (4 (16 - 1)): two neighbours swapped.
        assert!((spearman(&[1.0, 2.0, 3.0, 4.0], &[1.0, 3.0, 2.0, 4.0]) - 0.8).abs() < 1e-12);
    }

    #[test]
    fn ranks_nothing_where_one_side_is_constant() {
        assert_eq!(spearman(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]), 0.0);
        assert_eq!(spearman(&[], &[]), 0.0);
    }

    proptest! {
        #[test]
        fn a_growing_function_changes_nothing(values in proptest::collection::vec(0.01f64..100.0, 2..60)) {
            let grown: Vec<f64> = values.iter().map(|v| v.powi(3) + 1.0).collect();
            let other: Vec<f64> = values.iter().rev().copied().collect();
            prop_assert!((spearman(&values, &other) - spearman(&grown, &other)).abs() < 1e-12);
        }
    }
}
