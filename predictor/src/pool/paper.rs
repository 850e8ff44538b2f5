//! The paper's splits of the published pools: which devices train, choose and test.

use tenshot_onnx_models::{Space, with_space};

pub use crate::spaces::{OFA, PaperSplit, TABLE_2, TABLE_3, TABLE_C2};

use crate::spaces::PredictorSpace;

impl PaperSplit {
    /// The splits of all spaces, one space after another.
    pub fn all() -> Vec<Self> {
        Space::ALL.iter().flat_map(|&space| with_space!(space, S => S::PAPER_SPLITS)).copied().collect()
    }

    /// The usual split of a space; none for HAT, whose sets are left out in turn.
    pub fn of(space: Space) -> Option<Self> {
        with_space!(space, S => S::PAPER_SPLITS).first().copied()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_device_has_two_parts() {
        assert_eq!(PaperSplit::all(), [TABLE_3, TABLE_C2, TABLE_2, OFA]);
        for split in PaperSplit::all() {
            let all: Vec<&str> = [split.train, split.validation, split.test].concat();
            assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len(), "{}", split.name);
        }
        assert_eq!(PaperSplit::of(Space::NasBench201), Some(TABLE_3));
        assert_eq!(PaperSplit::of(Space::Hat), None);
    }
}
