//! Matrices put together from blocks, and cut into them.

use crate::network::Matrix;

/// Each row of `left` with that of `right` behind it.
pub(super) fn side_by_side(left: &Matrix, right: &Matrix) -> Matrix {
    let mut joined = Matrix::zeros(left.rows(), left.columns() + right.columns());
    for row in 0..left.rows() {
        let (into_left, into_right) = joined.row_mut(row).split_at_mut(left.columns());
        into_left.copy_from_slice(left.row(row));
        into_right.copy_from_slice(right.row(row));
    }
    joined
}

/// The first columns, and the rest.
pub(super) fn cut_columns(matrix: &Matrix, first: usize) -> (Matrix, Matrix) {
    let mut left = Matrix::zeros(matrix.rows(), first);
    let mut right = Matrix::zeros(matrix.rows(), matrix.columns() - first);
    for (row, values) in matrix.iter_rows().enumerate() {
        let (of_left, of_right) = values.split_at(first);
        left.row_mut(row).copy_from_slice(of_left);
        right.row_mut(row).copy_from_slice(of_right);
    }
    (left, right)
}

/// The rows of `above`, then those of `below`, which has as many columns.
pub(super) fn stacked(above: &Matrix, below: &Matrix) -> Matrix {
    let mut stacked = Matrix::zeros(above.rows() + below.rows(), above.columns());
    let (into_above, into_below) = stacked.values_mut().split_at_mut(above.values().len());
    into_above.copy_from_slice(above.values());
    into_below.copy_from_slice(below.values());
    stacked
}

/// The first rows, and the rest.
pub(super) fn cut_rows(matrix: &Matrix, first: usize) -> (Matrix, Matrix) {
    let mut above = Matrix::zeros(first, matrix.columns());
    let mut below = Matrix::zeros(matrix.rows() - first, matrix.columns());
    let (of_above, of_below) = matrix.values().split_at(above.values().len());
    above.values_mut().copy_from_slice(of_above);
    below.values_mut().copy_from_slice(of_below);
    (above, below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_together_is_cut_apart_again() {
        let matrix = |columns, values: &[f32]| Matrix::from_values(columns, values.to_vec()).unwrap();
        let (wide, narrow) = (matrix(2, &[1.0, 2.0, 3.0, 4.0]), matrix(1, &[5.0, 6.0]));
        let joined = side_by_side(&wide, &narrow);
        assert_eq!(joined, matrix(3, &[1.0, 2.0, 5.0, 3.0, 4.0, 6.0]));
        assert_eq!(cut_columns(&joined, 2), (wide.clone(), narrow));
        let below = matrix(2, &[7.0, 8.0]);
        let tall = stacked(&wide, &below);
        assert_eq!(tall, matrix(2, &[1.0, 2.0, 3.0, 4.0, 7.0, 8.0]));
        assert_eq!(cut_rows(&tall, 2), (wide, below));
    }
}
