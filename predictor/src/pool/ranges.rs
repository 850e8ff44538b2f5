//! Which architectures of a pool serve for what.

use std::collections::HashMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use tenshot_onnx_models::{Architecture, ReferenceSet, Space, with_space};

use crate::spaces::{PredictorSpace, Published};

/// Which architectures serve for what, by position in the pool's list, or where each device has
/// a list of its own, in each of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ranges {
    /// What predictors are trained on, and what references are drawn from.
    pub training: Range<usize>,
    /// What predictors are tested on.
    pub queries: Range<usize>,
    /// The paper's reference architectures, in the authors' order.
    pub references: Vec<usize>,
}

impl Ranges {
    /// The ranges of a pool that was published without: the paper's where it is the whole of a space
    /// that the paper has ranges for, as NAS-Bench-201, else the first three quarters to train on and
    /// the rest to test on. The references are the paper's where all of them are in the pool.
    pub fn usual(space: Space, architectures: &[Architecture]) -> Self {
        let count = architectures.len();
        let (training, queries) = match with_space!(space, S => S::PUBLISHED) {
            Some(Published::Help(paper)) if count as u128 == space.size() => (paper.training, paper.queries),
            Some(_) | None => {
                let training = (3 * count).div_ceil(4);
                (0..training, training..count)
            }
        };
        let places: HashMap<&Architecture, usize> = architectures.iter().zip(0..).collect();
        let paper = ReferenceSet::paper(space).map(|set| set.architectures).unwrap_or_default();
        let references = paper.iter().map(|one| places.get(one).copied()).collect::<Option<_>>().unwrap_or_default();
        Self { training, queries, references }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_nasbench201_has_the_papers_ranges() {
        let mut cells: Vec<Architecture> = Space::NasBench201.enumerate().unwrap().collect();
        let ranges = Ranges::usual(Space::NasBench201, &cells);
        assert_eq!((ranges.training, ranges.queries), (0..900, 900..1_900));
        assert_eq!(ranges.references.len(), 10);
        cells.truncate(10);
        let few = Ranges::usual(Space::NasBench201, &cells);
        assert_eq!(few, Ranges { training: 0..8, queries: 8..10, references: vec![] });
    }
}
