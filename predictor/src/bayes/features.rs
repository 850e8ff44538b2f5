//! Feature groups: what the prior over a new device's latencies is a sum of.
//!
//! Every group is a few columns with a value per architecture. A column is centred on the
//! training architectures; a group is scaled so that its mean squared norm there is the typical
//! variance of a device.

use std::ops::Range;

use super::linear::Linear;
use super::raw_columns::RawColumns;
use super::training_table::TrainingTable;
use crate::spaces::PriorSettings;

/// How many groups there are.
pub(crate) const GROUPS: usize = PriorSettings::GROUPS;

/// How many kinds of mean there are: the mean source, half of it and half of the mean simulated
/// device, and the mean simulated device.
pub(crate) const MEANS: usize = 3;

/// The share of the simulated devices in each kind of mean.
pub(crate) const SIMULATED_SHARES: [f64; MEANS] = [0.0, 0.5, 1.0];

/// The features of one pool.
#[derive(Debug, Clone)]
pub(crate) struct Features {
    /// The raw columns that are this pool's sources.
    sources: Vec<usize>,
    /// How many raw columns are sources of any pool.
    all_sources: usize,
    /// Centre and scale of each column.
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
    /// The features of the pool of the table's `sources`, centred and scaled by the moments over the
    /// training architectures.
    pub(crate) fn new(table: &TrainingTable, sources: &[usize]) -> Self {
        let moments = table.moments();
        let source_variance: f64 = sources.iter().map(|&source| moments.columns[source].1).sum();
        let devices = sources.len() + moments.simulated_devices;
        let typical_variance = (source_variance + moments.simulated_variance) / devices as f64;

        let all_sources = table.rows().sources().count();
        let [second, third] = table.rows().groups();
        let rest = &moments.columns[all_sources..];
        let source_moments: Vec<(f64, f64)> = sources.iter().map(|&source| moments.columns[source]).collect();
        let mut columns = Vec::new();
        let mut groups = [const { 0..0 }; GROUPS];
        for (group, members) in groups.iter_mut().zip([&source_moments, &rest[..second], &rest[second..second + third]])
        {
            let variance: f64 = members.iter().map(|(_, variance)| variance).sum();
            let scale = if variance > 0.0 { (typical_variance / variance).sqrt() } else { 0.0 };
            *group = columns.len()..columns.len() + members.len();
            columns.extend(members.iter().map(|(mean, _)| (*mean, scale)));
        }
        // The constant: nothing is 0 in every row, so that minus one is taken off.
        groups[GROUPS - 1] = columns.len()..columns.len() + 1;
        columns.push((-1.0, typical_variance.sqrt()));
        Self { sources: sources.to_vec(), all_sources, columns, groups, typical_variance }
    }

    /// The features of all sources of the columns, as they were stored: centre and scale of each, and
    /// the typical variance. `None` where there is not one pair for each.
    pub(crate) fn restore(rows: &RawColumns, columns: Vec<(f64, f64)>, typical_variance: f64) -> Option<Self> {
        let all_sources = rows.sources().count();
        let [second, third] = rows.groups();
        let mut end = 0;
        let groups = [all_sources, second, third, 1].map(|width| {
            end += width;
            end - width..end
        });
        let sources = (0..all_sources).collect();
        (columns.len() == end).then_some(Self { sources, all_sources, columns, groups, typical_variance })
    }

    /// The columns of each group.
    pub(crate) fn groups(&self) -> &[Range<usize>; GROUPS] {
        &self.groups
    }

    /// Centre and scale of each column: the centre is subtracted, then the scale multiplies.
    pub(crate) fn columns(&self) -> &[(f64, f64)] {
        &self.columns
    }

    /// How many columns there are.
    pub(crate) fn width(&self) -> usize {
        self.columns.len()
    }

    /// The typical variance of a relative latency over architectures.
    pub(crate) fn typical_variance(&self) -> f64 {
        self.typical_variance
    }

    /// What the prior knows of an architecture, given its raw columns.
    pub(crate) fn row(&self, raw: &[f64]) -> Row {
        let mut features = vec![0.0; self.width()];
        let means = self.fill(raw, &mut features);
        Row { features, means }
    }

    /// Writes the features of an architecture, and returns its means.
    pub(crate) fn fill(&self, raw: &[f64], features: &mut [f64]) -> [f64; MEANS] {
        let (all_sources, beside) = raw.split_at(self.all_sources);
        let (simulated_mean, beside) = beside.split_last().unwrap_or((&0.0, &[]));
        let values = self.sources.iter().map(|&source| all_sources[source]).chain(beside.iter().copied()).chain([0.0]);
        for ((feature, value), (centre, scale)) in features.iter_mut().zip(values).zip(&self.columns) {
            *feature = (value - centre) * scale;
        }
        let source_sum: f64 = self.sources.iter().map(|&source| all_sources[source]).sum();
        let source_mean = source_sum / self.sources.len() as f64;
        SIMULATED_SHARES.map(|share| (1.0 - share) * source_mean + share * simulated_mean)
    }

    /// The same linear function on raw columns, given weights on the features and on the means.
    pub(crate) fn unscale(&self, weights: &[f64], mean_weights: [f64; MEANS]) -> Linear {
        let scaled: Vec<f64> = weights.iter().zip(&self.columns).map(|(weight, (_, scale))| weight * scale).collect();
        let constant = -scaled.iter().zip(&self.columns).map(|(weight, (centre, _))| weight * centre).sum::<f64>();
        let shares = || mean_weights.iter().zip(SIMULATED_SHARES);
        let per_source =
            shares().map(|(weight, share)| weight * (1.0 - share)).sum::<f64>() / self.sources.len() as f64;
        let mut on_raw = vec![0.0; self.all_sources];
        for (&source, weight) in self.sources.iter().zip(&scaled) {
            on_raw[source] = weight + per_source;
        }
        on_raw.extend(&scaled[self.sources.len()..self.width() - 1]);
        on_raw.push(shares().map(|(weight, share)| weight * share).sum());
        Linear { weights: on_raw, constant }
    }
}
