//! Adaptation: the posterior of a new device's latencies, in closed form.

use std::array::from_fn;

use super::evidence::Measured;
use super::features::{Features, MEANS};
use super::lanes::{LANES, Lanes, inverse_factor, packed, packed_len};
use super::outliers::{self, Screening};
use super::prior::Prior;
use super::rows::Linear;
use super::template::{Template, TemplateBlock};

/// Templates of less weight are left out of the posterior.
const LEAST_WEIGHT: f64 = 1e-3;
/// The most templates that a posterior keeps.
const MOST_TEMPLATES: usize = 32;

/// The posterior: a mixture over templates, each a Gaussian process.
#[derive(Debug, Clone)]
pub(crate) struct Posterior {
    /// The references that were kept, with their features.
    pub(crate) measured: Measured,
    /// Positions of the references that were left out as outliers.
    pub(crate) outliers: Vec<usize>,
    pub(crate) blocks: Vec<PosteriorBlock>,
    /// The mean, in milliseconds, as one linear function of raw columns.
    pub(crate) mean_ms: Linear,
}

/// [`LANES`] templates of the posterior. Lanes beyond the last template have no weight.
#[derive(Debug, Clone)]
pub(crate) struct PosteriorBlock {
    pub(crate) weights: Lanes,
    pub(crate) templates: TemplateBlock,
    /// Milliseconds per unit of relative latency.
    pub(crate) scale_ms: f64,
    /// The inverse Cholesky factor of the references' covariance.
    pub(crate) inverse_factor: Vec<Lanes>,
    /// The covariance's inverse times the residuals.
    pub(crate) solution: Vec<Lanes>,
}

/// The posterior of a device with these measured references.
pub(crate) fn adapt(features: &Features, prior: &Prior, all: Measured) -> Posterior {
    let Screening { dropped: outliers, log_joint } = outliers::screen(&all, prior.blocks(), prior.log_weights());
    let (measured, log_joint) = if outliers.is_empty() {
        (all, log_joint)
    } else {
        let kept = all.without(&outliers);
        let evidence = kept.log_evidence(prior.blocks());
        (kept, prior.log_weights().iter().zip(evidence).map(|(weight, evidence)| weight + evidence).collect())
    };
    let kept = heaviest(prior.templates(), &log_joint);
    let mut blocks = Vec::new();
    for mean in 0..MEANS {
        let of_mean: Vec<&(Template, f64)> = kept.iter().filter(|(template, _)| template.mean == mean).collect();
        blocks.extend(of_mean.chunks(LANES).map(|members| posterior_block(&measured, members)));
    }
    let mean_ms = collapse(features, &measured, &blocks);
    Posterior { measured, outliers, blocks, mean_ms }
}

/// The templates that matter, with their weights, heaviest first; given the logs of all weights
/// but for a constant.
fn heaviest(templates: &[Template], log_weights: &[f64]) -> Vec<(Template, f64)> {
    let largest = log_weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights = || log_weights.iter().map(|log_weight| (log_weight - largest).exp());
    let total: f64 = weights().sum();
    let weights = weights().map(|weight| weight / total);
    let mut kept: Vec<(Template, f64)> =
        templates.iter().copied().zip(weights).filter(|(_, weight)| *weight > LEAST_WEIGHT).collect();
    kept.sort_by(|a, b| b.1.total_cmp(&a.1));
    kept.truncate(MOST_TEMPLATES);
    let total: f64 = kept.iter().map(|(_, weight)| weight).sum();
    kept.iter_mut().for_each(|(_, weight)| *weight /= total);
    kept
}

fn posterior_block(measured: &Measured, members: &[&(Template, f64)]) -> PosteriorBlock {
    // A lane without a template repeats the first one, with no weight.
    let member = |lane: usize| members.get(lane).map_or((members[0].0, 0.0), |member| **member);
    let templates = TemplateBlock::of(&from_fn(|lane| member(lane).0));
    let size = measured.references().len();
    let scale_ms = measured.scale_ms(templates.mean, &[]);
    let residuals = measured.residuals(templates.mean, scale_ms);
    let mut factor = vec![Lanes::ZERO; packed_len(size)];
    measured.covariance(&templates, scale_ms, &mut factor);
    inverse_factor(&mut factor, size);
    let whitened: Vec<Lanes> = (0..size)
        .map(|row| (0..=row).fold(Lanes::ZERO, |sum, column| sum + factor[packed(row, column)] * residuals[column]))
        .collect();
    let solution = (0..size)
        .map(|column| (column..size).fold(Lanes::ZERO, |sum, row| sum + factor[packed(row, column)] * whitened[row]))
        .collect();
    let weights = Lanes(from_fn(|lane| member(lane).1));
    PosteriorBlock { weights, templates, scale_ms, inverse_factor: factor, solution }
}

/// The mixture's mean as one linear function.
fn collapse(features: &Features, measured: &Measured, blocks: &[PosteriorBlock]) -> Linear {
    let mut weights = vec![0.0; features.width()];
    let mut mean_weights = [0.0; MEANS];
    for block in blocks {
        let scaled = block.weights * block.scale_ms;
        mean_weights[block.templates.mean] += scaled.0.iter().sum::<f64>();
        for (share, columns) in block.templates.shares.iter().zip(features.groups()) {
            for (solution, row) in block.solution.iter().zip(measured.rows()) {
                let factor: f64 = (scaled * *share * *solution).0.iter().sum();
                for (weight, feature) in weights[columns.clone()].iter_mut().zip(&row.features[columns.clone()]) {
                    *weight += factor * feature;
                }
            }
        }
    }
    features.unscale(&weights, mean_weights)
}
