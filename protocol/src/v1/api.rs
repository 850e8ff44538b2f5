//! What readers ask: devices, embeddings, predictors, predictions.

use serde::{Deserialize, Serialize};
use tenshot_measurement::{DeviceId, PredictorId};

use super::{Backend, BoardFacts, Metric, Target};

/// One line of `devices list`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeviceSummary {
    /// Its number.
    pub device: DeviceId,
    /// Its name.
    pub name: String,
    /// The agent's version; none for a device that was imported.
    pub agent_version: Option<String>,
    /// When it was last heard of, in milliseconds since 1970 (UTC).
    pub last_seen_unix_ms: u64,
    /// Whether a heartbeat came within the time that was agreed.
    pub online: bool,
}

/// One target of a device, and what is known of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetView {
    /// The target.
    pub target: Target,
    /// Its hardware embeddings, newest first.
    pub embeddings: Vec<EmbeddingView>,
    /// Its predictor versions, newest first.
    pub predictors: Vec<PredictorSummary>,
}

/// `devices show`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeviceDetail {
    /// The device.
    #[serde(flatten)]
    pub summary: DeviceSummary,
    /// What the board is.
    pub facts: Option<BoardFacts>,
    /// What it can run models with.
    pub backends: Vec<Backend>,
    /// Its targets.
    pub targets: Vec<TargetView>,
}

/// A hardware embedding (paper, Eq. 3).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EmbeddingView {
    /// Search space.
    pub space: String,
    /// Name of the reference set.
    pub reference_set: String,
    /// The references, as the space writes them, in the order of the set.
    pub architectures: Vec<String>,
    /// Their latencies, in milliseconds.
    pub latencies_ms: Vec<f64>,
    /// The same, min-max standardised to 0..1; none where all are equal.
    pub standardised: Option<Vec<f64>>,
    /// Which of them were never trusted.
    pub suspect: Vec<bool>,
    /// Creation, in milliseconds since 1970 (UTC).
    pub created_at_unix_ms: u64,
}

/// How well a predictor version does on probes that it never saw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CertificateView {
    /// Probes measured.
    pub probes: u64,
    /// Spearman rank correlation.
    pub spearman: f64,
    /// Mean absolute percentage error, as a fraction.
    pub mape: f64,
    /// Mean absolute error, in milliseconds.
    pub mean_error_ms: f64,
    /// Share of the probes inside the 90% interval; none where the method gives none.
    pub coverage_90: Option<f64>,
}

/// One line of `predictors list`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    /// SHA-256 of its file.
    pub sha256: String,
    /// Measurements that it was adapted from.
    pub shots: u32,
    /// How many of them were never trusted; such a version carries no certificate.
    pub suspect_shots: u32,
    /// Time that the adaptation took, in milliseconds.
    pub adapting_ms: f64,
    /// Creation, in milliseconds since 1970 (UTC).
    pub created_at_unix_ms: u64,
    /// How it does on probes.
    pub certificate: Option<CertificateView>,
}

/// Ask for predictions. What is not said defaults to the only one there is, and the newest version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PredictRequest {
    /// Device by name.
    pub device: String,
    /// Search space.
    pub space: String,
    /// The architectures, as the space writes them or by index.
    pub architectures: Vec<String>,
    /// Backend by name.
    #[serde(default)]
    pub backend: Option<String>,
    /// Execution provider by name.
    #[serde(default)]
    pub execution_provider: Option<String>,
    /// Threads.
    #[serde(default)]
    pub threads: Option<u32>,
    /// Batch size.
    #[serde(default)]
    pub batch: Option<u32>,
    /// Metric.
    #[serde(default)]
    pub metric: Option<Metric>,
    /// Predictor version.
    #[serde(default)]
    pub version: Option<u32>,
}

/// One prediction, in milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PredictedLatency {
    /// The architecture, as the space writes it.
    pub architecture: String,
    /// Predicted latency.
    pub mean_ms: f64,
    /// Lower and upper end of the 90% interval; none where the method gives none.
    pub interval_90_ms: Option<[f64; 2]>,
}

/// Predictions, and the version that made them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PredictResponse {
    /// The version that predicts.
    pub predictor: PredictorSummary,
    /// In the order of the request.
    pub predictions: Vec<PredictedLatency>,
}
