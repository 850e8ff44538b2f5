//! The door of the search spaces: what every space must say of its architectures, and the one place
//! that goes from a [`Space`](super::Space) to its type.

use rand_xoshiro::Xoshiro256PlusPlus;

use super::{Architecture, ArchitectureError};

/// What a search space says of itself, by the type of its architectures.
///
/// Nothing has a default: a space that lacks something says so.
pub trait SearchSpace: Copy + Into<Architecture> {
    /// The name by which files, flags and wire messages call the space.
    const NAME: &'static str;
    /// How many architectures there are.
    const SIZE: u128;

    /// Reads an architecture as it is displayed, and in any other way in which it is published.
    ///
    /// # Errors
    ///
    /// The place in the text where it stops being an architecture.
    fn read(text: &str) -> Result<Self, ArchitectureError>;

    /// Every architecture in canonical order; `None` where there are too many to list.
    fn enumerate() -> Option<Box<dyn Iterator<Item = Self> + Send>>;

    /// One architecture, drawn uniformly (of its settings, where the space is one of settings).
    fn draw(generator: &mut Xoshiro256PlusPlus) -> Self;

    /// The paper's reference architectures in their published order; `None` where it has none.
    fn paper_references() -> Option<Vec<Self>>;
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
