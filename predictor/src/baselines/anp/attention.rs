//! Attention of queries to keyed values, and its derivatives.

use crate::network::Matrix;

/// What is attended to, and by whom; queries and keys are of one width.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attended<'a> {
    pub(super) queries: &'a Matrix,
    pub(super) keys: &'a Matrix,
    /// One row for each key.
    pub(super) values: &'a Matrix,
}

/// What queries attended to.
#[derive(Debug, Clone)]
pub(super) struct Attention {
    /// For each query, shares of the keys, which add up to one.
    shares: Matrix,
    /// For each query, the sum of the values by their shares.
    pub(super) output: Matrix,
}

/// A loss's derivatives by what is attended to.
#[derive(Debug, Clone)]
pub(super) struct ByAttended {
    pub(super) queries: Matrix,
    pub(super) keys: Matrix,
    pub(super) values: Matrix,
}

impl Attended<'_> {
    /// Scaled dot-product attention: shares are the softmax of (query . key) / sqrt(width).
    pub(super) fn attend(&self) -> Attention {
        let mut shares = Matrix::product(self.queries.view(), self.keys.view().transpose());
        let scale = self.scale();
        for row in shares.values_mut().chunks_exact_mut(self.keys.rows()) {
            let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            row.iter_mut().for_each(|score| *score = ((*score - largest) * scale).exp());
            let sum: f32 = row.iter().sum();
            row.iter_mut().for_each(|share| *share /= sum);
        }
        let output = Matrix::product(shares.view(), self.values.view());
        Attention { shares, output }
    }

    /// From derivatives by the output to those by what is attended to.
    pub(super) fn backward(&self, attention: &Attention, by_output: &Matrix) -> ByAttended {
        let shares = &attention.shares;
        let values = Matrix::product(shares.view().transpose(), by_output.view());
        let mut by_scores = Matrix::product(by_output.view(), self.values.view().transpose());
        let scale = self.scale();
        for (row, shares) in by_scores.values_mut().chunks_exact_mut(shares.columns()).zip(shares.iter_rows()) {
            let mean: f32 = row.iter().zip(shares).map(|(by, share)| by * share).sum();
            row.iter_mut().zip(shares).for_each(|(by, share)| *by = scale * share * (*by - mean));
        }
        ByAttended {
            queries: Matrix::product(by_scores.view(), self.keys.view()),
            keys: Matrix::product(by_scores.view().transpose(), self.queries.view()),
            values,
        }
    }

    fn scale(&self) -> f32 {
        1.0 / (self.keys.columns() as f32).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    fn normals(random: &mut Random, rows: usize, columns: usize) -> Matrix {
        Matrix::from_values(columns, (0..rows * columns).map(|_| random.normal() as f32).collect()).unwrap()
    }

    fn inner(a: &Matrix, b: &Matrix) -> f64 {
        a.values().iter().zip(b.values()).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    }

    #[test]
    fn a_query_attends_to_the_keys_that_it_resembles() {
        let matrix = |columns, values: &[f32]| Matrix::from_values(columns, values.to_vec()).unwrap();
        let keys = matrix(2, &[1.0, 0.0, 0.0, 1.0]);
        let (queries, values) = (matrix(2, &[0.0, 0.0, 40.0, 0.0]), matrix(1, &[3.0, 5.0]));
        let attention = Attended { queries: &queries, keys: &keys, values: &values }.attend();
        assert_eq!(attention.output, matrix(1, &[4.0, 3.0]));
    }

    #[test]
    fn derivatives_are_differences() {
        let mut random = Random::stream(5, &[]);
        let [queries, keys] = [4, 3].map(|rows| normals(&mut random, rows, 6));
        let (values, by_output) = (normals(&mut random, 3, 5), normals(&mut random, 4, 5));
        let attended = Attended { queries: &queries, keys: &keys, values: &values };
        let by = attended.backward(&attended.attend(), &by_output);
        let loss = |attended: Attended<'_>| inner(&attended.attend().output, &by_output);
        let moved = |matrix: &Matrix, along: &Matrix, step: f32| {
            let moved = matrix.values().iter().zip(along.values()).map(|(value, along)| value + step * along);
            Matrix::from_values(matrix.columns(), moved.collect()).unwrap()
        };
        for part in 0..3 {
            let (before, by) = [(&queries, &by.queries), (&keys, &by.keys), (&values, &by.values)][part];
            let along = normals(&mut random, before.rows(), before.columns());
            let at = |step: f32| {
                let after = moved(before, &along, step);
                match part {
                    0 => loss(Attended { queries: &after, ..attended }),
                    1 => loss(Attended { keys: &after, ..attended }),
                    _ => loss(Attended { values: &after, ..attended }),
                }
            };
            let difference = (at(1e-2) - at(-1e-2)) / 2e-2;
            assert!((difference - inner(by, &along)).abs() < 1e-3, "{part}: {difference} {}", inner(by, &along));
        }
    }
}
