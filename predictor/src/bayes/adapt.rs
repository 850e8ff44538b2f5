//! Adaptation: the posterior of a new device's latencies, in closed form.

use std::array::from_fn;

use super::evidence::Measured;
use super::features::{Features, GROUPS, MEANS, Row};
use super::lanes::{LANES, Lanes, dot, inverse_factor, packed, packed_len};
use super::linear::Linear;
use super::outliers::{self, OutlierComponent, Screening};
use super::prior::Prior;
use super::template::{Template, TemplateBlock};

/// Templates of less weight are left out of the posterior.
const LEAST_WEIGHT: f64 = 1e-3;
/// The most templates that a posterior keeps.
const MOST_TEMPLATES: usize = 32;

/// The posterior: a mixture over templates, each a Gaussian process.
#[derive(Debug, Clone)]
pub(crate) struct Posterior {
    /// The features of each reference that was kept.
    pub(crate) references: Vec<Vec<f64>>,
    /// The variance that whole milliseconds add, in squared milliseconds.
    pub(crate) quantisation_ms2: f64,
    /// Positions of the references that were left out as outliers.
    pub(crate) outliers: Vec<usize>,
    /// Weights of these and of the blocks sum to 1.
    pub(crate) outlier_components: Vec<OutlierComponent>,
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
    // Compiled for the machine at hand: wider instructions, but the same results to the bit.
    pulp::Arch::new().dispatch(|| posterior(features, prior, all))
}

#[inline(always)]
fn posterior(features: &Features, prior: &Prior, all: Measured) -> Posterior {
    let Screening { dropped: outliers, log_joint } = outliers::screen(&all, prior.blocks(), prior.log_weights());
    let size = all.references().len();
    let left_out: Vec<(Row, f64)> =
        outliers.iter().map(|&one| (all.rows()[one].clone(), all.references()[one].latency_ms)).collect();
    let measured = if outliers.is_empty() { all } else { all.without(&outliers) };
    let kept = heaviest(prior.templates(), &log_joint);
    let mut blocks = Vec::new();
    for mean in 0..MEANS {
        let of_mean: Vec<&(Template, f64)> = kept.iter().filter(|(template, _)| template.mean == mean).collect();
        blocks.extend(of_mean.chunks(LANES).map(|members| posterior_block(&measured, members)));
    }
    let mean = Mean::of(features, &measured, &blocks);
    let errors: Vec<f64> = left_out.iter().map(|(row, latency_ms)| latency_ms - mean.at(row)).collect();
    let outlier_components = outliers::outlier_components(size, measured.scale_ms(0, &[]), &errors);
    let share = 1.0 - outlier_components.iter().map(|component| component.weight).sum::<f64>();
    blocks.iter_mut().for_each(|block| block.weights = block.weights * share);
    let mean_ms = features.unscale(&mean.on_features, mean.on_means);
    let quantisation_ms2 = measured.quantisation_ms2();
    let references = measured.into_features();
    Posterior { references, quantisation_ms2, outliers, outlier_components, blocks, mean_ms }
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

#[inline(always)]
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

/// The blocks' mean as one linear function of features and means, in milliseconds.
struct Mean {
    on_features: Vec<f64>,
    on_means: [f64; MEANS],
}

impl Mean {
    #[inline(always)]
    fn of(features: &Features, measured: &Measured, blocks: &[PosteriorBlock]) -> Self {
        let mut on_means = [0.0; MEANS];
        // What each reference's features weigh, by group.
        let mut factors = vec![[Lanes::ZERO; GROUPS]; measured.rows().len()];
        for block in blocks {
            let scaled = block.weights * block.scale_ms;
            on_means[block.templates.mean] += scaled.0.iter().sum::<f64>();
            for (factors, solution) in factors.iter_mut().zip(&block.solution) {
                for (factor, share) in factors.iter_mut().zip(&block.templates.shares) {
                    *factor += scaled * *share * *solution;
                }
            }
        }
        let mut on_features = vec![0.0; features.width()];
        for (factors, row) in factors.iter().zip(measured.rows()) {
            for (factor, columns) in factors.iter().zip(features.groups()) {
                let factor: f64 = factor.0.iter().sum();
                for (weight, feature) in on_features[columns.clone()].iter_mut().zip(&row.features[columns.clone()]) {
                    *weight += factor * feature;
                }
            }
        }
        Self { on_features, on_means }
    }

    fn at(&self, row: &Row) -> f64 {
        dot(&self.on_features, &row.features) + dot(&self.on_means, &row.means)
    }
}
