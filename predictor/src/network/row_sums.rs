//! Sums of rows: how states of graph nodes flow along edges.

use pulp::{Arch, Simd, WithSimd};

use super::matrix::Matrix;

/// A sparse matrix of zeros and ones: each output row is the sum of some input rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct RowSums {
    inputs: usize,
    /// Where the terms of each output row end.
    ends: Vec<usize>,
    /// The summed input rows, output row by output row.
    terms: Vec<u32>,
}

impl RowSums {
    /// Sums over `inputs` input rows, as yet without outputs.
    pub(crate) fn over(inputs: usize) -> Self {
        Self { inputs, ends: Vec::new(), terms: Vec::new() }
    }

    /// Adds an output row: the sum of these input rows, one or more.
    pub(crate) fn push(&mut self, terms: impl IntoIterator<Item = u32>) {
        self.terms.extend(terms);
        self.ends.push(self.terms.len());
    }

    pub(crate) fn inputs(&self) -> usize {
        self.inputs
    }

    pub(crate) fn outputs(&self) -> usize {
        self.ends.len()
    }

    /// The input rows that make up an output row.
    pub(crate) fn terms(&self, output: usize) -> &[u32] {
        let start = if output == 0 { 0 } else { self.ends[output - 1] };
        &self.terms[start..self.ends[output]]
    }

    /// The sums.
    pub(crate) fn sum(&self, inputs: &Matrix) -> Matrix {
        let mut outputs = Matrix::arbitrary(self.outputs(), inputs.columns());
        Arch::new().dispatch(AddRows { sums: self, from: inputs, into: &mut outputs, spread: false });
        outputs
    }

    /// The transpose: adds each output row to all input rows that it is a sum of, as derivatives go
    /// back.
    pub(crate) fn spread(&self, outputs: &Matrix) -> Matrix {
        let mut inputs = Matrix::zeros(self.inputs, outputs.columns());
        Arch::new().dispatch(AddRows { sums: self, from: outputs, into: &mut inputs, spread: true });
        inputs
    }

    /// These output rows alone, over the inputs that they need; and which inputs those are.
    pub(crate) fn select(&self, outputs: &[usize]) -> (Self, Vec<usize>) {
        let mut places = vec![u32::MAX; self.inputs];
        let mut needed = Vec::new();
        let mut selected = Self::over(0);
        for &output in outputs {
            for &term in self.terms(output) {
                let place = &mut places[term as usize];
                if *place == u32::MAX {
                    *place = needed.len() as u32;
                    needed.push(term as usize);
                }
                selected.terms.push(*place);
            }
            selected.ends.push(selected.terms.len());
        }
        selected.inputs = needed.len();
        (selected, needed)
    }
}

/// Adds rows to rows: outputs become the sums of their terms, or outputs are added to their terms.
struct AddRows<'a> {
    sums: &'a RowSums,
    from: &'a Matrix,
    into: &'a mut Matrix,
    spread: bool,
}

// A closure of this size would not be inlined, and would then be compiled for the baseline.
impl WithSimd for AddRows<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { sums, from, into, spread } = self;
        for output in 0..sums.outputs() {
            let mut terms = sums.terms(output);
            if let ([first, rest @ ..], false) = (terms, spread) {
                into.row_mut(output).copy_from_slice(from.row(*first as usize));
                terms = rest;
            }
            for &term in terms {
                let (from_row, into_row) = if spread { (output, term as usize) } else { (term as usize, output) };
                let values = into.row_mut(into_row).iter_mut().zip(from.row(from_row));
                values.for_each(|(sum, value)| *sum += value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums() -> RowSums {
        let mut sums = RowSums::over(4);
        sums.push([0, 2]);
        sums.push([3]);
        sums.push([3, 3, 1]);
        sums
    }

    #[test]
    fn rows_are_summed_and_spread_back() {
        let inputs = Matrix::from_values(2, vec![1.0, 2.0, 10.0, 20.0, 100.0, 200.0, 1000.0, 2000.0]).unwrap();
        assert_eq!(sums().sum(&inputs).values(), [101.0, 202.0, 1000.0, 2000.0, 2010.0, 4020.0]);
        let outputs = Matrix::from_values(1, vec![1.0, 10.0, 100.0]).unwrap();
        assert_eq!(sums().spread(&outputs).values(), [1.0, 100.0, 1.0, 210.0]);
    }

    #[test]
    fn a_selection_needs_only_its_own_inputs() {
        let (selected, needed) = sums().select(&[2, 1]);
        assert_eq!(needed, [3, 1]);
        let inputs = Matrix::from_values(1, vec![1.0, 10.0, 100.0, 1000.0]).unwrap();
        assert_eq!(selected.sum(&inputs.select(&needed)).values(), [2010.0, 1000.0]);
    }
}
