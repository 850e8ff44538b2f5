//! The methods: one trait for all, from a trained method to one that knows a device.

mod flops;
pub(crate) mod latency_line;
mod layerwise;
mod nearest;

use std::fmt::{self, Debug};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use tenshot_onnx_models::{Architecture, Space};

use crate::prediction::Prediction;
use crate::support::Support;

pub use flops::Flops;
pub use layerwise::{LayerTable, LayerTimes, Layerwise, ProfiledNetwork, ProfilesError};
pub use nearest::Nearest;

/// A method after training: it adapts to any device that measured a few architectures.
pub trait TrainedMethod: Debug + Send + Sync {
    /// Which method it is.
    fn name(&self) -> MethodName;

    /// The search space that it was trained for.
    fn space(&self) -> Space;

    /// Adapts to the device that made these measurements; nothing else of it is ever seen.
    ///
    /// # Errors
    /// Measurements that the method cannot adapt from.
    fn adapt(&self, support: &Support) -> Result<Box<dyn AdaptedMethod>, AdaptError>;

    /// What each architecture is expected to cost on a device that nobody has measured, in
    /// any unit.
    fn expected_cost(&self, architectures: &[Architecture]) -> Vec<f64>;
}

/// A method that knows a device.
pub trait AdaptedMethod: Debug + Send + Sync {
    /// Predicts the latency of each architecture, with an interval where the method has one.
    /// Of an architecture of another space it knows nothing: not a number.
    fn predict(&self, architectures: &[Architecture]) -> Vec<Prediction>;

    /// Predicted latencies alone, in milliseconds: the means of [`AdaptedMethod::predict`].
    fn means_ms(&self, architectures: &[Architecture]) -> Vec<f64> {
        self.predict(architectures).iter().map(|prediction| prediction.mean_ms).collect()
    }
}

/// The methods by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum MethodName {
    /// Closed-form Bayesian few-shot transfer: the default.
    Bayes,
    /// The paper's: a meta-trained network that adapts in a few steps.
    Help,
    /// Meta-SGD (Li et al., 2017): `help` without anything of the device but its measurements.
    MetaSgd,
    /// MAML (Finn et al., 2017): the same at one fixed inner rate.
    Maml,
    /// An attentive neural process (Kim et al., 2019) over the measurements.
    Anp,
    /// The network of `help` trained on the measurements alone.
    Scratch,
    /// BRP-NAS (Dudziak et al., 2020): a graph network trained on many measurements.
    BrpNas,
    /// Latencies of blocks, from profiles or fitted on the measurements, added up.
    Layerwise,
    /// A line through the cost of the live operations, fitted on the measurements.
    Flops,
    /// The source device whose hardware embedding is closest, scaled.
    Nearest,
}

impl MethodName {
    /// All methods.
    pub const ALL: [Self; 10] = [
        Self::Bayes,
        Self::Help,
        Self::MetaSgd,
        Self::Maml,
        Self::Anp,
        Self::Scratch,
        Self::BrpNas,
        Self::Layerwise,
        Self::Flops,
        Self::Nearest,
    ];

    /// The name by which flags and files call it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bayes => "bayes",
            Self::Help => "help",
            Self::MetaSgd => "meta-sgd",
            Self::Maml => "maml",
            Self::Anp => "anp",
            Self::Scratch => "scratch",
            Self::BrpNas => "brp-nas",
            Self::Layerwise => "layerwise",
            Self::Flops => "flops",
            Self::Nearest => "nearest",
        }
    }
}

impl MethodName {
    /// Whether it is trained in episodes, for one reference set.
    pub const fn is_meta_trained(self) -> bool {
        matches!(self, Self::Help | Self::MetaSgd | Self::Maml)
    }
}

impl fmt::Display for MethodName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// A name that no method has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown method `{0}`; there are bayes, help, meta-sgd, maml, anp, scratch, brp-nas, layerwise, flops and nearest"
)]
pub struct UnknownMethod(String);

impl FromStr for MethodName {
    type Err = UnknownMethod;

    fn from_str(text: &str) -> Result<Self, UnknownMethod> {
        let found = Self::ALL.into_iter().find(|method| method.as_str() == text);
        found.ok_or_else(|| UnknownMethod(text.to_owned()))
    }
}

/// Why a method could not adapt.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AdaptError {
    /// Measurements of another space.
    #[error("the measurements are of space {found}, but the predictor is for {expected}")]
    Space {
        /// The measurements' space.
        found: Space,
        /// The predictor's space.
        expected: Space,
    },
    /// Standardising (paper, Eq. 3) would divide by zero.
    #[error("all measured latencies are equal, so that no hardware embedding can be made of them")]
    NoEmbedding,
    /// A method whose hardware embedding needs each of the references that it was trained for.
    #[error(
        "{missing} of the {of} references that the predictor was trained for were not measured, the first is {first}; \
         measure them too, or train for the references that were measured"
    )]
    MissingReferences {
        /// How many were not measured.
        missing: usize,
        /// How many there are.
        of: usize,
        /// One of those that were not.
        first: String,
    },
}

/// Refuses a support of another space.
pub(crate) fn check_space(support: &Support, expected: Space) -> Result<(), AdaptError> {
    let found = support.space();
    if found == expected { Ok(()) } else { Err(AdaptError::Space { found, expected }) }
}
