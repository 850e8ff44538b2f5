//! Predictors as files: trained, and adapted to a device.
//!
//! One safetensors file each, whose bytes are the same for the same content.
//!
//! | where | what |
//! |---|---|
//! | metadata `tenshot_predictor` | JSON: [`FileHeader`] |
//! | tensor `relative_latency` | F32 \[architectures, sources\]: predicted latency on each source, relative to its mean |
//! | tensor `simulated_mean` | F32 \[architectures\]: mean relative latency of the simulated devices |
//! | tensor `training` | U32 \[training architectures\]: their rows |
//! | tensor `template_weights` | F32 \[templates\] |
//! | tensors `model.*`, `task_lr.*`, `inference.*` | F32, in place of those above: `help`'s network, rates and z modulator, named as in the authors' checkpoints |
//! | tensors `anp.*` | F32, in place of those above: the network of `anp` |
//!
//! Rows are in the canonical order of the space. Of spaces too large to list, the first three
//! tensors are replaced; blocks are in the order of `all_blocks`:
//!
//! | tensor | what |
//! |---|---|
//! | `source_blocks`, `source_constants` | F32 \[blocks, sources\], \[sources\]: a relative latency is the sum over an architecture's blocks, and the constant |
//! | `simulated_blocks`, `simulated_constants` | the same of the simulated devices' principal components, and last their mean |
//! | `column_moments` | F64 \[columns, 2\]: mean and variance of each column over the training architectures |
//! | `training_architectures` | U8, UTF-8: training architectures that references are designed from, one a line |
//!
//! An adapted file holds the measurements and the posterior itself, with the version of the code that
//! adapted: reading fits nothing, so that a version of a predictor stays what it was. In place of
//! what training alone needs (`training`, `column_moments`, `training_architectures`,
//! `template_weights`, and the tensors of `help`) it has
//!
//! | tensor | what |
//! |---|---|
//! | `posterior.deviations` | `bayes`: F64 \[features, 2\]: centre and factor of each feature |
//! | `posterior.references` | F64 \[references, features\]: those that were kept |
//! | `posterior.mean_ms` | F64 \[1, columns + 1\]: the mean as a linear function of raw columns, its constant last |
//! | `posterior.templates`, `posterior.template_means` | F64 \[templates, 7\]: weight, scale in ms, noise, shares of the groups; U32: kinds of mean |
//! | `posterior.inverse_factors`, `posterior.solutions` | F64, by template: the references' inverse Cholesky factor, and what weighs them |
//! | `posterior.outliers` | F64 \[outliers, 3\]: weight, error and deviation in ms |
//! | `posterior.N.*` | F32: `help`'s network after the inner steps, one for each draw N of z |
//! | `posterior.blocks_ms` | F64: the latencies of `layerwise`'s blocks |
//!
//! and the method's other numbers in the header's `adaptation.posterior`. `anp` keeps its network, and
//! there the measurements that it attends to. Adapted files of format 1 hold the trained predictor and
//! the measurements alone; they are fitted when they are read, by whatever code reads them.

mod adapted;
mod bundled;
mod error;
mod file;
mod header;
mod method_training;
mod methods;
mod stored_method;
mod tensors;
#[cfg(test)]
mod tests;
mod trained_predictor;
mod training;

pub use adapted::Adapted;
pub use bundled::bundled;
pub use error::{ArtefactError, ForeignArchitecture};
pub use header::{Adaptation, BayesSettings, FORMAT_VERSION, FileHeader, TrainedHeader};
pub use method_training::MethodTraining;
pub(crate) use stored_method::{PlainComputation, PlainPredictor};
pub use trained_predictor::{Trained, design};
pub use training::{EpisodePlan, TrainingOption, TrainingRequest};
