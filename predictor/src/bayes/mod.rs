//! `bayes`: closed-form Bayesian few-shot transfer.
//!
//! The latency of a new device over architectures is a draw from a prior that is built of what
//! is known: the source devices, and physics. A handful of measurements gives the posterior in
//! closed form, with intervals.
//!
//! | file | step |
//! |---|---|
//! | `simulated` | random roofline machines over an architecture's kernels |
//! | `raw_columns`, `training_table`, `features` | what is known of every architecture, as groups of features |
//! | `template`, `evidence`, `prior` | candidate hyperparameters, weighted by how well they explain held-out sources |
//! | `outliers`, `adapt` | the posterior of a new device |
//! | `predict`, `mixture`, `calibration` | means, and intervals that hold |
//! | `mixture_form` | all of it as linear functions, for export |
//! | `stored_posterior` | all of it as plain numbers, for files |
//! | `design` | which architectures to measure |

mod adapt;
mod calibration;
mod design;
mod evidence;
mod features;
mod lanes;
mod linear;
mod mixture;
mod mixture_form;
mod operation_counts;
mod outliers;
mod predict;
mod prior;
mod raw_columns;
mod simulated;
mod stored_posterior;
mod template;
#[cfg(test)]
mod tests;
mod training_table;

use std::sync::{Arc, OnceLock};

use tenshot_onnx_models::spaces::nasbench201::Cell;
use tenshot_onnx_models::{Architecture, Space, kernel_table, with_space};

use crate::block_columns::{BlockColumns, BlockNumbers};
use crate::methods::{AdaptError, AdaptedMethod, MethodName, TrainedMethod, check_space};
use crate::pool::{Pool, PoolDevice};
use crate::prediction::{Interval, Prediction};
use crate::sources::{SourceFacts, SourceTable, row_of, training_latencies, training_of};
use crate::spaces::{PredictorSpace, does_work};
use crate::support::{Support, SupportMeasurement};
use crate::train_error::TrainError;
use adapt::Posterior;
use calibration::Calibration;
use evidence::{Measured, Reference};
use features::Features;
use linear::Collapsed;
use predict::Predictor;
use prior::{Prior, Source, TrainingSet};
use raw_columns::RawColumns;
use simulated::Simulation;
use training_table::TrainingTable;

pub use calibration::SourceScore;
pub(crate) use linear::Linear;
pub(crate) use mixture_form::{ComponentForm, MixtureForm};
pub(crate) use raw_columns::OtherColumns;
pub(crate) use stored_posterior::StoredPosterior;

/// The trained method.
#[derive(Debug, Clone)]
pub struct Bayes {
    knowledge: Arc<Knowledge>,
}

#[derive(Debug)]
struct Knowledge {
    table: TrainingTable,
    features: Arc<Features>,
    prior: Prior,
    seed: u64,
    /// The calibration factor of the intervals.
    interval_factor: f64,
}

/// What a trained `bayes` is stored as, beside its sources.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) beside: StoredBeside,
    pub(crate) simulated_variance: f64,
    pub(crate) template_weights: Vec<f32>,
    pub(crate) seed: u64,
    pub(crate) interval_factor: f64,
}

/// What is known of architectures beside the sources, as it is stored.
#[derive(Debug, Clone)]
pub(crate) enum StoredBeside {
    /// Of an enumerated space.
    Cells {
        simulated_mean: Vec<f32>,
        /// Rows of the training architectures in the tables of the space.
        training: Vec<usize>,
    },
    /// Of a space by blocks.
    Blocks {
        simulated: BlockColumns,
        /// Mean and variance of every column over the training architectures.
        moments: Vec<(f64, f64)>,
        /// Training architectures that references are designed from.
        training: Vec<Architecture>,
    },
}

