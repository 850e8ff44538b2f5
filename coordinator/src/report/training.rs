//! What a report of meta-training tells.

use tenshot_predictor::Certificate;
use tenshot_predictor::artefact::TrainedHeader;

/// A trained predictor, and how its training went.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingReport {
    /// What the predictor says of itself: settings, pool, scores, and the curve where it was trained in episodes.
    pub header: TrainedHeader,
    /// Where the pool's latencies come from; may be empty.
    pub source: String,
    /// How it does on each device that chose the best of the trained, from the references' latencies alone.
    pub validation: Vec<DeviceScore>,
    /// How long training took, as far as it was done in this run, in seconds.
    pub seconds: f64,
    /// When the report was made, in milliseconds since 1970 (UTC).
    pub created_at_unix_ms: u64,
}

/// How well the latencies of one device were predicted.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceScore {
    /// Its name.
    pub device: String,
    /// On the pool's query architectures.
    pub certificate: Certificate,
}
