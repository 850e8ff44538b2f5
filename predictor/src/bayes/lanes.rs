//! Small dense algebra for several templates at once, one per lane, so that it vectorises.

use std::array::from_fn;
use std::ops::{Add, AddAssign, Div, Mul, Sub, SubAssign};

/// How many templates are worked on together.
pub(crate) const LANES: usize = 8;

/// One number for each of the templates worked on together.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(align(64))]
pub(crate) struct Lanes(pub(crate) [f64; LANES]);

impl Lanes {
    pub(crate) const ZERO: Self = Self([0.0; LANES]);

    #[inline(always)]
    pub(crate) fn splat(value: f64) -> Self {
        Self([value; LANES])
    }

    /// The larger one in each lane.
    #[inline(always)]
    pub(crate) fn max(self, other: Self) -> Self {
        Self(from_fn(|lane| if self.0[lane] > other.0[lane] { self.0[lane] } else { other.0[lane] }))
    }

    /// The largest of all lanes.
    #[inline(always)]
    pub(crate) fn largest(self) -> f64 {
        self.0.into_iter().fold(f64::NEG_INFINITY, |a, b| if a > b { a } else { b })
    }

    #[inline(always)]
    pub(crate) fn sqrt(self) -> Self {
        self.map(f64::sqrt)
    }

    /// The exponential within 1e-8 of its value, for numbers from -700 to 700; those beyond are
    /// taken for these.
    #[inline(always)]
    pub(crate) fn exp(self) -> Self {
        // Adding this leaves an integer in the low bits of the sum.
        const ROUND: f64 = 6_755_399_441_055_744.0;
        const TERMS: [f64; 8] = [1.0, 1.0, 1.0 / 2.0, 1.0 / 6.0, 1.0 / 24.0, 1.0 / 120.0, 1.0 / 720.0, 1.0 / 5040.0];
        self.map(|value| {
            let value = if value < -700.0 { -700.0 } else { value };
            let value = if value > 700.0 { 700.0 } else { value };
            let shifted = value * std::f64::consts::LOG2_E + ROUND;
            let rest = value - (shifted - ROUND) * std::f64::consts::LN_2;
            let series = TERMS.iter().rev().fold(0.0, |sum, term| sum * rest + term);
            f64::from_bits(series.to_bits().wrapping_add(shifted.to_bits() << 52))
        })
    }

    #[inline(always)]
    pub(crate) fn map(self, function: impl Fn(f64) -> f64) -> Self {
        Self(self.0.map(function))
    }
}

impl Add for Lanes {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(from_fn(|lane| self.0[lane] + other.0[lane]))
    }
}

impl Sub for Lanes {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(from_fn(|lane| self.0[lane] - other.0[lane]))
    }
}

impl Mul for Lanes {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(from_fn(|lane| self.0[lane] * other.0[lane]))
    }
}

impl Mul<f64> for Lanes {
    type Output = Self;
    #[inline(always)]
    fn mul(self, factor: f64) -> Self {
        Self(from_fn(|lane| self.0[lane] * factor))
    }
}

impl Div for Lanes {
    type Output = Self;
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        Self(from_fn(|lane| self.0[lane] / other.0[lane]))
    }
}

