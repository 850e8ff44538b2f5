//! Functions of architectures that are sums over a few columns of the encoding each, as tables.

use std::collections::HashSet;

use tenshot_onnx_models::{Architecture, Space};

use crate::encoding::{Column, columns, decode, encode, interacting};

/// What is smaller, relative to the function's largest number, is what rounding left of a zero.
const NOTHING: f64 = 1e-12;
/// How closely the sums agree with the function, relative to its largest number.
const AGREEMENT: f64 = 1e-5;
/// On so many architectures.
const TRIALS: usize = 100;

/// One summand: a row of numbers for every combination of the values of some columns.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Summand {
    /// The columns of the encoding, and how many values each has. The last one's change fastest.
    pub(super) columns: Vec<(usize, usize)>,
    /// The rows, one after another.
    pub(super) rows: Vec<f32>,
}

/// A function as the sum of its summands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sums {
    /// How many numbers a row has.
    pub(super) width: usize,
    pub(super) summands: Vec<Summand>,
}

impl Sums {
    /// The tables of a function that gives `width` numbers; `None` where it is no sum of functions
    /// of the columns that interact.
    pub(super) fn of(space: Space, width: usize, function: impl Fn(&Architecture) -> Option<Vec<f64>>) -> Option<Self> {
        let encoding = columns(space);
        let mut known = HashSet::new();
        let mut summands = Vec::new();
        for set in interacting(space) {
            let mut grid = Grid::of(space, &encoding, &set, width, &function)?;
            grid.take_apart();
            grid.clear_known(&mut known);
            let mut grid = grid.without_idle_columns();
            if grid.values.iter().any(|&value| value != 0.0) {
                grid.put_together();
                let rows = grid.values.iter().map(|&value| value as f32).collect();
                summands.push(Summand { columns: grid.columns, rows });
            }
        }
        let sums = Self { width, summands };
        sums.agree_with(space, &encoding, &function).then_some(sums)
    }

    /// The function of an architecture, by the tables.
    fn row(&self, encoding: &[Column], architecture: &Architecture) -> Option<Vec<f64>> {
        let integers = encode(architecture);
        let mut row = vec![0.0; self.width];
        for Summand { columns, rows } in &self.summands {
            let mut code = 0;
            for &(column, size) in columns {
                code = code * size + encoding[column].allowed.iter().position(|value| *value == integers[column])?;
            }
            let numbers = &rows[code * self.width..(code + 1) * self.width];
            row.iter_mut().zip(numbers).for_each(|(sum, &number)| *sum += f64::from(number));
        }
        Some(row)
    }

    fn agree_with(
        &self,
        space: Space,
        encoding: &[Column],
        function: impl Fn(&Architecture) -> Option<Vec<f64>>,
    ) -> bool {
        let agrees = |architecture: &Architecture| {
            let (found, expected) = (self.row(encoding, architecture)?, function(architecture)?);
            let largest = expected.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
            let close = |(a, b): (&f64, &f64)| (a - b).abs() <= AGREEMENT * largest;
            Some(expected.len() == self.width && found.iter().zip(&expected).all(close))
        };
        space.sample(0, TRIALS).is_ok_and(|all| all.iter().all(|one| agrees(one) == Some(true)))
    }
}

/// A row of numbers for every combination of the values of some columns.
struct Grid {
    columns: Vec<(usize, usize)>,
    width: usize,
    values: Vec<f64>,
}

impl Grid {
    /// The function where other columns have their first value.
    fn of(
        space: Space,
        encoding: &[Column],
        set: &[usize],
        width: usize,
        function: impl Fn(&Architecture) -> Option<Vec<f64>>,
    ) -> Option<Self> {
        let columns: Vec<(usize, usize)> = set.iter().map(|&column| (column, encoding[column].allowed.len())).collect();
        let first: Vec<i64> = encoding.iter().map(|column| column.allowed.first().copied()).collect::<Option<_>>()?;
        let mut grid = Self { columns, width, values: Vec::new() };
        for code in 0..grid.count() {
            let mut integers = first.clone();
            for (&column, place) in set.iter().zip(grid.places(code)) {
                integers[column] = encoding[column].allowed[place];
            }
            let row = function(&decode(space, &integers)?).filter(|row| row.len() == width)?;
            grid.values.extend(row);
        }
        Some(grid)
    }

    /// How many combinations there are.
    fn count(&self) -> usize {
        self.columns.iter().map(|(_, size)| size).product()
    }

    /// The places of a combination's values among those of their columns.
    fn places(&self, code: usize) -> Vec<usize> {
        let mut rest = code;
        let mut places: Vec<usize> = self.columns.iter().rev().map(|&(_, size)| last_digit(&mut rest, size)).collect();
        places.reverse();
        places
    }

