//! Architectures as rows of integers: what exported predictors read.
//!
//! Each space has a fixed list of columns, and every column its allowed values. Documented with
//! examples in `docs/encodings.md`; the version of all of it is [`ENCODING_VERSION`].

use tenshot_onnx_models::{Architecture, Space, with_architecture, with_space};

pub use crate::spaces::Column;

use crate::spaces::PredictorSpace;

/// Goes up whenever a column or its meaning changes.
pub const ENCODING_VERSION: u32 = 1;

/// The columns of a space, in their order.
pub fn columns(space: Space) -> Vec<Column> {
    with_space!(space, S => (S::INTEGERS.columns)())
}

/// The integers of an architecture, one for each of the [`columns`] of its space. What a network
/// does not have (the kernel size of a block beyond a stage's depth) has the column's first
/// allowed value.
///
/// ```
/// use tenshot_onnx_models::Space;
/// use tenshot_predictor::encoding::{decode, encode};
///
/// let cell = "|nor_conv_3x3~0|+|none~0|skip_connect~1|+|none~0|none~1|avg_pool_3x3~2|";
/// let cell = Space::NasBench201.parse(cell)?;
/// assert_eq!(encode(&cell), [3, 0, 1, 0, 0, 4]);
/// assert_eq!(decode(Space::NasBench201, &[3, 0, 1, 0, 0, 4]), Some(cell));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn encode(architecture: &Architecture) -> Vec<i64> {
    with_architecture!(architecture, one => integers_of(one))
}

fn integers_of<One: PredictorSpace>(one: &One) -> Vec<i64> {
    (One::INTEGERS.encode)(one)
}

/// The architecture of some integers; `None` where they are too few or too many, or one is not
/// allowed.
pub fn decode(space: Space, integers: &[i64]) -> Option<Architecture> {
    let columns = columns(space);
    let are_allowed = columns.iter().zip(integers).all(|(column, integer)| column.allowed.contains(integer));
    if columns.len() != integers.len() || !are_allowed {
        return None;
    }
    with_space!(space, S => (S::INTEGERS.decode)(integers).map(Architecture::from))
}

/// Sets of columns that act on each other: whatever adds up over a network's parts is a sum of
/// functions of one set each.
pub(crate) fn interacting(space: Space) -> Vec<Vec<usize>> {
    with_space!(space, S => (S::INTEGERS.interacting)())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_architecture_comes_back() {
        for &space in Space::ALL {
            let columns = columns(space);
            for architecture in space.sample(7, 300).unwrap() {
                let integers = encode(&architecture);
                assert_eq!(integers.len(), columns.len());
                assert_eq!(decode(space, &integers), Some(architecture), "{integers:?}");
            }
        }
    }

    #[test]
    fn columns_are_complete_and_named_differently() {
        let counts: Vec<usize> = Space::ALL.iter().map(|&space| columns(space).len()).collect();
        assert!(counts.starts_with(&[6, 22, 46, 40]), "{counts:?}");
        for &space in Space::ALL {
            let columns = columns(space);
            let samples = space.sample(2, 1000).unwrap();
            let rows: Vec<Vec<i64>> = samples.iter().map(encode).collect();
            for (place, column) in columns.iter().enumerate() {
                assert_eq!(columns.iter().filter(|other| other.name == column.name).count(), 1, "{}", column.name);
                let all_are_used = column.allowed.iter().all(|value| rows.iter().any(|row| row[place] == *value));
                assert!(all_are_used, "{space} {}", column.name);
            }
            assert!(interacting(space).iter().flatten().all(|&column| column < columns.len()));
        }
    }

    #[test]
    fn foreign_rows_are_no_architectures() {
        assert_eq!(decode(Space::NasBench201, &[0, 1, 2, 3, 4]), None);
        assert_eq!(decode(Space::NasBench201, &[0, 1, 2, 3, 4, 5]), None);
        assert_eq!(decode(Space::NasBench201, &[0, 1, 2, 3, 4, -1]), None);
        assert_eq!(decode(Space::FbNet, &[9; 22]), None);
    }
}
