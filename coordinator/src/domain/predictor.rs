//! Predictor versions, trained predictors, and what is asked of them.

use tenshot_measurement::{Metric, ModelHash, PredictorId, Target};
use tenshot_onnx_models::Architecture;
use tenshot_predictor::{Certificate, Prediction};

use super::UnixMillis;

/// An adapted predictor: an immutable version of a target and space.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictorSummary {
    /// Its number.
    pub predictor: PredictorId,
    /// What it predicts for.
    pub target: Target,
    /// Search space.
    pub space: String,
    /// Version, from 1, per target and space.
    pub version: u32,
    /// Method, such as `bayes`.
    pub method: String,
    /// SHA-256 of its file: of the one with the certificate, where there is one.
    pub sha256: ModelHash,
    /// Measurements that it was adapted from.
    pub shots: u32,
    /// How many of them were never trusted; such a version carries no certificate.
    pub suspect_shots: u32,
    /// Time that the adaptation took, in milliseconds.
    pub adapting_ms: f64,
    /// When it was made.
    pub created: UnixMillis,
    /// How it does on probes.
    pub certificate: Option<Certificate>,
}

/// A trained predictor that campaigns may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrainedSummary {
    /// SHA-256 of its file.
    pub sha256: ModelHash,
    /// Search space.
    pub space: String,
    /// Method, such as `help`.
    pub method: String,
    /// The devices that it was trained on.
    pub devices: u32,
    /// Whether it is built in, and what campaigns of its space adapt by default.
    pub built_in: bool,
    /// When it was kept first.
    pub created: UnixMillis,
}

/// Which predictor version is asked: what is left open defaults to the only one there is, and to the newest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PredictorChoice {
    /// Device by name.
    pub device: String,
    /// Search space.
    pub space: String,
    /// Backend by name.
    pub backend: Option<String>,
    /// Execution provider by name.
    pub execution_provider: Option<String>,
    /// Threads.
    pub threads: Option<u32>,
    /// Batch size.
    pub batch: Option<u32>,
    /// Metric.
    pub metric: Option<Metric>,
    /// Predictor version.
    pub version: Option<u32>,
}

impl PredictorChoice {
    /// Whether a version of the right device and space is one of those that are asked for.
    #[must_use]
    pub fn fits(&self, found: &PredictorSummary) -> bool {
        fn same<T: PartialEq>(wanted: Option<&T>, has: &T) -> bool {
            wanted.is_none_or(|wanted| wanted == has)
        }
        let target = &found.target;
        same(self.backend.as_ref(), &target.backend)
            && same(self.execution_provider.as_ref(), &target.execution_provider)
            && same(self.threads.as_ref(), &target.threads)
            && same(self.batch.as_ref(), &target.batch)
            && same(self.metric.as_ref(), &target.metric)
            && same(self.version.as_ref(), &found.version)
    }
}

/// Predictions, and the version that made them.
#[derive(Debug, Clone, PartialEq)]
pub struct Predicted {
    /// The version that predicts.
    pub predictor: PredictorSummary,
    /// In the order in which they were asked for.
    pub predictions: Vec<(Architecture, Prediction)>,
}
