//! An adapted `bayes` as plain linear functions of raw columns, for export.

use super::AdaptedBayes;
use super::adapt::PosteriorBlock;
use super::features::{Features, GROUPS, MEANS};
use super::lanes::{LANES, packed};
use super::linear::Linear;
use super::outliers::OutlierComponent;
use super::predict::LEAST_VARIANCE;

/// What an adapted `bayes` predicts: with x the raw columns and d their deviations
/// (x - centre) factor, all but the last column's,
///
/// - the mean is a linear function of x;
/// - the interval is that of a mixture of Gaussians, its sides multiplied by a factor.
#[derive(Debug, Clone)]
pub(crate) struct MixtureForm {
    pub(crate) mean_ms: Linear,
    /// Centre and factor of each deviation.
    pub(crate) deviations: Vec<(f64, f64)>,
    pub(crate) components: Vec<ComponentForm>,
    pub(crate) interval_factor: f64,
}

/// A Gaussian of the mixture. Its variance is, in units of the squared scale and at least
/// [`MixtureForm::LEAST_VARIANCE`], `prior_variance` of d∘d less the squares of all `explained`
/// of d.
#[derive(Debug, Clone)]
pub(crate) struct ComponentForm {
    pub(crate) weight: f64,
    /// Of x.
    pub(crate) mean_ms: Linear,
    pub(crate) prior_variance: Linear,
    pub(crate) explained: Vec<Linear>,
    pub(crate) scale_ms: f64,
    /// Added to the variance.
    pub(crate) extra_variance_ms2: f64,
}

impl MixtureForm {
    pub(crate) const LEAST_VARIANCE: f64 = LEAST_VARIANCE;
}

impl AdaptedBayes {
    /// The raw columns of an architecture; `None` for one of another space.
    pub(crate) fn raw(&self, architecture: &tenshot_onnx_models::Architecture) -> Option<Vec<f64>> {
        self.columns.raw(architecture)
    }

    /// What it predicts, as functions of the raw columns.
    pub(crate) fn form(&self) -> MixtureForm {
        let features = &self.features;
        let posterior = &self.posterior;
        let deviations = features.columns().split_last().map_or(&[][..], |(_, columns)| columns).to_vec();
        let count = deviations.len();
        let outlier_components =
            posterior.outlier_components.iter().map(|component| self.outlier_component(component, count));
        let of_block = |block| (0..LANES).filter_map(move |lane| self.component(block, lane));
        MixtureForm {
            mean_ms: posterior.mean_ms.clone(),
            deviations,
            components: posterior.blocks.iter().flat_map(of_block).chain(outlier_components).collect(),
            interval_factor: self.interval_factor,
        }
    }

    /// The component of a lane; `None` where it has no weight.
    fn component(&self, block: &PosteriorBlock, lane: usize) -> Option<ComponentForm> {
        let features = &self.features;
        let rows = &self.posterior.references;
        let shares = shares(features, block.templates.shares.map(|share| share.0[lane]));
        let weighted = |weights: &dyn Fn(usize) -> f64, count: usize| -> Vec<f64> {
            let sum = |column: usize| (0..count).map(|row| weights(row) * rows[row][column]).sum::<f64>();
            shares.iter().enumerate().map(|(column, share)| share * sum(column)).collect()
        };
        let mut mean_weights = [0.0; MEANS];
        mean_weights[block.templates.mean] = 1.0;
        let on_features = weighted(&|row| block.solution[row].0[lane], rows.len());
        let mean = features.unscale(&on_features, mean_weights);
        let constant = features.typical_variance().sqrt();
        let explained = |row: usize| {
            let weights = weighted(&|column| block.inverse_factor[packed(row, column)].0[lane], row + 1);
            let (last, weights) = weights.split_last()?;
            Some(Linear { weights: weights.to_vec(), constant: last * constant })
        };
        let (share, shares) = shares.split_last()?;
        let noise = block.templates.noise.0[lane];
        let weight = block.weights.0[lane];
        (weight > 0.0).then_some(ComponentForm {
            weight,
            mean_ms: Linear {
                weights: mean.weights.iter().map(|weight| weight * block.scale_ms).collect(),
                constant: mean.constant * block.scale_ms,
            },
            prior_variance: Linear {
                weights: shares.to_vec(),
                constant: (share + noise) * features.typical_variance(),
            },
            explained: (0..rows.len()).filter_map(explained).collect(),
            scale_ms: block.scale_ms,
            extra_variance_ms2: self.posterior.quantisation_ms2,
        })
    }

