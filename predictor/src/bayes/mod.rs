//! `bayes`: closed-form Bayesian few-shot transfer.
//!
//! The latency of a new device over architectures is a draw from a prior that is built of what
//! is known: the source devices, and physics. A handful of measurements gives the posterior in
//! closed form, with intervals.
//!
//! | file | step |
//! |---|---|
//! | `simulated` | random roofline machines over an architecture's kernels |
//! | `table`, `features` | what is known of every architecture, as groups of features |
//! | `template`, `evidence`, `prior` | candidate priors, and how well they explain held-out sources |
//! | `outliers`, `adapt` | the posterior of a new device |
//! | `predict`, `mixture`, `calibration` | means, and intervals that hold |
//! | `design` | which architectures to measure |

mod adapt;
mod calibration;
mod design;
mod evidence;
mod features;
mod lanes;
mod mixture;
mod outliers;
mod predict;
mod prior;
mod simulated;
mod table;
mod template;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use tenshot_onnx_models::spaces::nasbench201::Cell;
use tenshot_onnx_models::{Architecture, Space, kernel_table};

use crate::methods::{AdaptError, AdaptedMethod, MethodName, TrainedMethod, check_space};
use crate::pool::Pool;
use crate::prediction::{Interval, Prediction};
use crate::sources::{SourceTable, TrainError, row_of};
use crate::support::{Support, SupportMeasurement};
use adapt::Posterior;
use calibration::Calibration;
use evidence::Reference;
use features::Features;
use predict::Predictor;
use prior::{Prior, Source, TrainingSet};
use simulated::Simulation;
use table::Table;

pub use calibration::SourceScore;

/// The trained method.
#[derive(Debug, Clone)]
pub struct Bayes {
    knowledge: Arc<Knowledge>,
}

#[derive(Debug)]
struct Knowledge {
    table: Table,
    features: Features,
    prior: Prior,
    seed: u64,
    /// What intervals are multiplied by.
    interval_factor: f64,
}

/// What a trained `bayes` is stored as, beside the facts of its sources.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) relative: Vec<f32>,
    pub(crate) simulated_mean: Vec<f32>,
    pub(crate) simulated_variance: f64,
    pub(crate) training: Vec<usize>,
    pub(crate) template_weights: Vec<f32>,
    pub(crate) seed: u64,
    pub(crate) interval_factor: f64,
}

impl Bayes {
    /// Trains on the sources, which were fitted on the same pool, and says how well each source
    /// was predicted when its model, and again its platform, was left out.
    ///
    /// # Errors
    ///
    /// A space that the method cannot work with.
    pub fn train(pool: &Pool, sources: &SourceTable, seed: u64) -> Result<(Self, Vec<SourceScore>), TrainError> {
        let unsupported = || TrainError::Space { space: pool.space() };
        let architectures: Vec<Architecture> = pool.space().enumerate().ok_or_else(unsupported)?.collect();
        let measured = &pool.architectures()[pool.ranges().training.clone()];
        let training: Vec<usize> = measured.iter().map(row_of).collect::<Option<_>>().ok_or_else(unsupported)?;
        let simulation = Simulation::new(&kernel_table(pool.space()), &architectures, &training, seed);
        let simulated_mean = simulation.mean.iter().map(|&mean| mean as f32).collect();
        let table = Table::new(sources.clone(), simulated_mean, simulation.variance, training);
        let table = table.ok_or_else(unsupported)?;
        let sources = sources_of(pool, sources)?;
        let set = TrainingSet { table, sources, simulated_targets: simulation.targets };
        let members: Vec<usize> = (0..set.sources.len()).collect();
        let prior = set.train(&members, seed).ok_or_else(unsupported)?;
        let Calibration { interval_factor, scores } = Calibration::of(&set, seed);
        Ok((Self::assemble(set.table, prior, seed, interval_factor), scores))
    }

    fn assemble(table: Table, prior: Prior, seed: u64, interval_factor: f64) -> Self {
        let all: Vec<usize> = (0..table.source_table().count()).collect();
        let features = Features::new(&table, &all);
        Self { knowledge: Arc::new(Knowledge { table, features, prior, seed, interval_factor }) }
    }

    /// The sources.
    pub fn sources(&self) -> &SourceTable {
        self.knowledge.table.source_table()
    }

    /// What intervals are multiplied by so that they cover 90% on source devices.
    pub fn interval_factor(&self) -> f64 {
        self.knowledge.interval_factor
    }

    /// `count` architectures whose measurements tell most of a new device, chosen greedily from
    /// 400 random training architectures that do work; the first ones tell most.
    pub fn design(&self, count: usize, seed: u64) -> Vec<Architecture> {
        let Knowledge { table, features, prior, .. } = &*self.knowledge;
        let rows = design::design(features, table, prior, &table.live_training(), count, seed);
        rows.into_iter().filter_map(Cell::from_ordinal).map(Architecture::from).collect()
    }

