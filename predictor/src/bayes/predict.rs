//! Prediction: means and 90% intervals in milliseconds.

use super::adapt::{Posterior, PosteriorBlock};
use super::features::{Features, GROUPS, MEANS};
use super::lanes::{LANES, Lanes, dot, packed};
use super::mixture::{Component, quantile};
use super::outliers::OutlierComponent;

/// The noise is in every variance, in units of the squared scale; rounding must not take it away.
pub(crate) const LEAST_VARIANCE: f64 = 1e-9;

/// Mean and 90% interval, before calibration, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Estimate {
    pub(crate) mean_ms: f64,
    pub(crate) low_ms: f64,
    pub(crate) high_ms: f64,
}

impl Estimate {
    /// The interval's sides multiplied by a factor.
    pub(crate) fn widened(self, factor: f64) -> Self {
        Self {
            mean_ms: self.mean_ms,
            low_ms: self.mean_ms - factor * (self.mean_ms - self.low_ms),
            high_ms: self.mean_ms + factor * (self.high_ms - self.mean_ms),
        }
    }
}

/// Predicts with one posterior; keeps what it writes to between architectures.
pub(crate) struct Predictor<'a> {
    features: &'a Features,
    posterior: &'a Posterior,
    row: Vec<f64>,
    /// Products of the row with each reference, by group.
    products: Vec<[f64; GROUPS]>,
    covariances: Vec<Lanes>,
    components: Vec<Component>,
}

impl<'a> Predictor<'a> {
    pub(crate) fn new(features: &'a Features, posterior: &'a Posterior) -> Self {
        let references = posterior.references.len();
        Self {
            features,
            posterior,
            row: vec![0.0; features.width()],
            products: vec![[0.0; GROUPS]; references],
            covariances: vec![Lanes::ZERO; references],
            components: Vec::with_capacity(posterior.blocks.len() * LANES),
        }
    }

    /// Mean and interval of an architecture, given its raw columns.
    pub(crate) fn estimate(&mut self, raw: &[f64]) -> Estimate {
        let means = self.features.fill(raw, &mut self.row);
        let own = self.products_with_references();
        self.components.clear();
        for block in &self.posterior.blocks {
            self.add_components(block, &means, &own);
        }
        let mean_ms = self.posterior.mean_ms.apply(raw);
        let component = |component: &OutlierComponent| Component {
            weight: component.weight,
            mean: mean_ms + component.error_ms,
            inverse_sd: 1.0 / component.deviation_ms,
        };
        self.components.extend(self.posterior.outlier_components.iter().map(component));
        Estimate { mean_ms, low_ms: quantile(&self.components, 0.05), high_ms: quantile(&self.components, 0.95) }
    }

    /// Fills `products`; returns the row's squared norm, by group.
    fn products_with_references(&mut self) -> [f64; GROUPS] {
        let groups = self.features.groups();
        for (products, reference) in self.products.iter_mut().zip(&self.posterior.references) {
            for (product, columns) in products.iter_mut().zip(groups) {
                *product = dot(&self.row[columns.clone()], &reference[columns.clone()]);
            }
        }
        std::array::from_fn(|group| {
            let own = &self.row[groups[group].clone()];
            dot(own, own)
        })
    }

    fn add_components(&mut self, block: &PosteriorBlock, means: &[f64; MEANS], own: &[f64; GROUPS]) {
        let shares = &block.templates.shares;
        let combine = |products: &[f64; GROUPS]| {
            shares.iter().zip(products).fold(Lanes::ZERO, |sum, (share, product)| sum + *share * *product)
        };
        let mut mean = Lanes::splat(means[block.templates.mean]);
        for ((covariance, products), solution) in self.covariances.iter_mut().zip(&self.products).zip(&block.solution) {
            *covariance = combine(products);
            mean += *covariance * *solution;
        }
        let noise = block.templates.noise * self.features.typical_variance();
        let mut variance = combine(own) + noise;
        for row in 0..self.covariances.len() {
            let factor = &block.inverse_factor[packed(row, 0)..=packed(row, row)];
            let whitened = factor.iter().zip(&self.covariances).fold(Lanes::ZERO, |sum, (a, b)| sum + *a * *b);
            variance -= whitened * whitened;
        }
        let quantisation = self.posterior.quantisation_ms2;
        let scale_ms = block.scale_ms;
        let sd = variance.map(|variance| (variance.max(LEAST_VARIANCE) * scale_ms * scale_ms + quantisation).sqrt());
        let mean = mean * scale_ms;
        for lane in 0..LANES {
            if block.weights.0[lane] > 0.0 {
                let (weight, mean, sd) = (block.weights.0[lane], mean.0[lane], sd.0[lane]);
                self.components.push(Component { weight, mean, inverse_sd: 1.0 / sd });
            }
        }
    }
}
