//! How often the operations of NAS-Bench-201 are in a cell.

use tenshot_onnx_models::Architecture;
use tenshot_onnx_models::spaces::nasbench201::{Cell, Operation};

/// Counted operations of a cell: five as written, and four that do work.
pub(crate) const COUNTS: usize = 9;

/// Counts of the five operations on the cell's edges, and of the four that do work on its live
/// edges.
pub(crate) fn operation_counts(architecture: &Architecture) -> [u8; COUNTS] {
    let mut counts = [0; COUNTS];
    let cell: Option<&Cell> = architecture.as_cell();
    for (operation, live) in cell.into_iter().flat_map(|cell| cell.operations().iter().zip(cell.live_edges())) {
        counts[operation.ordinal()] += 1;
        if live {
            // `none`, the first operation, is never live.
            counts[Operation::ALL.len() + operation.ordinal() - 1] += 1;
        }
    }
    counts
}
