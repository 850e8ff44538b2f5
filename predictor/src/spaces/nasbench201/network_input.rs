//! Cells of NAS-Bench-201 as graphs.

use tenshot_onnx_models::spaces::nasbench201::{Cell, Operation};

use crate::network::{Encoded, EncoderKind, Matrix, Topology};

/// Kinds of nodes: the input, the five operations in the benchmark's order, the output, and the
/// global node.
pub(super) const KINDS: usize = 8;
const INPUT: usize = 0;
const FIRST_OPERATION: usize = 1;
const OUTPUT: usize = 6;
const GLOBAL: usize = 7;

/// The nodes: the input, the operations on [`Cell::EDGES`], the output, and the global node, each
/// with the nodes that it takes states from. An operation takes them from those that end where it
/// starts; the output from those that end in it; every node from itself.
const INCOMING: [&[usize]; 9] =
    [&[0], &[0, 1], &[0, 2], &[1, 3], &[0, 4], &[1, 5], &[2, 3, 6], &[4, 5, 6, 7], &[0, 1, 2, 3, 4, 5, 6, 7, 8]];

/// Cells as a graph encoder reads them: nine nodes of eight one-hot features each.
pub(super) fn encode(cells: &[&Cell]) -> Encoded {
    let mut kinds = Matrix::zeros(KINDS, KINDS);
    (0..KINDS).for_each(|kind| kinds.row_mut(kind)[kind] = 1.0);
    let topology = Topology { incoming: &INCOMING, layers: EncoderKind::Graph.layers() };
    Encoded::graphs(topology, &kinds, cells.iter().map(|cell| nodes(cell)))
}

fn nodes(cell: &Cell) -> [usize; 9] {
    let kind = |operation: Operation| FIRST_OPERATION + operation.ordinal();
    let [a, b, c, d, e, f] = cell.operations().map(kind);
    [INPUT, a, b, c, d, e, f, OUTPUT, GLOBAL]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::RowSums;

    #[test]
    fn operations_follow_those_that_end_where_they_start() {
        for (place, edge) in Cell::EDGES.into_iter().enumerate() {
            let before = Cell::EDGES.iter().enumerate().filter(|(_, other)| other.target == edge.source);
            let mut expected: Vec<usize> = before.map(|(place, _)| 1 + place).collect();
            if edge.source == 0 {
                expected.push(0);
            }
            expected.push(1 + place);
            expected.sort_unstable();
            assert_eq!(INCOMING[1 + place], expected);
        }
        let into_output =
            Cell::EDGES.iter().enumerate().filter(|(_, edge)| edge.target == 3).map(|(place, _)| 1 + place);
        assert_eq!(INCOMING[7], into_output.chain([7]).collect::<Vec<_>>());
    }

    #[test]
    fn cells_share_the_states_of_equal_nodes() {
        let cells: Vec<Cell> = Cell::all().collect();
        let encoded = encode(&cells.iter().collect::<Vec<_>>());
        assert_eq!(encoded.count(), 15_625);
        let states: Vec<usize> = encoded.sums.iter().map(RowSums::inputs).collect();
        // One by one it would be nine states for each of the four layers.
        assert!(states.iter().sum::<usize>() < 15_625 * 9 * 4 / 9, "{states:?}");
    }
}
