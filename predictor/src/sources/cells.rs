//! Source predictors of NAS-Bench-201: what each device of the pool is expected to take for every
//! cell.
//!
//! A Gaussian process on the one-hots of a cell's six edges. There, a linear kernel and an RBF
//! are functions of the Hamming distance alone, so that the whole kernel is a table; it has one
//! part for the cell as written and one for the working cell, because some runtimes compute dead
//! edges and some do not. Hyperparameters maximise the marginal likelihood.

use faer::linalg::solvers::{DenseSolveCore, Llt, Solve};
use faer::{Col, Mat, Side};
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use tenshot_onnx_models::spaces::nasbench201::Cell;

use super::cell_distance::{PAIRS, distance_pair, distances_of, working};
use super::simplex::minimise;

/// Distances between the cells of a pool: what all its sources have in common.
pub(super) struct CellDistances {
    /// Rows of the training cells, one after another.
    training: Vec<u8>,
    /// Rows of all cells, each over the training cells.
    all: Vec<u8>,
    /// The positions of the training cells among all.
    training_rows: Vec<usize>,
}

impl CellDistances {
    /// Distances of `cells`, of which those at `training_rows` are measured.
    pub(super) fn new(cells: &[Cell], training_rows: &[usize]) -> Self {
        let pairs: Vec<(Cell, Cell)> = cells.iter().map(|cell| (*cell, working(cell))).collect();
        let training: Vec<_> = training_rows.iter().map(|&row| pairs[row]).collect();
        let against_training = |cells: &[(Cell, Cell)]| -> Vec<u8> {
            cells.iter().flat_map(|a| training.iter().map(|b| distance_pair(a, b))).collect()
        };
        Self {
            all: against_training(&pairs),
            training: against_training(&training),
            training_rows: training_rows.to_vec(),
        }
    }

    /// Predicted latency of every cell on a source with these latencies on the training cells
    /// (any unit; the answer has the same). Predictions of the training cells themselves leave
    /// out the cell's own measurement: references are training cells, and nobody has measured
    /// them on a new device.
    pub(super) fn predict(&self, latencies: &[f64]) -> Vec<f64> {
        let count = latencies.len() as f64;
        let mean = latencies.iter().sum::<f64>() / count;
        let centred = Col::from_fn(latencies.len(), |row| latencies[row] / mean - 1.0);
        let kernel = self.best_kernel(&centred);
        let Some(factor) = self.factor(&kernel) else {
            // No kernel fits latencies without any variance: their mean says it all.
            return vec![mean; self.all.len() / latencies.len()];
        };
        let weights = factor.solve(&centred);
        let table = kernel.table();
        let mut predicted: Vec<f64> = self
            .all
            .chunks(latencies.len())
            .map(|row| row.iter().zip(weights.iter()).map(|(&pair, weight)| table[usize::from(pair)] * weight).sum())
            .collect();
        let inverse = factor.inverse();
        for (row, &place) in self.training_rows.iter().enumerate() {
            predicted[place] = centred[row] - weights[row] / inverse[(row, row)];
        }
        predicted.iter().map(|value| mean * (1.0 + value)).collect()
    }

    fn factor(&self, kernel: &Kernel) -> Option<Llt<f64>> {
        let table = kernel.table();
        let count = self.training_rows.len();
        let mut covariance =
            Mat::from_fn(count, count, |row, column| table[usize::from(self.training[row * count + column])]);
        for row in 0..count {
            covariance[(row, row)] += kernel.noise;
        }
        Llt::new(covariance.as_ref(), Side::Lower).ok()
    }

    /// The kernel of the largest marginal likelihood.
    fn best_kernel(&self, centred: &Col<f64>) -> Kernel {
        let start = Kernel { written: [0.3, 1.0, 3.0], working: [0.3, 1.0, 3.0], noise: 0.05 };
        let objective = |logs: &[f64; 7]| self.deviance(&Kernel::from_logs(logs), centred);
        let logs = minimise(objective, start.to_logs(), 1.0, 160, 0.05);
        Kernel::from_logs(&logs)
    }

    /// Minus the log marginal likelihood but for a constant, the kernel's scale at its best.
    fn deviance(&self, kernel: &Kernel, centred: &Col<f64>) -> f64 {
        let Some(factor) = self.factor(kernel) else {
            return f64::INFINITY;
        };
        let count = centred.nrows();
        let explained: f64 = factor.solve(centred).iter().zip(centred.iter()).map(|(a, b)| a * b).sum();
        let half_log_determinant: f64 = (0..count).map(|row| factor.L()[(row, row)].ln()).sum();
        0.5 * count as f64 * (explained / count as f64).ln() + half_log_determinant
    }
}

/// A covariance as a function of two Hamming distances.
#[derive(Debug, Clone, Copy)]
struct Kernel {
    /// Variance of the linear part, variance of the RBF, its squared length, for cells as written.
    written: [f64; 3],
    /// The same for working cells.
    working: [f64; 3],
    noise: f64,
}

impl Kernel {
    fn table(&self) -> [f64; PAIRS] {
        std::array::from_fn(|pair| {
            let (written, working) = distances_of(pair);
            part(&self.written, written) + part(&self.working, working)
        })
    }

    fn to_logs(self) -> [f64; 7] {
        let [a, b, c] = self.written;
        let [d, e, f] = self.working;
        [a, b, c, d, e, f, self.noise].map(f64::ln)
    }

    fn from_logs(logs: &[f64; 7]) -> Self {
        // Beyond these bounds nothing changes but the condition of the matrix.
        let [a, b, c, d, e, f, noise] = logs.map(|log| log.clamp(-12.0, 6.0).exp());
        Self { written: [a, b, c], working: [d, e, f], noise: noise.max(1e-5) }
    }
}

/// Linear kernel on one-hots (the number of equal edges) plus RBF on them.
fn part([linear, rbf, squared_length]: &[f64; 3], distance: usize) -> f64 {
    let distance = distance as f64;
    linear * (1.0 - distance / 6.0) + rbf * (-distance / squared_length).exp()
}

/// The predictions of [`CellDistances::predict`] for several sources, in parallel.
pub(super) fn predict_sources(distances: &CellDistances, sources: &[Vec<f64>]) -> Vec<Vec<f64>> {
    sources.par_iter().map(|latencies| distances.predict(latencies)).collect()
}
