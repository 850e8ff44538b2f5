//! Ridge regression on sums of features, with predictions that leave one observation out.

use faer::linalg::solvers::{DenseSolveCore, Llt, Solve};
use faer::{Col, Mat, Side};

/// The penalty on the squared weights.
const PENALTY: f64 = 1.0;

/// A fixed design: what several targets are regressed on.
pub(super) struct Ridge {
    /// Centred, one row per observation.
    features: Mat<f64>,
    means: Vec<f64>,
    factor: Llt<f64>,
    /// Each observation's leverage, 0 to 1: how far it pulls its own prediction.
    leverages: Vec<f64>,
}

/// A fitted regression.
pub(super) struct Regression {
    pub(super) weights: Vec<f64>,
    pub(super) intercept: f64,
    /// The leave-one-out prediction of each observation.
    pub(super) held_out: Vec<f64>,
}

impl Ridge {
    /// The design of these rows of features; `None` where they are not finite.
    pub(super) fn new(rows: &[Vec<f64>]) -> Option<Self> {
        let (count, width) = (rows.len(), rows.first()?.len());
        let means: Vec<f64> =
            (0..width).map(|column| rows.iter().map(|row| row[column]).sum::<f64>() / count as f64).collect();
        let features = Mat::from_fn(count, width, |row, column| rows[row][column] - means[column]);
        let mut normal = features.transpose() * &features;
        (0..width).for_each(|column| normal[(column, column)] += PENALTY);
        let factor = Llt::new(normal.as_ref(), Side::Lower).ok()?;
        let spread = &features * factor.inverse();
        // The intercept is not penalised: every observation has its share of it.
        let leverage = |row: usize| {
            1.0 / count as f64 + (0..width).map(|column| spread[(row, column)] * features[(row, column)]).sum::<f64>()
        };
        let leverages = (0..count).map(leverage).collect();
        Some(Self { features, means, factor, leverages })
    }

    /// Regresses one value per observation.
    pub(super) fn fit(&self, values: &[f64]) -> Regression {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let centred = Col::from_fn(values.len(), |row| values[row] - mean);
        let weights = self.factor.solve(&(self.features.transpose() * &centred));
        let fitted = &self.features * &weights;
        let held_out = |row: usize| {
            let residual = centred[row] - fitted[row];
            values[row] - residual / (1.0 - self.leverages[row]).max(1e-3)
        };
        let weights: Vec<f64> = weights.iter().copied().collect();
        let intercept = mean - weights.iter().zip(&self.means).map(|(weight, mean)| weight * mean).sum::<f64>();
        Regression { weights, intercept, held_out: (0..values.len()).map(held_out).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn held_out_predictions_are_those_of_regressions_without_the_observation() {
        let row = |one: usize| vec![one as f64, (one * one % 7) as f64, (one % 3) as f64];
        let rows: Vec<Vec<f64>> = (0..12).map(row).collect();
        let values: Vec<f64> = rows.iter().map(|row| 3.0 + row[0] - 0.5 * row[1] + (row[0] * 1.7).sin()).collect();
        let all = Ridge::new(&rows).unwrap().fit(&values);
        for left_out in 0..rows.len() {
            let without = |row: &(usize, &Vec<f64>)| row.0 != left_out;
            let others: Vec<Vec<f64>> = rows.iter().enumerate().filter(without).map(|(_, row)| row.clone()).collect();
            let rest: Vec<f64> = (0..rows.len()).filter(|one| *one != left_out).map(|one| values[one]).collect();
            let regression = Ridge::new(&others).unwrap().fit(&rest);
            let predicted = regression.intercept
                + regression.weights.iter().zip(&rows[left_out]).map(|(weight, value)| weight * value).sum::<f64>();
            assert!((predicted - all.held_out[left_out]).abs() < 1e-9, "{left_out}");
        }
    }
}
