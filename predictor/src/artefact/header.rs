//! What a predictor file says of itself.

use serde::{Deserialize, Serialize};
use tenshot_onnx_models::Space;

use crate::baselines::AnpFacts;
use crate::bayes::SourceScore;
use crate::certificate::Certificate;
use crate::help::HelpSettings;
use crate::meta_training::TrainingSplit;
use crate::methods::MethodName;
use crate::sources::SourceFacts;
use crate::support::Support;

/// The newest version of the format that this crate reads, and that of the adapted files it writes.
/// From version 2 on, an adapted file holds the posterior.
pub const FORMAT_VERSION: u32 = 2;

/// The version of the trained files that this crate writes: what they hold is the same in both.
pub(super) const TRAINED_FORMAT_VERSION: u32 = 1;

/// The last version whose adapted files hold the measurements and the trained predictor alone.
pub(super) const LAST_WITHOUT_POSTERIOR: u32 = 1;

/// The header of a predictor file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileHeader {
    /// The version of the file's format.
    pub format_version: u32,
    /// How the predictor was trained.
    pub trained: TrainedHeader,
    /// What it was adapted to, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adaptation: Option<Adaptation>,
}

/// How a predictor was trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainedHeader {
    /// The space.
    pub space: Space,
    /// The method.
    pub method: MethodName,
    /// The devices that it was trained on.
    pub pool: Vec<SourceFacts>,
    /// How many architectures of each device it was trained on.
    pub training_architectures: usize,
    /// The seed of everything random.
    pub seed: u64,
    /// The version of the code that trained it.
    pub code_version: String,
    /// How long training took. Left out unless it is asked for, so that training again gives the
    /// same bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training_seconds: Option<f64>,
    /// How well each source was predicted when it was treated as new.
    pub source_scores: Vec<SourceScore>,
    /// What `bayes` keeps beside its tensors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bayes: Option<BayesSettings>,
    /// What `help` and its kin keep beside their tensors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<HelpSettings>,
    /// What `anp` keeps beside its tensors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anp: Option<AnpFacts>,
}

impl TrainedHeader {
    /// That of a method that has learned from no device.
    pub(super) fn new(space: Space, method: MethodName, seed: u64) -> Self {
        Self {
            space,
            method,
            pool: Vec::new(),
            training_architectures: 0,
            seed,
            code_version: env!("CARGO_PKG_VERSION").to_owned(),
            training_seconds: None,
            source_scores: Vec::new(),
            bayes: None,
            help: None,
            anp: None,
        }
    }

    /// The same of one that has learned from these.
    pub(super) fn trained_on(self, split: TrainingSplit<'_>) -> Self {
        let TrainingSplit { pool, devices, .. } = split;
        Self {
            pool: devices.iter().map(|device| SourceFacts::of(pool, device)).collect(),
            training_architectures: pool.ranges().training.len(),
            ..self
        }
    }
}

/// Numbers of a trained `bayes`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BayesSettings {
    /// What intervals are multiplied by so that they cover 90% on source devices.
    pub interval_factor: f64,
    /// The simulated devices' variances over the training architectures, summed.
    pub simulated_variance: f64,
}

/// What a predictor was adapted to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Adaptation {
    /// The device's name, where it has one.
    pub device: Option<String>,
    /// What whoever adapted the predictor knows of the device or target.
    pub facts: serde_json::Value,
    /// The measurements that it was adapted from.
    pub support: Support,
    /// Positions of measurements that were left out as outliers.
    pub outliers: Vec<usize>,
    /// What probes said of it, where probes were measured.
    pub certificate: Option<Certificate>,
    /// The version of the code that adapted; files of format 1 do not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_version: Option<String>,
    /// Numbers of the posterior, by the method's own names; the rest of it are tensors.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub(crate) posterior: serde_json::Value,
}
