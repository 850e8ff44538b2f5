//! Latency predictors that adapt to a device from ten measurements.

pub mod artefact;
pub mod baselines;
pub mod bayes;
mod block_columns;
mod certificate;
pub mod embedding;
mod error;
pub mod evaluation;
pub mod help;
pub mod methods;
pub mod metrics;
pub mod pool;
mod prediction;
mod probes;
mod random;
pub mod sources;
mod standing;
pub mod support;
#[cfg(test)]
mod synthetic;

pub use artefact::{Adapted, Trained, bundled, design};
pub use certificate::Certificate;
pub use error::Error;
pub use prediction::{Interval, Prediction};
pub use probes::probes;
pub use standing::{Standing, standing};
pub use support::{Support, SupportMeasurement};
