//! How an evaluation chooses its reference architectures.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::methods::MethodName;

/// How the references of a run are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReferenceChoice {
    /// At random from the training architectures, a new set for each repeat.
    Random,
    /// The paper's ten, in the authors' order. All repeats are the same, so there is one, but
    /// for methods that begin with random weights.
    Paper,
    /// By the design of `bayes`, from new candidates for each repeat.
    Designed,
}

impl ReferenceChoice {
    /// The name by which flags and reports call it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Paper => "paper",
            Self::Designed => "designed",
        }
    }

    /// How often a method is evaluated where nobody says so: three times where each repeat trains, as in the paper, else
    /// ten times.
    pub const fn usual_repeats(self, method: MethodName) -> usize {
        let trains_anew = match method {
            MethodName::Help | MethodName::MetaSgd | MethodName::Maml | MethodName::BrpNas => true,
            MethodName::Anp | MethodName::Scratch => matches!(self, Self::Paper),
            MethodName::Bayes | MethodName::Layerwise | MethodName::Flops | MethodName::Nearest => false,
        };
        if trains_anew { 3 } else { 10 }
    }
}

impl fmt::Display for ReferenceChoice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// A name that no choice of references has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown references `{0}`; there are random, paper and designed")]
pub struct UnknownReferences(String);

impl FromStr for ReferenceChoice {
    type Err = UnknownReferences;

    fn from_str(text: &str) -> Result<Self, UnknownReferences> {
        let found = [Self::Random, Self::Paper, Self::Designed].into_iter().find(|one| one.as_str() == text);
        found.ok_or_else(|| UnknownReferences(text.to_owned()))
    }
}
