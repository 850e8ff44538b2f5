//! Matrices of samples by features, row by row, and their products.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

/// Rows of numbers, one after another.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    columns: usize,
    values: Vec<f32>,
}

impl Matrix {
    /// Zeros.
    pub(super) fn zeros(rows: usize, columns: usize) -> Self {
        Self { columns, values: vec![0.0; rows * columns] }
    }

    /// Rows of `columns` numbers each, one after another; `None` where the last one is not whole.
    pub fn from_values(columns: usize, values: Vec<f32>) -> Option<Self> {
        (columns > 0 && values.len().is_multiple_of(columns)).then_some(Self { columns, values })
    }

    /// A single row.
    pub(super) fn row_of(values: Vec<f32>) -> Self {
        Self { columns: values.len(), values }
    }

    /// A single column.
    pub(super) fn column_of(values: Vec<f32>) -> Self {
        Self { columns: 1, values }
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.values.len().checked_div(self.columns).unwrap_or(0)
    }

    /// The number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// All numbers.
    pub(super) fn values(&self) -> &[f32] {
        &self.values
    }

    pub(super) fn values_mut(&mut self) -> &mut [f32] {
        &mut self.values
    }

    pub(super) fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.columns..(row + 1) * self.columns]
    }

    pub(super) fn row_mut(&mut self, row: usize) -> &mut [f32] {
        &mut self.values[row * self.columns..(row + 1) * self.columns]
    }

    pub(super) fn iter_rows(&self) -> impl Iterator<Item = &[f32]> {
        self.values.chunks_exact(self.columns)
    }

    /// The rows at these places.
    pub(super) fn select(&self, rows: &[usize]) -> Self {
        let values = rows.iter().flat_map(|&row| self.row(row)).copied().collect();
        Self { columns: self.columns, values }
    }

    pub(super) fn view(&self) -> MatRef<'_, f32> {
        MatRef::from_row_major_slice(&self.values, self.rows(), self.columns)
    }

    pub(super) fn view_mut(&mut self) -> MatMut<'_, f32> {
        let rows = self.rows();
        MatMut::from_row_major_slice_mut(&mut self.values, rows, self.columns)
    }

    /// The product `left` x `right`.
    pub(super) fn product(left: MatRef<'_, f32>, right: MatRef<'_, f32>) -> Self {
        let mut product = Self::zeros(left.nrows(), right.ncols());
        multiply(product.view_mut(), Accum::Replace, left, right);
        product
    }

    /// Adds `left` x `right`.
    pub(super) fn add_product(&mut self, left: MatRef<'_, f32>, right: MatRef<'_, f32>) {
        multiply(self.view_mut(), Accum::Add, left, right);
    }

    /// Keeps numbers where `other` is positive, and puts zeros elsewhere: what a rectifier with
    /// the output `other` does to derivatives.
    pub(super) fn keep_where_positive(&mut self, other: &Self) {
        for (value, other) in self.values.iter_mut().zip(&other.values) {
            *value = if *other > 0.0 { *value } else { 0.0 };
        }
    }

    /// Adds the sum of the rows to `sums`.
    pub(super) fn add_column_sums(&self, sums: &mut [f32]) {
        self.iter_rows().for_each(|row| add(sums, row));
    }
}

/// Adds each of `others` to its place in `values`.
pub(super) fn add(values: &mut [f32], others: &[f32]) {
    values.iter_mut().zip(others).for_each(|(value, other)| *value += other);
}

/// On one thread, so that the order of sums, and with it the last bit, is always the same.
pub(super) fn multiply(into: MatMut<'_, f32>, accum: Accum, left: MatRef<'_, f32>, right: MatRef<'_, f32>) {
    matmul(into, accum, left, right, 1.0, Par::Seq);
}
