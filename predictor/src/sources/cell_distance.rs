//! How two cells of NAS-Bench-201 differ: on how many edges, as written and as they work.

use tenshot_onnx_models::spaces::nasbench201::{Cell, Operation};

/// Distances range over 0..=6 for cells as written and for working cells alike.
const DISTANCES: usize = 7;

/// How many different pairs of distances there are.
pub(crate) const PAIRS: usize = DISTANCES * DISTANCES;

/// The working cell: edges whose values never reach the output are `none`.
pub(crate) fn working(cell: &Cell) -> Cell {
    let live = cell.live_edges();
    let mut operations = *cell.operations();
    for (operation, live) in operations.iter_mut().zip(live) {
        if !live {
            *operation = Operation::None;
        }
    }
    Cell::new(operations)
}

/// The pair (Hamming distance of the cells as written, of the working cells) as one number
/// below [`PAIRS`]; [`distances_of`] takes it apart. Each argument is a cell and its working form.
pub(crate) fn distance_pair(a: &(Cell, Cell), b: &(Cell, Cell)) -> u8 {
    hamming(&a.0, &b.0) * DISTANCES as u8 + hamming(&a.1, &b.1)
}

/// The distances (as written, working) of a pair.
pub(crate) fn distances_of(pair: usize) -> (usize, usize) {
    (pair / DISTANCES, pair % DISTANCES)
}

fn hamming(a: &Cell, b: &Cell) -> u8 {
    a.operations().iter().zip(b.operations()).map(|(a, b)| u8::from(a != b)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tenshot_onnx_models::Space;

    fn cell(text: &str) -> (Cell, Cell) {
        let architecture = Space::NasBench201.parse(text).unwrap();
        let cell = *architecture.as_cell().unwrap();
        (cell, working(&cell))
    }

    #[test]
    fn an_edge_that_leads_nowhere_counts_only_as_written() {
        let through = cell("|skip_connect~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|");
        let direct = cell("|none~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|");
        assert_eq!(distances_of(distance_pair(&through, &direct).into()), (1, 0));
        let pooled = cell("|none~0|+|none~0|none~1|+|avg_pool_3x3~0|none~1|none~2|");
        assert_eq!(distances_of(distance_pair(&direct, &pooled).into()), (1, 1));
        assert_eq!(distance_pair(&direct, &direct), 0);
    }
}