impl Bayes {
    /// Trains on the sources, which were fitted on the same pool, and says how well each source
    /// was predicted when its model, and again its platform, was left out.
    ///
    /// # Errors
    /// A space that the method cannot work with.
    pub fn train(pool: &Pool, sources: &SourceTable, seed: u64) -> Result<(Self, Vec<SourceScore>), TrainError> {
        let unsupported = || TrainError::Space { space: pool.space() };
        let devices = devices_of(pool, sources)?;
        let (training, measured) = training_of(pool, &devices);
        let kernels = kernel_table(pool.space());
        let simulation = Simulation::new(&BlockNumbers::of(pool.space()), &kernels, &training, seed);
        let (table, rows) = TrainingTable::train(sources, &simulation, &training).ok_or_else(unsupported)?;
        let source = |(column, (device, rows)): (usize, (&&PoolDevice, std::ops::Range<usize>))| Source {
            column,
            model: device.model.clone(),
            platform: device.platform.clone(),
            rows,
            latencies_ms: training_latencies(pool, device).to_vec(),
        };
        let sources = devices.iter().zip(measured).enumerate().map(source).collect();
        let target = |target| simulation.relative(target, &training);
        let simulated_targets = simulation.targets.iter().map(target).collect();
        let set = TrainingSet { table, rows, sources, simulated_targets };
        let members: Vec<usize> = (0..set.sources.len()).collect();
        let prior = set.train(&members, seed).ok_or_else(unsupported)?;
        let Calibration { interval_factor, scores } = Calibration::of(&set, seed);
        Ok((Self::assemble(set.table, prior, seed, interval_factor), scores))
    }

    fn assemble(table: TrainingTable, prior: Prior, seed: u64, interval_factor: f64) -> Self {
        let all: Vec<usize> = (0..table.rows().sources().count()).collect();
        let features = Arc::new(Features::new(&table, &all));
        Self { knowledge: Arc::new(Knowledge { table, features, prior, seed, interval_factor }) }
    }

    /// The sources.
    pub fn sources(&self) -> &SourceTable {
        self.knowledge.table.rows().sources()
    }

    /// The columns beside those of the sources.
    pub(crate) fn other_columns(&self) -> &OtherColumns {
        self.knowledge.table.rows().other_columns()
    }

    /// The factor by which intervals are stretched so that they cover 90% on source devices.
    pub fn interval_factor(&self) -> f64 {
        self.knowledge.interval_factor
    }

    /// `count` architectures whose measurements tell most of a new device, chosen greedily from
    /// 400 random training architectures that do work; the first ones tell most.
    pub fn design(&self, count: usize, seed: u64) -> Vec<Architecture> {
        self.design_from(self.knowledge.table.kept(), count, seed)
    }

    /// The same from 400 random ones of these candidates.
    pub fn design_from(&self, candidates: &[Architecture], count: usize, seed: u64) -> Vec<Architecture> {
        let Knowledge { table, features, prior, .. } = &*self.knowledge;
        let candidates: Vec<Architecture> = candidates.iter().copied().filter(does_work).collect();
        design::design(features, table, prior, &candidates, count, seed)
    }

    pub(crate) fn store(&self) -> Stored {
        let Knowledge { table, prior, seed, interval_factor, .. } = &*self.knowledge;
        let beside = match table.rows().other_columns() {
            OtherColumns::Cells { simulated_mean } => StoredBeside::Cells {
                simulated_mean: simulated_mean.clone(),
                training: table.kept().iter().filter_map(row_of).collect(),
            },
            OtherColumns::Blocks { simulated } => StoredBeside::Blocks {
                simulated: simulated.clone(),
                moments: table.moments().columns.clone(),
                training: table.kept().to_vec(),
            },
        };
        Stored {
            beside,
            simulated_variance: table.moments().simulated_variance,
            template_weights: prior.weights().iter().map(|&weight| weight as f32).collect(),
            seed: *seed,
            interval_factor: *interval_factor,
        }
    }

    /// What [`Bayes::store`] gave; `None` where the parts do not fit together.
    pub(crate) fn restore(sources: SourceTable, stored: Stored) -> Option<Self> {
        let weights: Vec<f64> = stored.template_weights.into_iter().map(f64::from).collect();
        let settings = with_space!(sources.space(), S => S::BAYES);
        let prior = Prior::new(&settings, stored.seed, &weights)?;
        let variance = stored.simulated_variance;
        let table = match stored.beside {
            StoredBeside::Cells { simulated_mean, training } => {
                let cell = |row| Some(Architecture::from(Cell::from_ordinal(row)?));
                let training = training.into_iter().map(cell).collect::<Option<_>>()?;
                TrainingTable::of_cells(sources, simulated_mean, variance, training)?
            }
            StoredBeside::Blocks { simulated, moments, training } => {
                TrainingTable::of_blocks(sources, simulated, moments, variance, training)?
            }
        };
        Some(Self::assemble(table, prior, stored.seed, stored.interval_factor))
    }

