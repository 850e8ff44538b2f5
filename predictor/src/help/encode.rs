//! Architectures of each space in the form that its encoder reads.

use tenshot_onnx_models::spaces::nasbench201::Cell;
use tenshot_onnx_models::{Architecture, Space};

use super::encoded::Encoded;
use super::nasbench201::{KINDS, encode_cells};
use super::shape::{EncoderKind, Sizes};

/// The paper's sizes for a space; `None` where it has no encoding yet.
pub fn sizes(space: Space) -> Option<Sizes> {
    match space {
        Space::NasBench201 => Some(Sizes::paper(EncoderKind::Graph, KINDS)),
        _ => None,
    }
}

/// Architectures of one space as its encoder reads them; `None` where one is of another space, or
/// the space has no encoding yet.
pub fn encode(space: Space, architectures: &[Architecture]) -> Option<Encoded> {
    match space {
        Space::NasBench201 => {
            let cells: Option<Vec<Cell>> = architectures.iter().map(|one| one.as_cell().copied()).collect();
            Some(encode_cells(&cells?))
        }
        _ => None,
    }
}