    /// The component of an outlier: the mean and an error, with a variance that is the same for all.
    fn outlier_component(&self, outlier: &OutlierComponent, deviations: usize) -> ComponentForm {
        let mean = self.posterior.mean_ms.clone();
        let nothing = Linear { weights: vec![0.0; deviations], constant: 0.0 };
        ComponentForm {
            weight: outlier.weight,
            mean_ms: Linear { constant: mean.constant + outlier.error_ms, ..mean },
            explained: vec![nothing.clone(); self.posterior.references.len()],
            prior_variance: nothing,
            scale_ms: 0.0,
            extra_variance_ms2: outlier.deviation_ms * outlier.deviation_ms,
        }
    }
}

/// The share of each feature's group; the last feature is the constant.
fn shares(features: &Features, by_group: [f64; GROUPS]) -> Vec<f64> {
    let groups = by_group.into_iter().zip(features.groups());
    groups.flat_map(|(share, columns)| columns.clone().map(move |_| share)).collect()
}

#[cfg(test)]
mod tests {
    use tenshot_onnx_models::{Architecture, Space};

    use super::super::Bayes;
    use super::super::mixture::{Component, quantile};
    use super::*;
    use crate::methods::AdaptedMethod;
    use crate::sources::SourceTable;
    use crate::support::Support;
    use crate::synthetic;

    fn component(form: &MixtureForm, one: &ComponentForm, raw: &[f64]) -> Component {
        let deviations: Vec<f64> =
            raw.iter().zip(&form.deviations).map(|(x, (centre, by))| (x - centre) * by).collect();
        let squares: Vec<f64> = deviations.iter().map(|deviation| deviation * deviation).collect();
        let explained: f64 = one.explained.iter().map(|row| row.apply(&deviations).powi(2)).sum();
        let variance = (one.prior_variance.apply(&squares) - explained).max(MixtureForm::LEAST_VARIANCE);
        let variance_ms2 = variance * one.scale_ms.powi(2) + one.extra_variance_ms2;
        Component { weight: one.weight, mean: one.mean_ms.apply(raw), inverse_sd: variance_ms2.sqrt().recip() }
    }

    #[test]
    fn the_form_predicts_as_the_method() {
        let pool = synthetic::pool();
        let devices = pool.select(&synthetic::SOURCES.map(str::to_owned)).unwrap();
        let (bayes, _) = Bayes::train(&pool, &SourceTable::fit(&pool, &devices).unwrap(), 0).unwrap();
        let architectures = Space::NasBench201.sample(1, 60).unwrap();
        let support = synthetic::support(&architectures[..10]);
        let mut measurements = support.measurements().to_vec();
        measurements[3].latency_ms *= 3.0;
        for (support, outliers) in [(support, 0), (Support::new(measurements).unwrap(), 1)] {
            let adapted = bayes.adapt_to(&support).unwrap();
            assert_eq!(adapted.outliers().len(), outliers);
            assert_predicts(&adapted, &architectures);
        }
    }

    fn assert_predicts(adapted: &AdaptedBayes, architectures: &[Architecture]) {
        let form = adapted.form();
        for (prediction, architecture) in adapted.predict(architectures).iter().zip(architectures) {
            let raw = adapted.raw(architecture).unwrap();
            let mixture: Vec<Component> = form.components.iter().map(|one| component(&form, one, &raw)).collect();
            let mean_ms = form.mean_ms.apply(&raw);
            let end = |probability| mean_ms + form.interval_factor * (quantile(&mixture, probability) - mean_ms);
            let interval = prediction.interval_ms.unwrap();
            let pairs = [(mean_ms, prediction.mean_ms), (end(0.05), interval.low), (end(0.95), interval.high)];
            for (found, expected) in pairs {
                assert!((found.max(0.0) - expected).abs() < 1e-6 * prediction.mean_ms, "{found} {expected}");
            }
        }
    }
}
