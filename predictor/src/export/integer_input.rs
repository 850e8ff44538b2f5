//! The beginning of every exported computation: from integers to what they stand for.

use tenshot_onnx_models::Space;
use tenshot_onnx_models::computation::{Computation, Number, Tensor};

use super::sums::Sums;
use crate::encoding::{Column, columns};

/// The name of the input.
pub(super) const INPUT: &str = "architecture";
/// Fills the rows of the allowed values where a column has fewer than others; never looked at.
const NO_VALUE: i64 = i64::MIN;

/// The integers of a batch of architectures, read.
pub(super) struct Reading {
    encoding: Vec<Column>,
    /// The most values of a column.
    most: usize,
    /// Batch x (columns x values): 1 where a column has the value.
    flags: Tensor,
    /// Batch x 1: whether every column has a value that it may have.
    is_valid: Tensor,
}

impl Reading {
    pub(super) fn new(computation: &mut Computation, space: Space) -> Self {
        let encoding = columns(space);
        let most = encoding.iter().map(|column| column.allowed.len()).max().unwrap_or(0);
        let count = encoding.len();
        let input = computation.input(INPUT, Number::Integer, &[count]);
        let filled =
            |column: &Column| (0..most).map(|place| column.allowed.get(place).copied().unwrap_or(NO_VALUE)).collect();
        let allowed: Vec<Vec<i64>> = encoding.iter().map(filled).collect();
        let allowed = computation.integers(&[count, most], &allowed.concat());
        let input = reshape(computation, input, &[count, 1]);
        let equal = computation.node("Equal", &[input, allowed], &[]);
        let is_value = |column: &Column| (0..most).map(|place| f32::from(place < column.allowed.len())).collect();
        let values: Vec<Vec<f32>> = encoding.iter().map(is_value).collect();
        let values = computation.floats(&[count, most], &values.concat());
        let flags = computation.cast(equal, Number::Float);
        let flags = computation.node("Mul", &[flags, values], &[]);
        let flags = reshape(computation, flags, &[count * most]);
        let valid_columns = sum_along(computation, flags, 1, true);
        let nearly_all = computation.floats(&[], &[count as f32 - 0.5]);
        let is_valid = computation.node("Greater", &[valid_columns, nearly_all], &[]);
        Self { encoding, most, flags, is_valid }
    }

    /// Batch x width: the sums of an architecture, in these numbers.
    pub(super) fn sums(&self, computation: &mut Computation, sums: &Sums, number: Number) -> Tensor {
        let codes = self.codes(computation, sums);
        let rows: Vec<f32> = sums.summands.iter().flat_map(|summand| summand.rows.iter().copied()).collect();
        let table = computation.floats(&[rows.len() / sums.width, sums.width], &rows);
        let found = computation.node("Gather", &[table, codes], &[]);
        let found = if number == Number::Float { found } else { computation.cast(found, number) };
        sum_along(computation, found, 1, false)
    }

    /// Batch x summands: where the tables, one below another, have an architecture's rows. Without
    /// a value that it may have, a column counts as having its first.
    fn codes(&self, computation: &mut Computation, sums: &Sums) -> Tensor {
        let (flags, summands) = (self.encoding.len() * self.most, sums.summands.len());
        let mut steps = vec![0.0; flags * summands];
        let mut starts = Vec::with_capacity(summands);
        let mut start = 0;
        for (place, summand) in sums.summands.iter().enumerate() {
            let mut step = 1;
            for &(column, size) in summand.columns.iter().rev() {
                for value in 0..size {
                    steps[(column * self.most + value) * summands + place] = (step * value) as f64;
                }
                step *= size;
            }
            // Whole numbers are cut off here, so that a half keeps them whatever rounding does.
            starts.push(start as f64 + 0.5);
            start += step;
        }
        let steps = computation.doubles(&[flags, summands], &steps);
        let starts = computation.doubles(&[summands], &starts);
        // In doubles, as accelerators multiply floats with so few digits that rows would be mistaken.
        let flags = computation.cast(self.flags, Number::Double);
        let codes = computation.node("MatMul", &[flags, steps], &[]);
        let codes = computation.node("Add", &[codes, starts], &[]);
        computation.cast(codes, Number::Integer)
    }

    /// Batch x width, of floats, which are no numbers where the integers are no architecture.
    pub(super) fn where_valid(&self, computation: &mut Computation, tensor: Tensor) -> Tensor {
        let no_number = computation.floats(&[], &[f32::NAN]);
        computation.node("Where", &[self.is_valid, tensor, no_number], &[])
    }
}

/// The tensor with another shape behind the batch.
pub(super) fn reshape(computation: &mut Computation, tensor: Tensor, shape: &[usize]) -> Tensor {
    // Zero stands for what the size is already.
    let sizes: Vec<i64> = [0].into_iter().chain(shape.iter().map(|&size| size as i64)).collect();
    let sizes = computation.integers(&[sizes.len()], &sizes);
    computation.node("Reshape", &[tensor, sizes], &[])
}

/// The sums along an axis, which stays with a size of one or goes.
pub(super) fn sum_along(computation: &mut Computation, tensor: Tensor, axis: i64, stays: bool) -> Tensor {
    let axes = computation.integers(&[1], &[axis]);
    computation.node("ReduceSum", &[tensor, axes], &[("keepdims", i64::from(stays))])
}
