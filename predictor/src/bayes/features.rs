//! Feature groups: what the prior over a new device's latencies is a sum of.
//!
//! Every group is a few columns with a value per architecture. A column is centred on the
//! training architectures; a group is scaled so that its mean squared norm there is the typical
//! variance of a device. Which groups there are is a matter of the space.

use std::ops::Range;

use tenshot_onnx_models::Architecture;
use tenshot_onnx_models::spaces::nasbench201::{Cell, Operation};

use super::table::Table;

/// How many groups NAS-Bench-201 has: sources, operations as written, live operations, constant.
pub(crate) const GROUPS: usize = 4;

/// How many kinds of mean a template can choose from: the mean source, or half of it and half of
/// the mean simulated device.
pub(crate) const MEANS: usize = 2;

/// The share of the simulated devices in each kind of mean.
const SIMULATED_SHARES: [f64; MEANS] = [0.0, 0.5];

/// Counted operations: five as written, and four that do work.
pub(crate) const COUNTS: usize = 9;

/// The features of one pool.
#[derive(Debug, Clone)]
pub(crate) struct Features {
    /// The columns of the table that are this pool's sources.
    sources: Vec<usize>,
    /// What is taken off each column, and what it is multiplied by then.
    columns: Vec<(f64, f64)>,
    /// The columns of each group.
    groups: [Range<usize>; GROUPS],
    /// The typical variance of a relative latency over architectures.
    typical_variance: f64,
}

/// What the prior knows of one architecture.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// The features of all groups, one after another.
    pub(crate) features: Vec<f64>,
    /// The expected relative latency by each kind of mean.
    pub(crate) means: [f64; MEANS],
}

impl Features {
    /// The features of the pool of the table's `sources`, from what the training architectures
    /// (rows of the table) say.
    pub(crate) fn new(table: &Table, sources: &[usize]) -> Self {
        let moments = table.moments();
        let source_variance: f64 = sources.iter().map(|&source| moments.sources[source].1).sum();
        let devices = sources.len() + moments.simulated_devices;
        let typical_variance = (source_variance + moments.simulated_variance) / devices as f64;

        let raw: &[(f64, f64)] = &moments.counts[..Operation::ALL.len()];
        let live: &[(f64, f64)] = &moments.counts[Operation::ALL.len()..];
        let source_moments: Vec<(f64, f64)> = sources.iter().map(|&source| moments.sources[source]).collect();
        let mut columns = Vec::new();
        let mut groups = [const { 0..0 }; GROUPS];
        for (group, members) in groups.iter_mut().zip([&source_moments, raw, live]) {
            let variance: f64 = members.iter().map(|(_, variance)| variance).sum();
            let scale = if variance > 0.0 { (typical_variance / variance).sqrt() } else { 0.0 };
            *group = columns.len()..columns.len() + members.len();
            columns.extend(members.iter().map(|(mean, _)| (*mean, scale)));
        }
        // The constant: nothing is 0 in every row, so that minus one is taken off.
        groups[GROUPS - 1] = columns.len()..columns.len() + 1;
        columns.push((-1.0, typical_variance.sqrt()));
        Self { sources: sources.to_vec(), columns, groups, typical_variance }
    }

    /// The columns of each group.
    pub(crate) fn groups(&self) -> &[Range<usize>; GROUPS] {
        &self.groups
    }

    /// How many columns there are.
    pub(crate) fn width(&self) -> usize {
        self.columns.len()
    }

    /// The typical variance of a relative latency over architectures.
    pub(crate) fn typical_variance(&self) -> f64 {
        self.typical_variance
    }

    /// What the prior knows of an architecture, given its row in the table.
    pub(crate) fn row(&self, table: &Table, row: usize) -> Row {
        let mut features = vec![0.0; self.width()];
        let means = self.fill(table, row, &mut features);
        Row { features, means }
    }

    /// Writes the features of a row of the table, and returns its means.
    pub(crate) fn fill(&self, table: &Table, row: usize, features: &mut [f64]) -> [f64; MEANS] {
        let relative = table.sources(row);
        let counts = table.counts(row).iter().map(|&count| f64::from(count));
        let raw = self.sources.iter().map(|&source| f64::from(relative[source])).chain(counts).chain([0.0]);
        let mut source_sum = 0.0;
        for (position, ((feature, value), (centre, scale))) in
            features.iter_mut().zip(raw).zip(&self.columns).enumerate()
        {
            *feature = (value - centre) * scale;
            source_sum += if position < self.sources.len() { value } else { 0.0 };
        }
        let source_mean = source_sum / self.sources.len() as f64;
        let simulated_mean = f64::from(table.simulated_mean(row));
        SIMULATED_SHARES.map(|share| (1.0 - share) * source_mean + share * simulated_mean)
    }

    /// The same linear function on raw columns: given weights on the features and on the means,
    /// the weights on source columns, counts and simulated mean, and the constant.
    pub(crate) fn unscale(&self, weights: &[f64], mean_weights: [f64; MEANS]) -> RawWeights {
        let scaled: Vec<f64> = weights.iter().zip(&self.columns).map(|(weight, (_, scale))| weight * scale).collect();
        let constant = -scaled.iter().zip(&self.columns).map(|(weight, (centre, _))| weight * centre).sum::<f64>();
        let shares = || mean_weights.iter().zip(SIMULATED_SHARES);
        let per_source =
            shares().map(|(weight, share)| weight * (1.0 - share)).sum::<f64>() / self.sources.len() as f64;
        let on_sources = &scaled[self.groups[0].clone()];
        RawWeights {
            sources: self
                .sources
                .iter()
                .zip(on_sources)
                .map(|(&source, weight)| (source, weight + per_source))
                .collect(),
            counts: std::array::from_fn(|count| scaled[self.sources.len() + count]),
            simulated: shares().map(|(weight, share)| weight * share).sum(),
            constant,
        }
    }
}

/// A linear function of a table's raw columns.
#[derive(Debug, Clone)]
pub(crate) struct RawWeights {
    /// Source columns with their weights.
    pub(crate) sources: Vec<(usize, f64)>,
    /// Weights of the operation counts.
    pub(crate) counts: [f64; COUNTS],
    /// Weight of the simulated mean.
    pub(crate) simulated: f64,
    /// What is added.
    pub(crate) constant: f64,
}

impl RawWeights {
    /// The function's value for a row of the table.
    pub(crate) fn apply(&self, table: &Table, row: usize) -> f64 {
        let relative = table.sources(row);
        let sources: f64 = self.sources.iter().map(|&(source, weight)| f64::from(relative[source]) * weight).sum();
        let counts: f64 =
            table.counts(row).iter().zip(&self.counts).map(|(&count, weight)| f64::from(count) * weight).sum();
        sources + counts + f64::from(table.simulated_mean(row)) * self.simulated + self.constant
    }
}

/// Counts of the five operations on the cell's edges, and of the four that do work on its live
/// edges.
pub(crate) fn operation_counts(architecture: &Architecture) -> [u8; COUNTS] {
    let mut counts = [0; COUNTS];
    let cell: Option<&Cell> = architecture.as_cell();
    for (operation, live) in cell.into_iter().flat_map(|cell| cell.operations().iter().zip(cell.live_edges())) {
        counts[operation.ordinal()] += 1;
        if live {
            // `none`, the first operation, is never live.
            counts[Operation::ALL.len() + operation.ordinal() - 1] += 1;
        }
    }
    counts
}
