//! Forms: the networks that one architecture can become.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Which network an architecture becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Form {
    /// 32 x 32 images: NAS-Bench-201 with 10 classes, FBNet with 100.
    Cifar,
    /// FBNet for 224 x 224 images of 1,000 classes.
    Imagenet,
    /// MobileNetV3 at width multiplier 1.2.
    WideMobile,
    /// MobileNetV3 at width multiplier 1.0.
    Mobile,
    /// The encoder of a Transformer, with the keys and values that the decoder caches of it.
    Encoder,
    /// One step of a Transformer's decoder, with its caches.
    DecoderStep,
    /// A whole Transformer: the encoder, and every step of the decoder.
    Unrolled,
}

impl Form {
    /// Every form.
    pub const ALL: [Self; 7] =
        [Self::Cifar, Self::Imagenet, Self::WideMobile, Self::Mobile, Self::Encoder, Self::DecoderStep, Self::Unrolled];

    /// The name by which flags and files call the form.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cifar => "cifar",
            Self::Imagenet => "imagenet",
            Self::WideMobile => "wide-mobile",
            Self::Mobile => "mobile",
            Self::Encoder => "encoder",
            Self::DecoderStep => "decoder-step",
            Self::Unrolled => "unrolled",
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Form {
    type Err = UnknownForm;

    fn from_str(text: &str) -> Result<Self, UnknownForm> {
        let known = Self::ALL.into_iter().find(|form| form.name() == text);
        known.ok_or_else(|| UnknownForm { name: text.to_owned() })
    }
}

/// A name that no form has.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("unknown form `{name}`, expected {}", Form::ALL.map(Form::name).join(", "))]
pub struct UnknownForm {
    /// The name as it was given.
    pub name: String,
}