    pub(crate) fn store(&self) -> Stored {
        let Knowledge { table, prior, seed, interval_factor, .. } = &*self.knowledge;
        Stored {
            relative: table.source_table().all().to_vec(),
            simulated_mean: table.simulated_means().to_vec(),
            simulated_variance: table.moments().simulated_variance,
            training: table.training().to_vec(),
            template_weights: prior.weights().iter().map(|&weight| weight as f32).collect(),
            seed: *seed,
            interval_factor: *interval_factor,
        }
    }

    /// What [`Bayes::store`] gave; `None` where the parts do not fit together.
    pub(crate) fn restore(sources: SourceTable, stored: Stored) -> Option<Self> {
        let weights: Vec<f64> = stored.template_weights.into_iter().map(f64::from).collect();
        let prior = Prior::new(stored.seed, &weights)?;
        let table = Table::new(sources, stored.simulated_mean, stored.simulated_variance, stored.training)?;
        Some(Self::assemble(table, prior, stored.seed, stored.interval_factor))
    }

    /// Adapts to a device: [`TrainedMethod::adapt`] with the type that it gives.
    ///
    /// # Errors
    ///
    /// Measurements of another space.
    pub fn adapt_to(&self, support: &Support) -> Result<AdaptedBayes, AdaptError> {
        check_space(support, self.space())?;
        let reference = |measurement: &SupportMeasurement| {
            let row = row_of(&measurement.architecture)?;
            let extra_relative_noise = measurement.extra_noise;
            Some(Reference { row, latency_ms: measurement.latency_ms, extra_relative_noise })
        };
        let references: Vec<Reference> = support.measurements().iter().filter_map(reference).collect();
        let Knowledge { table, features, prior, .. } = &*self.knowledge;
        let posterior = adapt::adapt(features, table, prior, &references);
        Ok(AdaptedBayes { knowledge: Arc::clone(&self.knowledge), posterior })
    }
}

fn sources_of(pool: &Pool, sources: &SourceTable) -> Result<Vec<Source>, TrainError> {
    let source = |(column, facts): (usize, &crate::sources::SourceFacts)| {
        let device = pool.device(&facts.name).map_err(|_| TrainError::NoDevices)?;
        Ok(Source {
            column,
            model: facts.model.clone(),
            platform: facts.platform.clone(),
            latencies_ms: device.latencies_ms[pool.ranges().training.clone()].to_vec(),
        })
    };
    sources.facts().iter().enumerate().map(source).collect()
}

impl TrainedMethod for Bayes {
    fn name(&self) -> MethodName {
        MethodName::Bayes
    }

    fn space(&self) -> Space {
        self.sources().space()
    }

    fn adapt(&self, support: &Support) -> Result<Box<dyn AdaptedMethod>, AdaptError> {
        Ok(Box::new(self.adapt_to(support)?))
    }

    fn expected_cost(&self, architectures: &[Architecture]) -> Vec<f64> {
        self.sources().mean_relative(architectures)
    }
}

/// The method, knowing a device.
#[derive(Debug, Clone)]
pub struct AdaptedBayes {
    knowledge: Arc<Knowledge>,
    posterior: Posterior,
}

impl AdaptedBayes {
    /// Positions in the support of measurements that were left out as outliers.
    pub fn outliers(&self) -> &[usize] {
        &self.posterior.outliers
    }
}

impl AdaptedMethod for AdaptedBayes {
    fn predict(&self, architectures: &[Architecture]) -> Vec<Prediction> {
        let Knowledge { table, features, interval_factor, .. } = &*self.knowledge;
        let mut predictor = Predictor::new(features, table, &self.posterior);
        let mut of_row = |row: usize| {
            let estimate = predictor.estimate(row).widened(*interval_factor);
            // No latency is negative, whatever a Gaussian says.
            let [mean_ms, low, high] =
                [estimate.mean_ms, estimate.low_ms, estimate.high_ms].map(|value| value.max(0.0));
            Prediction { mean_ms, interval_ms: Some(Interval { low, high }) }
        };
        let unknown = Prediction { mean_ms: f64::NAN, interval_ms: None };
        architectures.iter().map(|one| row_of(one).map_or(unknown, &mut of_row)).collect()
    }

    fn means_ms(&self, architectures: &[Architecture]) -> Vec<f64> {
        let mean_ms = |row| self.posterior.mean_ms.apply(&self.knowledge.table, row).max(0.0);
        architectures.iter().map(|one| row_of(one).map_or(f64::NAN, mean_ms)).collect()
    }
}