impl AddAssign for Lanes {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Lanes {
    #[inline(always)]
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

/// The sum of products of numbers, in an order that vectorises.
#[inline]
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut sums = Lanes::ZERO;
    for (a, b) in a.iter().zip(b) {
        sums += Lanes(*a) * Lanes(*b);
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.0.into_iter().sum::<f64>() + rest
}

/// The place of (row, column), column <= row, in a lower triangle stored row by row.
#[inline(always)]
pub(crate) fn packed(row: usize, column: usize) -> usize {
    row * (row + 1) / 2 + column
}

/// The numbers that a lower triangle of `size` rows has.
#[inline(always)]
pub(crate) fn packed_len(size: usize) -> usize {
    packed(size, 0)
}

/// Turns positive definite matrices (lower triangles) into the inverses of their Cholesky
/// factors, lower triangles too, and returns the logarithms of the matrices' determinants.
#[inline(always)]
pub(crate) fn inverse_factor(matrix: &mut [Lanes], size: usize) -> Lanes {
    let mut log_determinant = Lanes::ZERO;
    let mut product = Lanes::splat(1.0);
    // Row by row: the factor's row, its diagonal as the reciprocal.
    for row in 0..size {
        for column in 0..=row {
            let mut value = matrix[packed(row, column)];
            for k in 0..column {
                value -= matrix[packed(row, k)] * matrix[packed(column, k)];
            }
            if column == row {
                // Rounding must not make a pivot that is nearly zero negative.
                let pivot = value.map(|pivot| pivot.max(1e-12));
                product = product * pivot;
                matrix[packed(row, row)] = pivot.map(|pivot| 1.0 / pivot.sqrt());
            } else {
                matrix[packed(row, column)] = value * matrix[packed(column, column)];
            }
        }
        // Seldom enough to be cheap, often enough that the product stays in range.
        if row % 16 == 15 || row + 1 == size {
            log_determinant += product.map(f64::ln);
            product = Lanes::splat(1.0);
        }
    }
    // The inverse, in place: row by row, from the left; what is overwritten is not read again.
    for row in 1..size {
        let pivot = matrix[packed(row, row)];
        for column in 0..row {
            let mut value = Lanes::ZERO;
            for k in column..row {
                value += matrix[packed(row, k)] * matrix[packed(k, column)];
            }
            matrix[packed(row, column)] = value * pivot.map(|pivot| -pivot);
        }
    }
    log_determinant
}

/// The inverse matrix M'M (lower triangle), given the inverse factor M.
#[inline(always)]
pub(crate) fn inverse_matrix(inverse_factor: &[Lanes], size: usize, inverse: &mut [Lanes]) {
    for row in 0..size {
        for column in 0..=row {
            let mut value = Lanes::ZERO;
            for k in row..size {
                value += inverse_factor[packed(k, row)] * inverse_factor[packed(k, column)];
            }
            inverse[packed(row, column)] = value;
        }
    }
}

/// The product of a symmetric matrix (lower triangle) with a vector.
#[inline(always)]
pub(crate) fn symmetric_product(matrix: &[Lanes], vector: &[f64], product: &mut [Lanes]) {
    for (row, out) in product.iter_mut().enumerate() {
        let mut value = Lanes::ZERO;
        for (column, &factor) in vector.iter().enumerate() {
            value += matrix[packed(row.max(column), row.min(column))] * factor;
        }
        *out = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use faer::linalg::solvers::{DenseSolveCore, Llt};
    use faer::{Mat, Side};

    #[test]
    fn exponentials_are_right_and_never_zero() {
        for step in -7_000..7_000 {
            let value = f64::from(step) / 10.0 + 0.037;
            let found = Lanes::splat(value).exp().0[3];
            assert!((found / value.exp() - 1.0).abs() < 1e-8, "{value}: {found}");
        }
        assert!(Lanes::splat(-1e9).exp().0[0] > 0.0);
        assert_eq!(Lanes::ZERO.exp(), Lanes::splat(1.0));
    }

    #[test]
    fn agrees_with_the_dense_library() {
        let size = 21;
        let entry = |lane: usize, row: usize, column: usize| {
            let distance = row.abs_diff(column) as f64;
            (-distance / (2.0 + lane as f64)).exp() + if row == column { 0.1 } else { 0.0 }
        };
        let mut factor = vec![Lanes::ZERO; packed_len(size)];
        for row in 0..size {
            for column in 0..=row {
                factor[packed(row, column)] = Lanes(from_fn(|lane| entry(lane, row, column)));
            }
        }
        let log_determinant = inverse_factor(&mut factor, size);
        let mut inverse = vec![Lanes::ZERO; packed_len(size)];
        inverse_matrix(&factor, size, &mut inverse);
        let vector: Vec<f64> = (0..size).map(|row| row as f64).collect();
        let mut product = vec![Lanes::ZERO; size];
        symmetric_product(&inverse, &vector, &mut product);
        for lane in 0..LANES {
            let matrix = Mat::from_fn(size, size, |row, column| entry(lane, row, column));
            let llt = Llt::new(matrix.as_ref(), Side::Lower).unwrap();
            let expected = llt.inverse();
            let expected_log: f64 = (0..size).map(|row| 2.0 * llt.L()[(row, row)].ln()).sum();
            assert!((log_determinant.0[lane] - expected_log).abs() < 1e-9);
            for row in 0..size {
                let dot: f64 = (0..size).map(|column| expected[(row, column)] * vector[column]).sum();
                assert!((product[row].0[lane] - dot).abs() < 1e-8);
                for column in 0..=row {
                    let found = inverse[packed(row, column)].0[lane];
                    assert!((found - expected[(row, column)]).abs() < 1e-8, "{row} {column}");
                }
            }
        }
    }
}
