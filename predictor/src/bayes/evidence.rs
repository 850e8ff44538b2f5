//! How well each template explains measured references.

use super::features::{Features, GROUPS, MEANS, Row};
use super::lanes::{LANES, Lanes, dot, inverse_factor, packed, packed_len};
use super::template::TemplateBlock;

/// One measured reference of a device.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Reference {
    pub(crate) latency_ms: f64,
    /// Noise beyond what the prior expects, relative to the latency.
    pub(crate) extra_relative_noise: f64,
}

/// The measured references of a device with what the prior needs of them.
#[derive(Debug, Clone)]
pub(crate) struct Measured {
    references: Vec<Reference>,
    rows: Vec<Row>,
    /// Products of the references' features by group; lower triangle.
    gram: Vec<[f64; GROUPS]>,
    /// Whether the device reports whole milliseconds.
    whole_ms: bool,
    typical_variance: f64,
}

impl Measured {
    /// References, each with the raw columns of its architecture.
    pub(crate) fn new<'a>(features: &Features, references: impl IntoIterator<Item = (&'a [f64], Reference)>) -> Self {
        let (rows, references): (Vec<Row>, Vec<Reference>) =
            references.into_iter().map(|(raw, reference)| (features.row(raw), reference)).unzip();
        let mut gram = Vec::with_capacity(packed_len(rows.len()));
        for (position, row) in rows.iter().enumerate() {
            gram.extend(rows[..=position].iter().map(|other| group_products(features, row, other)));
        }
        Self {
            whole_ms: references.iter().all(|one| one.latency_ms.fract() == 0.0),
            references,
            rows,
            gram,
            typical_variance: features.typical_variance(),
        }
    }

    /// The same without the references at the positions `dropped`.
    pub(crate) fn without(&self, dropped: &[usize]) -> Self {
        let kept: Vec<usize> = (0..self.references.len()).filter(|position| !dropped.contains(position)).collect();
        let mut gram = Vec::with_capacity(packed_len(kept.len()));
        for (position, &row) in kept.iter().enumerate() {
            gram.extend(kept[..=position].iter().map(|&column| self.gram[packed(row, column)]));
        }
        Self {
            references: kept.iter().map(|&position| self.references[position]).collect(),
            rows: kept.iter().map(|&position| self.rows[position].clone()).collect(),
            gram,
            whole_ms: self.whole_ms,
            typical_variance: self.typical_variance,
        }
    }

    pub(crate) fn references(&self) -> &[Reference] {
        &self.references
    }

    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The features of each reference.
    pub(crate) fn into_features(self) -> Vec<Vec<f64>> {
        self.rows.into_iter().map(|row| row.features).collect()
    }

    /// The expected relative latencies of the references by one kind of mean.
    pub(crate) fn means(&self, mean: usize) -> Vec<f64> {
        self.rows.iter().map(|row| row.means[mean]).collect()
    }

    /// Milliseconds per unit of relative latency, by one kind of mean, from the references not
    /// `dropped`.
    pub(crate) fn scale_ms(&self, mean: usize, dropped: &[usize]) -> f64 {
        let (mut latencies, mut means) = (0.0, 0.0);
        for (position, (reference, row)) in self.references.iter().zip(&self.rows).enumerate() {
            if !dropped.contains(&position) {
                latencies += reference.latency_ms;
                means += row.means[mean];
            }
        }
        // Means are near 1; only references that all cost nothing at all come near zero.
        latencies / f64::max(means, 1e-6)
    }

    /// The variance that whole milliseconds add, in squared milliseconds.
    pub(crate) fn quantisation_ms2(&self) -> f64 {
        if self.whole_ms { 1.0 / 12.0 } else { 0.0 }
    }

    /// The covariance of the references' relative latencies by each template of a block.
    #[inline(always)]
    pub(crate) fn covariance(&self, block: &TemplateBlock, scale_ms: f64, covariance: &mut [Lanes]) {
        for (out, products) in covariance.iter_mut().zip(&self.gram) {
            let mut value = Lanes::ZERO;
            for (share, product) in block.shares.iter().zip(products) {
                value += *share * *product;
            }
            *out = value;
        }
        for (position, reference) in self.references.iter().enumerate() {
            let extra = reference.extra_relative_noise * reference.latency_ms;
            let extra = (extra * extra + self.quantisation_ms2()) / (scale_ms * scale_ms);
            covariance[packed(position, position)] += block.noise * self.typical_variance + Lanes::splat(extra);
        }
    }

    /// The log evidence of every template: the log density of the latencies in milliseconds.
    pub(crate) fn log_evidence(&self, blocks: &[TemplateBlock]) -> Vec<f64> {
        let size = self.references.len();
        let scales: [f64; MEANS] = std::array::from_fn(|mean| self.scale_ms(mean, &[]));
        let residuals: [Vec<f64>; MEANS] = std::array::from_fn(|mean| self.residuals(mean, scales[mean]));
        let mut matrix = vec![Lanes::ZERO; packed_len(size)];
        let mut evidence = Vec::with_capacity(blocks.len() * LANES);
        for block in blocks {
            self.covariance(block, scales[block.mean], &mut matrix);
            let log_determinant = inverse_factor(&mut matrix, size);
            let misfit = squared_norm(&matrix, &residuals[block.mean]);
            let constant = size as f64 * (std::f64::consts::TAU.ln() / 2.0 + scales[block.mean].ln());
            let block_evidence = (misfit + log_determinant) * -0.5 - Lanes::splat(constant);
            evidence.extend_from_slice(&block_evidence.0);
        }
        evidence
    }

    /// What is left of the relative latencies when their means are taken off.
    pub(crate) fn residuals(&self, mean: usize, scale_ms: f64) -> Vec<f64> {
        let residual = |(reference, row): (&Reference, &Row)| reference.latency_ms / scale_ms - row.means[mean];
        self.references.iter().zip(&self.rows).map(residual).collect()
    }
}

/// The squared norm of an inverse factor's product with a vector.
#[inline(always)]
fn squared_norm(inverse_factor: &[Lanes], vector: &[f64]) -> Lanes {
    let mut norm = Lanes::ZERO;
    for row in 0..vector.len() {
        let mut value = Lanes::ZERO;
        for column in 0..=row {
            value += inverse_factor[packed(row, column)] * vector[column];
        }
        norm += value * value;
    }
    norm
}

fn group_products(features: &Features, a: &Row, b: &Row) -> [f64; GROUPS] {
    std::array::from_fn(|group| {
        let columns = &features.groups()[group];
        dot(&a.features[columns.clone()], &b.features[columns.clone()])
    })
}
