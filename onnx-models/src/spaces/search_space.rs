//! The door of the search spaces: what every space must say of its architectures.

use rand_xoshiro::Xoshiro256PlusPlus;

/// What a search space says of itself, by the type of its architectures.
///
/// Nothing has a default: a space that lacks something says so.
pub trait SearchSpace: Copy {
    /// A text that is no architecture of the space.
    type Error;

    /// The name by which files, flags and wire messages call the space.
    const NAME: &'static str;
    /// How many architectures there are.
    const SIZE: u128;

    /// Reads an architecture as it is displayed, and in any other way in which it is published.
    ///
    /// # Errors
    /// The place in the text where it stops being an architecture.
    fn read(text: &str) -> Result<Self, Self::Error>;

    /// Every architecture in canonical order; `None` where there are too many to list.
    fn enumerate() -> Option<Box<dyn Iterator<Item = Self> + Send>>;

    /// One architecture, drawn uniformly (of its settings, where the space is one of settings).
    fn draw(generator: &mut Xoshiro256PlusPlus) -> Self;

    /// The paper's reference architectures in their published order; `None` where it has none.
    fn paper_references() -> Option<Vec<Self>>;
}