    /// The columns of a combination that do not have their first value.
    fn support(&self, code: usize) -> Vec<usize> {
        let placed = self.columns.iter().zip(self.places(code));
        placed.filter(|&(_, place)| place > 0).map(|(&(column, _), _)| column).collect()
    }

    /// From values to interactions: what a combination adds to all combinations of fewer columns.
    fn take_apart(&mut self) {
        let least = NOTHING * self.values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
        self.along_columns(|value, first| *value -= first);
        self.values.iter_mut().filter(|value| value.abs() < least).for_each(|value| *value = 0.0);
    }

    /// From interactions to values.
    fn put_together(&mut self) {
        self.along_columns(|value, first| *value += first);
    }

    /// Along each column, changes all values by the one where the column has its first value.
    fn along_columns(&mut self, change: impl Fn(&mut f64, f64)) {
        let mut inner = self.width;
        for &(_, size) in self.columns.iter().rev() {
            for outer in self.values.chunks_exact_mut(inner * size) {
                let (first, others) = outer.split_at_mut(inner);
                for other in others.chunks_exact_mut(inner) {
                    other.iter_mut().zip(&*first).for_each(|(value, &first)| change(value, first));
                }
            }
            inner *= size;
        }
    }

    /// Clears the interactions of sets of columns that are in another table already, and notes all
    /// the others.
    fn clear_known(&mut self, known: &mut HashSet<Vec<usize>>) {
        let mut sets = HashSet::new();
        for code in 0..self.count() {
            let support = self.support(code);
            if known.contains(&support) {
                self.values[code * self.width..(code + 1) * self.width].fill(0.0);
            }
            sets.insert(support);
        }
        known.extend(sets);
    }

    /// The interactions without columns that have none.
    fn without_idle_columns(self) -> Self {
        let row = |code: usize| &self.values[code * self.width..(code + 1) * self.width];
        let acts = |code: &usize| row(*code).iter().any(|&value| value != 0.0);
        let busy: HashSet<usize> = (0..self.count()).filter(acts).flat_map(|code| self.support(code)).collect();
        let is_kept = |code: &usize| self.support(*code).iter().all(|column| busy.contains(column));
        let values = (0..self.count()).filter(is_kept).flat_map(|code| row(code).iter().copied()).collect();
        let columns = self.columns.iter().copied().filter(|(column, _)| busy.contains(column)).collect();
        Self { columns, width: self.width, values }
    }
}

/// Takes the last digit off a number of this base.
fn last_digit(rest: &mut usize, base: usize) -> usize {
    let digit = *rest % base;
    *rest /= base;
    digit
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The columns of each summand's table.
    fn shape(sums: &Sums) -> Vec<Vec<usize>> {
        sums.summands.iter().map(|summand| summand.columns.iter().map(|(column, _)| *column).collect()).collect()
    }

    #[test]
    fn a_table_has_no_more_columns_than_the_function() {
        // The resolution, and the kernel size of a block that is not always there.
        let function = |one: &Architecture| {
            let Architecture::MobileNetV3(network) = one else { return None };
            let kernel = network.block(3).map_or(0, |block| block.kernel());
            Some(vec![network.resolution() as f64, 1.0, kernel as f64])
        };
        let sums = Sums::of(Space::MobileNetV3, 3, function).unwrap();
        // The depth says whether the block is there; the first table has what it adds alone.
        assert_eq!(shape(&sums), [vec![40, 45], vec![40, 3]]);
        let [with_depth, with_kernel] = [&sums.summands[0].rows, &sums.summands[1].rows];
        assert_eq!(with_depth[..6], [128.0, 1.0, 0.0, 132.0, 1.0, 0.0]);
        assert_eq!(with_depth[2 * 25 * 3..][..3], [128.0, 1.0, 3.0]);
        let kernels: Vec<f32> = with_kernel.chunks(3).map(|row| row[2]).collect();
        assert_eq!(kernels, [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0, 4.0]);
    }

    #[test]
    fn a_function_that_is_no_sum_is_refused() {
        let product = |one: &Architecture| {
            let Architecture::FbNet(network) = one else { return None };
            Some(vec![network.choices().iter().map(|choice| 1.0 + choice.ordinal() as f64).product()])
        };
        assert_eq!(Sums::of(Space::FbNet, 1, product), None);
        let sum = |one: &Architecture| Some(vec![encode(one).iter().sum::<i64>() as f64]);
        assert_eq!(Sums::of(Space::FbNet, 1, sum).unwrap().summands.len(), 22);
    }
}
