//! The parts of the method, each of which can be switched off: Table 2's ablation.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::methods::MethodName;

/// Which parts of the method are on.
///
/// ```
/// use tenshot_predictor::help::{Part, Parts};
///
/// let part: Part = "modulator".parse()?;
/// let parts = Parts::HELP.without(part);
/// assert_eq!(parts.to_string(), "without modulator");
/// assert_eq!(Parts::META_SGD, parts.without(Part::Device));
/// # Ok::<(), tenshot_predictor::help::UnknownPart>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// Whether the header is given the device's hardware embedding.
    pub device_condition: bool,
    /// How many steps adapt to the support.
    pub inner_steps: usize,
    /// Whether z modulates the header.
    pub modulator: bool,
    /// Whether every parameter's rate is learned, or all stay at the first one.
    pub learned_rates: bool,
}

/// A part that can be switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The header is given the device's hardware embedding.
    Device,
    /// Steps adapt all parameters to the support. Without them a device is known by its hardware
    /// embedding alone.
    InnerSteps,
    /// z, drawn for the hardware embedding, modulates the header.
    Modulator,
    /// Every parameter's rate in the inner steps is learned.
    LearnedRates,
}

impl Parts {
    /// All of them.
    pub const HELP: Self = Self { device_condition: true, inner_steps: 2, modulator: true, learned_rates: true };

    /// Learned rates alone (Li et al., 2017).
    pub const META_SGD: Self = Self::HELP.without(Part::Device).without(Part::Modulator);

    /// No more than the inner steps (Finn et al., 2017).
    pub const MAML: Self = Self::META_SGD.without(Part::LearnedRates);

    /// The parts of `help`, `meta-sgd` and `maml`; all parts for any other method.
    pub const fn of(method: MethodName) -> Self {
        match method {
            MethodName::Maml => Self::MAML,
            MethodName::MetaSgd => Self::META_SGD,
            _ => Self::HELP,
        }
    }

    /// What the method with these parts is called.
    pub fn method(self) -> MethodName {
        match self {
            Self::META_SGD => MethodName::MetaSgd,
            Self::MAML => MethodName::Maml,
            _ => MethodName::Help,
        }
    }

    /// The same with one part off.
    #[must_use]
    pub const fn without(self, part: Part) -> Self {
        match part {
            Part::Device => Self { device_condition: false, ..self },
            Part::InnerSteps => Self { inner_steps: 0, ..self },
            Part::Modulator => Self { modulator: false, ..self },
            Part::LearnedRates => Self { learned_rates: false, ..self },
        }
    }

    /// Whether a part is on.
    pub const fn has(self, part: Part) -> bool {
        match part {
            Part::Device => self.device_condition,
            Part::InnerSteps => self.inner_steps > 0,
            Part::Modulator => self.modulator,
            Part::LearnedRates => self.learned_rates,
        }
    }
}

/// `all parts`, or which of them are off.
impl fmt::Display for Parts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let off: Vec<&str> = Part::ALL.into_iter().filter(|part| !self.has(*part)).map(Part::as_str).collect();
        if off.is_empty() { formatter.pad("all parts") } else { formatter.pad(&format!("without {}", off.join(", "))) }
    }
}

impl Part {
    /// All parts.
    pub const ALL: [Self; 4] = [Self::Device, Self::InnerSteps, Self::Modulator, Self::LearnedRates];

    /// The name by which flags call it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::InnerSteps => "inner-steps",
            Self::Modulator => "modulator",
            Self::LearnedRates => "learned-rates",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// A name that no part has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown part `{0}`; there are device, inner-steps, modulator and learned-rates")]
pub struct UnknownPart(String);

impl FromStr for Part {
    type Err = UnknownPart;

    fn from_str(text: &str) -> Result<Self, UnknownPart> {
        Self::ALL.into_iter().find(|part| part.as_str() == text).ok_or_else(|| UnknownPart(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_switched_off_by_its_name_and_no_other() {
        for part in Part::ALL {
            let parts = Parts::HELP.without(part.as_str().parse().unwrap());
            assert_eq!(Part::ALL.map(|other| parts.has(other)), Part::ALL.map(|other| other != part));
            assert_eq!((parts.to_string(), parts.method()), (format!("without {part}"), MethodName::Help));
            assert_eq!(serde_json::to_value(part).unwrap(), part.as_str());
        }
        insta::assert_snapshot!("header".parse::<Part>().unwrap_err(), @"unknown part `header`; there are device, inner-steps, modulator and learned-rates");
    }

    #[test]
    fn meta_sgd_and_maml_are_parts_of_help() {
        for method in [MethodName::Help, MethodName::MetaSgd, MethodName::Maml] {
            assert_eq!(Parts::of(method).method(), method);
        }
        let written = [Parts::HELP, Parts::META_SGD, Parts::MAML].map(|parts| parts.to_string());
        insta::assert_snapshot!(written.join("; "), @"all parts; without device, modulator; without device, modulator, learned-rates");
    }
}