    /// Adapts to a device: [`TrainedMethod::adapt`] with the type that it gives.
    ///
    /// # Errors
    /// Measurements of another space.
    pub fn adapt_to(&self, support: &Support) -> Result<AdaptedBayes, AdaptError> {
        check_space(support, self.space())?;
        let Knowledge { table, features, prior, .. } = &*self.knowledge;
        let raw = |measurement: &SupportMeasurement| table.rows().raw(&measurement.architecture);
        let rows: Vec<Vec<f64>> = support.measurements().iter().filter_map(raw).collect();
        let reference = |measurement: &SupportMeasurement| Reference {
            latency_ms: measurement.latency_ms,
            extra_relative_noise: measurement.extra_noise,
        };
        let references = support.measurements().iter().map(reference);
        let measured = Measured::new(features, rows.iter().map(Vec::as_slice).zip(references));
        let posterior = adapt::adapt(features, prior, measured);
        Ok(AdaptedBayes {
            columns: table.shared_rows(),
            features: Arc::clone(features),
            interval_factor: self.interval_factor(),
            posterior,
            mean: OnceLock::new(),
        })
    }
}

/// The pool's devices that sources were fitted on.
fn devices_of<'a>(pool: &'a Pool, sources: &SourceTable) -> Result<Vec<&'a PoolDevice>, TrainError> {
    let device = |facts: &SourceFacts| pool.device(&facts.name).map_err(|_| TrainError::NoDevices);
    sources.facts().iter().map(device).collect()
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

/// `bayes` adapted to a device: the posterior, which is all that predictions come from. Of the
/// training it has the columns alone that architectures are read as.
#[derive(Debug, Clone)]
pub struct AdaptedBayes {
    columns: Arc<RawColumns>,
    features: Arc<Features>,
    /// What intervals are multiplied by.
    interval_factor: f64,
    posterior: Posterior,
    /// The mean as a collapsed linear function, made at its first use.
    mean: OnceLock<Collapsed>,
}

impl AdaptedBayes {
    /// Positions in the support of measurements that were left out as outliers.
    pub fn outliers(&self) -> &[usize] {
        &self.posterior.outliers
    }

    /// The sources.
    pub(crate) fn sources(&self) -> &SourceTable {
        self.columns.sources()
    }

    /// The columns beside those of the sources.
    pub(crate) fn other_columns(&self) -> &OtherColumns {
        self.columns.other_columns()
    }

    /// How many references were kept.
    pub(crate) fn references(&self) -> usize {
        self.posterior.references.len()
    }

    /// The mean of an architecture's latency; `None` for one of another space.
    fn mean_ms(&self, architecture: &Architecture) -> Option<f64> {
        let rows = &self.columns;
        let mean = self.mean.get_or_init(|| rows.collapse(&self.posterior.mean_ms));
        // No latency is negative, whatever a Gaussian says.
        Some(rows.evaluate(mean, architecture)?.max(0.0))
    }
}

impl AdaptedMethod for AdaptedBayes {
    fn predict(&self, architectures: &[Architecture]) -> Vec<Prediction> {
        let mut predictor = Predictor::new(&self.features, &self.posterior);
        let mut prediction = |architecture: &Architecture| {
            let mean_ms = self.mean_ms(architecture)?;
            let estimate = predictor.estimate(&self.columns.raw(architecture)?).widened(self.interval_factor);
            let [low, high] = [estimate.low_ms, estimate.high_ms].map(|value| value.max(0.0));
            Some(Prediction { mean_ms, interval_ms: Some(Interval { low, high }) })
        };
        let unknown = Prediction { mean_ms: f64::NAN, interval_ms: None };
        architectures.iter().map(|one| prediction(one).unwrap_or(unknown)).collect()
    }

    fn means_ms(&self, architectures: &[Architecture]) -> Vec<f64> {
        architectures.iter().map(|one| self.mean_ms(one).unwrap_or(f64::NAN)).collect()
    }
}
