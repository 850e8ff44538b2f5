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
//! An adapted file holds the trained predictor and the measurements: adapting takes less time than
//! reading, and is repeated on reading.

mod adapted;
mod bayes;
mod bundled;
mod error;
mod header;
mod tensors;
#[cfg(test)]
mod tests;
mod trained;

pub use adapted::Adapted;
pub use bundled::bundled;
pub use error::{ArtefactError, ForeignArchitecture};
pub use header::{Adaptation, BayesSettings, FORMAT_VERSION, FileHeader, TrainedHeader};
pub(crate) use trained::Method;
pub use trained::{Trained, design};
