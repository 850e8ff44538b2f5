//! Raw columns of architectures: looked up where a space is enumerated, summed over blocks where
//! it is too large.
//!
//! In the order of the columns: latencies relative to their means by the sources' predictors; the
//! columns of two more groups of features; the mean simulated device's relative latency.

use tenshot_onnx_models::spaces::nasbench201::Operation;
use tenshot_onnx_models::{Architecture, with_space};

use super::linear::{Collapsed, Linear};
use super::operation_counts::{COUNTS, operation_counts};
use crate::block_columns::{BlockColumns, BlockNumbers};
use crate::sources::{Relative, SourceTable, row_of};
use crate::spaces::PredictorSpace;

/// The raw columns of the architectures of a space.
#[derive(Debug, Clone)]
pub(crate) struct RawColumns {
    sources: SourceTable,
    other: OtherColumns,
}

/// The columns beside those of the sources.
#[derive(Debug, Clone)]
pub(crate) enum OtherColumns {
    /// Counts of operations as written and of live ones.
    Cells {
        /// The mean simulated device, by architecture.
        simulated_mean: Vec<f32>,
    },
    /// Components of the simulated devices; one-hots of blocks, where the space has them.
    Blocks {
        /// Components, and last the mean.
        simulated: BlockColumns,
    },
}

impl RawColumns {
    /// `None` where the parts are not of one space, or of another length than it has.
    pub(crate) fn new(sources: SourceTable, other: OtherColumns) -> Option<Self> {
        let fits = match (&other, sources.all()) {
            (OtherColumns::Cells { simulated_mean }, Relative::Enumerated(_)) => {
                simulated_mean.len() as u128 == sources.space().size()
            }
            (OtherColumns::Blocks { simulated }, Relative::Blocks(columns)) => {
                simulated.width() > 0 && simulated.numbers().space() == columns.numbers().space()
            }
            _ => false,
        };
        fits.then_some(Self { sources, other })
    }

    pub(crate) fn sources(&self) -> &SourceTable {
        &self.sources
    }

    pub(crate) fn other_columns(&self) -> &OtherColumns {
        &self.other
    }

    /// How many columns the second and the third group have.
    pub(crate) fn groups(&self) -> [usize; 2] {
        match &self.other {
            OtherColumns::Cells { .. } => [Operation::ALL.len(), COUNTS - Operation::ALL.len()],
            OtherColumns::Blocks { simulated } => {
                [simulated.width() - 1, self.one_hots().map_or(0, BlockNumbers::count)]
            }
        }
    }

    /// How many columns there are.
    pub(crate) fn width(&self) -> usize {
        self.sources.count() + self.groups().iter().sum::<usize>() + 1
    }

    /// The blocks whose one-hots are columns.
    fn one_hots(&self) -> Option<&BlockNumbers> {
        match &self.other {
            OtherColumns::Blocks { simulated } => {
                with_space!(self.sources.space(), S => S::BAYES).one_hots.then(|| simulated.numbers())
            }
            OtherColumns::Cells { .. } => None,
        }
    }

    /// The columns of an architecture; `None` for one of another space.
    pub(crate) fn raw(&self, architecture: &Architecture) -> Option<Vec<f64>> {
        match (self.sources.all(), &self.other) {
            (Relative::Blocks(sources), OtherColumns::Blocks { simulated }) => {
                let is_known = architecture.space() == self.sources.space();
                is_known.then(|| self.sum_over_blocks(sources, simulated, architecture))
            }
            (_, OtherColumns::Cells { simulated_mean }) => {
                let mut raw = self.sources.row(architecture)?;
                raw.reserve_exact(self.width() - raw.len());
                raw.extend(operation_counts(architecture).map(f64::from));
                raw.push(f64::from(simulated_mean[row_of(architecture)?]));
                Some(raw)
            }
            _ => None,
        }
    }

    /// All columns in one pass over the architecture's blocks: finding a block takes longest.
    fn sum_over_blocks(
        &self,
        sources: &BlockColumns,
        simulated: &BlockColumns,
        architecture: &Architecture,
    ) -> Vec<f64> {
        let one_hots = self.one_hots().map_or(0, BlockNumbers::count);
        let mut raw = vec![0.0; sources.width() + simulated.width() + one_hots];
        let (on_sources, rest) = raw.split_at_mut(sources.width());
        let (on_simulated, on_one_hots) = rest.split_at_mut(simulated.width());
        sources.start(on_sources);
        simulated.start(on_simulated);
        simulated.numbers().for_each(architecture, |number, times| {
            sources.add_block(number, times, on_sources);
            simulated.add_block(number, times, on_simulated);
            if let Some(one_hot) = on_one_hots.get_mut(number) {
                *one_hot += times;
            }
        });
        // The mean simulated device stands last.
        raw[sources.width() + simulated.width() - 1..].rotate_left(1);
        raw
    }

    /// A linear function in the form that is fastest for many architectures.
    pub(crate) fn collapse(&self, linear: &Linear) -> Collapsed {
        let (Relative::Blocks(sources), OtherColumns::Blocks { simulated }) = (self.sources.all(), &self.other) else {
            return Collapsed::Cells(linear.clone());
        };
        let (on_sources, rest) = linear.weights.split_at(sources.width());
        let (on_components, rest) = rest.split_at(simulated.width() - 1);
        let (on_one_hots, on_mean) = rest.split_at(rest.len() - 1);
        let on_simulated = [on_components, on_mean].concat();
        let dot = |weights: &[f64], values: &[f32]| -> f64 {
            weights.iter().zip(values).map(|(weight, value)| weight * f64::from(*value)).sum()
        };
        let value = |number: usize| {
            dot(on_sources, sources.of_block(number))
                + dot(&on_simulated, simulated.of_block(number))
                + on_one_hots.get(number).copied().unwrap_or(0.0)
        };
        Collapsed::Blocks {
            by_block: (0..simulated.numbers().count()).map(value).collect(),
            constant: linear.constant
                + dot(on_sources, sources.constants())
                + dot(&on_simulated, simulated.constants()),
        }
    }

    /// The value of a collapsed function; `None` for an architecture of another space.
    #[inline]
    pub(crate) fn evaluate(&self, collapsed: &Collapsed, architecture: &Architecture) -> Option<f64> {
        match (collapsed, &self.other) {
            (Collapsed::Blocks { by_block, constant }, OtherColumns::Blocks { simulated }) => {
                let is_known = architecture.space() == self.sources.space();
                is_known.then(|| constant + simulated.numbers().sum(by_block, architecture))
            }
            (Collapsed::Cells(linear), OtherColumns::Cells { simulated_mean }) => {
                let row = row_of(architecture)?;
                let relative = self.sources.relative_row(row)?.iter().map(|&value| f64::from(value));
                let counts = operation_counts(architecture).map(f64::from);
                let raw = relative.chain(counts).chain([f64::from(simulated_mean[row])]);
                Some(
                    linear.weights.iter().zip(raw).map(|(weight, value)| weight * value).sum::<f64>() + linear.constant,
                )
            }
            _ => None,
        }
    }
}
