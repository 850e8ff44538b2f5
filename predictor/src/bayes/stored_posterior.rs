//! The posterior of a device as plain numbers, from which predictions come without any fitting.

use std::array::from_fn;
use std::sync::{Arc, OnceLock};

use super::AdaptedBayes;
use super::adapt::{Posterior, PosteriorBlock};
use super::features::{Features, GROUPS, MEANS};
use super::lanes::{LANES, Lanes, packed_len};
use super::linear::Linear;
use super::outliers::OutlierComponent;
use super::raw_columns::{OtherColumns, RawColumns};
use super::template::{Template, TemplateBlock};
use crate::sources::SourceTable;

/// Numbers before the shares in a template's row: weight, milliseconds per unit of relative latency,
/// and noise.
const BEFORE_SHARES: usize = 3;

/// What an adapted `bayes` is stored as, beside its columns. Lists of rows are flat, row by row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StoredPosterior {
    pub(crate) interval_factor: f64,
    /// The typical variance of a relative latency over architectures.
    pub(crate) typical_variance: f64,
    /// The variance that whole milliseconds add.
    pub(crate) quantisation_ms2: f64,
    /// Positions of measurements that were left out.
    pub(crate) outliers: Vec<usize>,
    /// Centre and factor of each feature.
    pub(crate) deviations: Vec<f64>,
    /// The features of each reference.
    pub(crate) references: Vec<f64>,
    /// The mean: a weight for each raw column, and the constant.
    pub(crate) mean_ms: Vec<f64>,
    /// Weight, error and deviation of each outlier's component.
    pub(crate) outlier_components: Vec<f64>,
    /// Which kind of mean each template has.
    pub(crate) template_means: Vec<usize>,
    /// Weight, scale in milliseconds, noise and shares of each template.
    pub(crate) templates: Vec<f64>,
    /// The inverse Cholesky factor of each template's covariance of references, lower triangle.
    pub(crate) inverse_factors: Vec<f64>,
    /// The covariance's inverse times the residuals, for each template.
    pub(crate) solutions: Vec<f64>,
}

impl AdaptedBayes {
    /// What is stored of it, beside its columns.
    pub(crate) fn store(&self) -> StoredPosterior {
        let Posterior { references, quantisation_ms2, outliers, outlier_components, blocks, mean_ms } = &self.posterior;
        let mut stored = StoredPosterior {
            interval_factor: self.interval_factor,
            typical_variance: self.features.typical_variance(),
            quantisation_ms2: *quantisation_ms2,
            outliers: outliers.clone(),
            deviations: self.features.columns().iter().flat_map(|&(centre, factor)| [centre, factor]).collect(),
            references: references.concat(),
            mean_ms: mean_ms.weights.iter().copied().chain([mean_ms.constant]).collect(),
            outlier_components: outlier_components
                .iter()
                .flat_map(|one| [one.weight, one.error_ms, one.deviation_ms])
                .collect(),
            template_means: Vec::new(),
            templates: Vec::new(),
            inverse_factors: Vec::new(),
            solutions: Vec::new(),
        };
        for block in blocks {
            (0..LANES).filter(|&lane| block.weights.0[lane] > 0.0).for_each(|lane| stored.add(block, lane));
        }
        stored
    }

    /// What [`AdaptedBayes::store`] gave; `None` where the parts do not fit together.
    pub(crate) fn restore(sources: SourceTable, other: OtherColumns, stored: StoredPosterior) -> Option<Self> {
        let columns = RawColumns::new(sources, other)?;
        let deviations: Vec<(f64, f64)> = pairs(&stored.deviations)?;
        let features = Features::restore(&columns, deviations, stored.typical_variance)?;
        let blocks = stored.blocks(features.width())?;
        let outlier_component =
            |&[weight, error_ms, deviation_ms]: &[f64; 3]| OutlierComponent { weight, error_ms, deviation_ms };
        let (outlier_components, rest) = stored.outlier_components.as_chunks::<3>();
        let (constant, weights) = stored.mean_ms.split_last()?;
        let fits = rest.is_empty() && weights.len() == columns.width();
        let posterior = Posterior {
            references: stored.references.chunks(features.width()).map(<[f64]>::to_vec).collect(),
            quantisation_ms2: stored.quantisation_ms2,
            outliers: stored.outliers,
            outlier_components: outlier_components.iter().map(outlier_component).collect(),
            blocks,
            mean_ms: Linear { weights: weights.to_vec(), constant: *constant },
        };
        fits.then(|| Self {
            columns: Arc::new(columns),
            features: Arc::new(features),
            interval_factor: stored.interval_factor,
            posterior,
            mean: OnceLock::new(),
        })
    }
}

impl StoredPosterior {
    /// Adds the template in a lane.
    fn add(&mut self, block: &PosteriorBlock, lane: usize) {
        let of_lane = |values: &[Lanes]| -> Vec<f64> { values.iter().map(|value| value.0[lane]).collect() };
        self.template_means.push(block.templates.mean);
        self.templates.extend([block.weights.0[lane], block.scale_ms, block.templates.noise.0[lane]]);
        self.templates.extend(of_lane(&block.templates.shares));
        self.inverse_factors.extend(of_lane(&block.inverse_factor));
        self.solutions.extend(of_lane(&block.solution));
    }

    /// The templates in blocks, as adapting leaves them.
    fn blocks(&self, width: usize) -> Option<Vec<PosteriorBlock>> {
        let templates = self.template_means.len();
        let size = self.references.len().checked_div(width)?;
        let fits = size > 0
            && self.references.len() == size * width
            && self.templates.len() == templates * (BEFORE_SHARES + GROUPS)
            && self.inverse_factors.len() == templates * packed_len(size)
            && self.solutions.len() == templates * size
            && self.template_means.iter().all(|&mean| mean < MEANS)
            && templates > 0;
        if !fits {
            return None;
        }
        let places: Vec<usize> = (0..templates).collect();
        let of_mean = places.chunk_by(|&a, &b| self.template_means[a] == self.template_means[b]);
        Some(of_mean.flat_map(|places| places.chunks(LANES)).map(|places| self.block(places, size)).collect())
    }

    fn block(&self, places: &[usize], size: usize) -> PosteriorBlock {
        // A lane without a template repeats the first one, with no weight.
        let place = |lane: usize| places.get(lane).copied().unwrap_or(places[0]);
        let row = |lane: usize| &self.templates[place(lane) * (BEFORE_SHARES + GROUPS)..][..BEFORE_SHARES + GROUPS];
        let mean = self.template_means[places[0]];
        let template =
            |lane| Template { shares: from_fn(|group| row(lane)[BEFORE_SHARES + group]), noise: row(lane)[2], mean };
        let lanes = |values: &[f64], length: usize| -> Vec<Lanes> {
            (0..length).map(|at| Lanes(from_fn(|lane| values[place(lane) * length + at]))).collect()
        };
        PosteriorBlock {
            weights: Lanes(from_fn(|lane| if lane < places.len() { row(lane)[0] } else { 0.0 })),
            templates: TemplateBlock::of(&from_fn(template)),
            scale_ms: row(0)[1],
            inverse_factor: lanes(&self.inverse_factors, packed_len(size)),
            solution: lanes(&self.solutions, size),
        }
    }
}

fn pairs(values: &[f64]) -> Option<Vec<(f64, f64)>> {
    let (pairs, rest) = values.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|&[first, second]| (first, second)).collect())
}
