//! What a report tells; everything comes from measurements and the predictor that saw the references alone.

use serde::Serialize;
use tenshot_measurement::{BoardFacts, Target};

use crate::domain::UnixMillis;
use crate::domain::campaign::CampaignState;
use crate::domain::task::TaskRole;

/// One model as it was measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeasuredModel {
    /// The architecture, as the space writes it.
    pub architecture: String,
    /// Trimmed mean, in milliseconds.
    pub latency_ms: f64,
    /// Bootstrap 95% confidence interval of the trimmed mean, in milliseconds.
    pub ci95_ms: [f64; 2],
    /// Every timed sample in order, in nanoseconds.
    pub samples_ns: Vec<u64>,
    /// Samples that the trimmed mean leaves out at each end.
    pub trimmed_runs: u32,
    /// Attempts made.
    pub attempts: u32,
    /// Why the measurement is suspect, for people; none where it is trusted.
    pub reasons: Vec<String>,
}

/// A probe: a measurement that the predictor never saw.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProbeResult {
    /// Its measurement.
    pub measured: MeasuredModel,
    /// Predicted latency, in milliseconds.
    pub predicted_ms: f64,
    /// The 90% interval, in milliseconds.
    pub interval_90_ms: Option<[f64; 2]>,
}

impl ProbeResult {
    /// Prediction minus measurement, relative to the measurement.
    #[must_use]
    pub fn relative_error(&self) -> f64 {
        self.predicted_ms / self.measured.latency_ms - 1.0
    }

    /// Whether the measurement lies in the interval.
    #[must_use]
    pub fn covered(&self) -> Option<bool> {
        self.interval_90_ms.map(|[low, high]| (low..=high).contains(&self.measured.latency_ms))
    }
}

/// How well the predictor does on the probes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Scores {
    /// Spearman rank correlation.
    pub spearman: f64,
    /// Mean absolute percentage error, as a fraction.
    pub mape: f64,
    /// Mean absolute error, in milliseconds.
    pub mean_error_ms: f64,
    /// Share of the probes inside the 90% interval; none where the method gives no intervals.
    pub coverage_90: Option<f64>,
}

/// Where a device of the pool stands relative to this one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PoolDevice {
    /// Its name.
    pub device: String,
    /// Spearman rank correlation with this device over the references.
    pub correlation: f64,
    /// Its latency over this device's, geometric mean over the references.
    pub relative_latency: f64,
}

/// Where the time went.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Seconds {
    /// Measuring everything that a predictor needs: loading and running the references, attempts that were repeated included.
    pub measuring_references: f64,
    /// Loading and running all models, probes and repeated attempts included.
    pub measuring: f64,
    /// Adapting the predictor; none: there is no predictor.
    pub adapting: Option<f64>,
    /// From the first lease to the last result that neither loading nor inference explains, as a share of the whole; repeats and cool-downs left out.
    pub overhead_share: f64,
    /// The whole run: from the making of the campaign to the last result.
    pub total: f64,
    /// What measuring 900 architectures would have cost, at the mean of those measured.
    pub for_900_samples: f64,
}

/// The predictor that was adapted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportedPredictor {
    /// Prediction method.
    pub method: String,
    /// Version, per target and space.
    pub version: u32,
}

/// A network that could not be measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unmeasured {
    /// What it was to be measured for.
    pub role: TaskRole,
    /// The architecture, as the space writes it.
    pub architecture: String,
    /// Why not.
    pub why: String,
}

/// How far one target of a campaign is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Where the campaign is.
    pub state: CampaignState,
    /// Tasks of this target.
    pub tasks: u64,
    /// Those that have ended.
    pub ended: u64,
    /// References that were asked for.
    pub references: u64,
    /// Why there is no predictor although every reference task has ended.
    pub problem: Option<String>,
    /// What could not be measured.
    pub unmeasured: Vec<Unmeasured>,
}

/// The outcome of a campaign on one target, as far as it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// What the numbers belong to.
    pub target: Target,
    /// What the board is.
    pub facts: Option<BoardFacts>,
    /// Search space.
    pub space: String,
    /// How far it is.
    pub progress: Progress,
    /// The predictor, where there is one.
    pub predictor: Option<ReportedPredictor>,
    /// Version of the backend that ran the models.
    pub backend_version: String,
    /// The references in the order of their set.
    pub references: Vec<MeasuredModel>,
    /// The hardware embedding: the references' latencies, min-max standardised (paper, Eq. 3); empty where all are equal.
    pub embedding: Vec<f64>,
    /// The probes, by measured latency.
    pub probes: Vec<ProbeResult>,
    /// Probes that no predictor was asked about, as there is none.
    pub unpredicted: Vec<MeasuredModel>,
    /// How well the predictor does on the probes; none where there are none.
    pub scores: Option<Scores>,
    /// The pool that the predictor was trained on, most alike first.
    pub pool: Vec<PoolDevice>,
    /// Where the time went.
    pub seconds: Seconds,
}

/// The outcome of a campaign, as far as it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CampaignReport {
    /// The campaign's name.
    pub name: String,
    /// When the report was made.
    pub created: UnixMillis,
    /// One for each target.
    pub targets: Vec<Report>,
}
