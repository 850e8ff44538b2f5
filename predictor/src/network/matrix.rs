//! Matrices of samples by features, row by row, and their products.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

use super::buffer::Buffer;
use super::vectorized::vectorized;

/// Rows of numbers, one after another.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Matrix {
    columns: usize,
    values: Buffer,
}

impl Matrix {
    /// Zeros.
    pub(crate) fn zeros(rows: usize, columns: usize) -> Self {
        Self { columns, values: Buffer::zeros(rows * columns) }
    }

    /// A matrix of any numbers, for those who write all of them.
    pub(crate) fn arbitrary(rows: usize, columns: usize) -> Self {
        Self { columns, values: Buffer::arbitrary(rows * columns) }
    }

    /// Rows of `columns` numbers each, one after another; `None` where the last one is not whole.
    #[cfg(test)]
    pub(crate) fn from_values(columns: usize, values: Vec<f32>) -> Option<Self> {
        (columns > 0 && values.len().is_multiple_of(columns)).then(|| Self { columns, values: values.into() })
    }

    /// A single row.
    pub(crate) fn row_of(values: Vec<f32>) -> Self {
        Self { columns: values.len(), values: values.into() }
    }

    /// A single column.
    pub(crate) fn column_of(values: Vec<f32>) -> Self {
        Self { columns: 1, values: values.into() }
    }

    /// The number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.values.len().checked_div(self.columns).unwrap_or(0)
    }

    /// The number of columns.
    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    /// All numbers.
    pub(crate) fn values(&self) -> &[f32] {
        &self.values
    }

    pub(crate) fn values_mut(&mut self) -> &mut [f32] {
        &mut self.values
    }

    pub(crate) fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.columns..(row + 1) * self.columns]
    }

    pub(crate) fn row_mut(&mut self, row: usize) -> &mut [f32] {
        &mut self.values[row * self.columns..(row + 1) * self.columns]
    }

    pub(crate) fn iter_rows(&self) -> impl Iterator<Item = &[f32]> {
        self.values.chunks_exact(self.columns)
    }

    /// The rows at these positions.
    pub(crate) fn select(&self, rows: &[usize]) -> Self {
        let mut selected = Self::arbitrary(rows.len(), self.columns);
        let into = selected.values.chunks_exact_mut(self.columns);
        into.zip(rows).for_each(|(into, &row)| into.copy_from_slice(self.row(row)));
        selected
    }

    pub(crate) fn view(&self) -> MatRef<'_, f32> {
        MatRef::from_row_major_slice(&self.values, self.rows(), self.columns)
    }

    pub(crate) fn view_mut(&mut self) -> MatMut<'_, f32> {
        let rows = self.rows();
        MatMut::from_row_major_slice_mut(&mut self.values, rows, self.columns)
    }

    /// The product `left` x `right`.
    pub(crate) fn product(left: MatRef<'_, f32>, right: MatRef<'_, f32>) -> Self {
        let mut product = Self::arbitrary(left.nrows(), right.ncols());
        multiply(product.view_mut(), Accum::Replace, left, right);
        product
    }

    /// Adds `left` x `right`.
    pub(crate) fn add_product(&mut self, left: MatRef<'_, f32>, right: MatRef<'_, f32>) {
        multiply(self.view_mut(), Accum::Add, left, right);
    }

    /// Keeps numbers where `other` is positive, and puts zeros elsewhere: what a rectifier with
    /// the output `other` does to derivatives.
    pub(crate) fn keep_where_positive(&mut self, other: &Self) {
        let values = self.values.iter_mut().zip(other.values.iter());
        vectorized(|| values.for_each(|(value, other)| *value = if *other > 0.0 { *value } else { 0.0 }));
    }

    /// Writes the sum of each column into `sums`.
    pub(crate) fn sum_columns(&self, sums: &mut [f32]) {
        sums.fill(0.0);
        vectorized(|| {
            for row in self.values.chunks_exact(self.columns) {
                sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
            }
        });
    }
}

/// On one thread, so that the order of sums, and with it the last bit, is always the same.
pub(crate) fn multiply(into: MatMut<'_, f32>, accum: Accum, left: MatRef<'_, f32>, right: MatRef<'_, f32>) {
    matmul(into, accum, left, right, 1.0, Par::Seq);
}
