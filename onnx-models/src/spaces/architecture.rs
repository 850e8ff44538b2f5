//! One architecture of any search space, and the one place that goes from a [`Space`] to its type.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::nasbench201::{Cell, CellError};
use super::{Space, fbnet, hat, mobilenetv3};

/// One architecture of any search space. It is displayed in the canonical form of its space,
/// which [`Space::parse`] reads back.
///
/// In JSON it is `{"space": "nasbench201", "architecture": "|none~0|+…|"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Architecture {
    /// A cell of NAS-Bench-201.
    NasBench201(Cell),
    /// An architecture of FBNet.
    FbNet(fbnet::Network),
    /// An architecture of MobileNetV3.
    MobileNetV3(mobilenetv3::Network),
    /// A Transformer of HAT.
    Hat(hat::Transformer),
}

impl Architecture {
    /// The space that the architecture belongs to.
    #[must_use]
    pub const fn space(&self) -> Space {
        match self {
            Self::NasBench201(_) => Space::NasBench201,
            Self::FbNet(_) => Space::FbNet,
            Self::MobileNetV3(_) => Space::MobileNetV3,
            Self::Hat(_) => Space::Hat,
        }
    }

    /// The cell, where the space is NAS-Bench-201.
    #[must_use]
    pub const fn as_cell(&self) -> Option<&Cell> {
        if let Self::NasBench201(cell) = self { Some(cell) } else { None }
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::with_architecture!(self, one => one.fmt(formatter))
    }
}

/// Takes up the architectures of each space.
macro_rules! from_spaces {
    ($($space:ident: $of_space:ty,)*) => {
        $(impl From<$of_space> for Architecture {
            fn from(one: $of_space) -> Self {
                Self::$space(one)
            }
        })*
    };
}

from_spaces! {
    NasBench201: Cell,
    FbNet: fbnet::Network,
    MobileNetV3: mobilenetv3::Network,
    Hat: hat::Transformer,
}

/// Evaluates an expression with the type of a space's architectures under a name of choice:
/// `with_space!(space, S => S::NAME)`.
///
/// This is the one match over all spaces: whoever uses it with a trait makes the trait a duty of
/// every space, and the compiler lists those that do not fulfil it.
#[macro_export]
macro_rules! with_space {
    ($space:expr, $of_space:ident => $body:expr) => {
        match $space {
            $crate::Space::NasBench201 => {
                type $of_space = $crate::spaces::nasbench201::Cell;
                $body
            }
            $crate::Space::FbNet => {
                type $of_space = $crate::spaces::fbnet::Network;
                $body
            }
            $crate::Space::MobileNetV3 => {
                type $of_space = $crate::spaces::mobilenetv3::Network;
                $body
            }
            $crate::Space::Hat => {
                type $of_space = $crate::spaces::hat::Transformer;
                $body
            }
        }
    };
}

/// Evaluates an expression with an architecture in the type of its space:
/// `with_architecture!(architecture, one => one.to_string())`.
#[macro_export]
macro_rules! with_architecture {
    ($architecture:expr, $one:ident => $body:expr) => {
        match $architecture {
            $crate::Architecture::NasBench201($one) => $body,
            $crate::Architecture::FbNet($one) => $body,
            $crate::Architecture::MobileNetV3($one) => $body,
            $crate::Architecture::Hat($one) => $body,
        }
    };
}

/// A text that is no architecture of its space.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ArchitectureError {
    /// No cell of NAS-Bench-201.
    #[error(transparent)]
    NasBench201(#[from] CellError),
    /// No architecture of FBNet.
    #[error(transparent)]
    FbNet(#[from] fbnet::FbNetError),
    /// No architecture of MobileNetV3.
    #[error(transparent)]
    MobileNetV3(#[from] mobilenetv3::MobileNetV3Error),
    /// No Transformer of HAT.
    #[error(transparent)]
    Hat(#[from] hat::HatError),
}

#[derive(Serialize, Deserialize)]
struct Written {
    space: Space,
    architecture: String,
}

impl From<Architecture> for Written {
    fn from(architecture: Architecture) -> Self {
        Self { space: architecture.space(), architecture: architecture.to_string() }
    }
}

impl TryFrom<Written> for Architecture {
    type Error = ArchitectureError;

    fn try_from(written: Written) -> Result<Self, ArchitectureError> {
        written.space.parse(&written.architecture)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_names_the_space() {
        let architecture = Space::NasBench201.parse("9").unwrap();
        let json = serde_json::to_string(&architecture).unwrap();
        insta::assert_snapshot!(json, @r#"{"space":"nasbench201","architecture":"|avg_pool_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|nor_conv_3x3~2|"}"#);
        assert_eq!(serde_json::from_str::<Architecture>(&json).unwrap(), architecture);
    }
}
