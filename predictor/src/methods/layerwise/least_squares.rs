//! Non-negative least squares.

/// Sweeps over the unknowns, at most.
const SWEEPS: usize = 2_000;
/// A sweep that changes no unknown by more than this share of the mean is the last.
const TOLERANCE: f64 = 1e-9;

/// The x >= 0 whose combination of columns comes closest to `target`, by cyclic coordinate
/// descent: every step is the best value of one unknown while the others stand still.
pub(super) fn non_negative_least_squares(columns: &[Vec<f64>], target: &[f64]) -> Vec<f64> {
    let mut solution = vec![0.0; columns.len()];
    let mut residual = target.to_vec();
    let squares: Vec<f64> = columns.iter().map(|column| dot(column, column)).collect();
    let size = target.iter().sum::<f64>() / target.len().max(1) as f64;
    for _ in 0..SWEEPS {
        let mut largest_step = 0.0_f64;
        for ((unknown, column), square) in solution.iter_mut().zip(columns).zip(&squares) {
            if *square == 0.0 {
                continue;
            }
            let better = f64::max(*unknown + dot(column, &residual) / square, 0.0);
            let step = better - *unknown;
            residual.iter_mut().zip(column).for_each(|(rest, count)| *rest -= step * count);
            *unknown = better;
            largest_step = largest_step.max(step.abs());
        }
        if largest_step <= TOLERANCE * size {
            break;
        }
    }
    solution
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknowns_stay_at_zero_rather_than_below() {
        let columns = [vec![1.0, 0.0, 1.0], vec![0.0, 1.0, 1.0]];
        let exact = non_negative_least_squares(&columns, &[2.0, 3.0, 5.0]);
        assert!((exact[0] - 2.0).abs() < 1e-6 && (exact[1] - 3.0).abs() < 1e-6, "{exact:?}");
        // Without the bound the second would be negative; with it the first is their mean.
        let bounded = non_negative_least_squares(&columns, &[4.0, -3.0, 0.0]);
        assert!((bounded[0] - 2.0).abs() < 1e-6 && bounded[1] == 0.0, "{bounded:?}");
    }
}
