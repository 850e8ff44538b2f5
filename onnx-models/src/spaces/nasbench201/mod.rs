//! NAS-Bench-201: cells of four nodes, whose six edges each carry one of five operations.

mod index;
mod parse;

use std::fmt;

use rand_xoshiro::Xoshiro256PlusPlus;

pub(crate) use parse::cell_or_index;
pub use parse::{CellError, Expected};

use crate::spaces::SearchSpace;
use crate::spaces::draw::choose;

/// What an edge of a cell does to its input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// Zeros of the input's shape.
    None,
    /// The input itself.
    SkipConnect,
    /// ReLU, 1x1 convolution, batch normalisation.
    Convolution1x1,
    /// ReLU, 3x3 convolution, batch normalisation.
    Convolution3x3,
    /// 3x3 average pooling, stride 1.
    AveragePool3x3,
}

impl Operation {
    /// All five, in the benchmark's order.
    pub const ALL: [Self; 5] =
        [Self::None, Self::SkipConnect, Self::Convolution1x1, Self::Convolution3x3, Self::AveragePool3x3];

    /// The benchmark's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::SkipConnect => "skip_connect",
            Self::Convolution1x1 => "nor_conv_1x1",
            Self::Convolution3x3 => "nor_conv_3x3",
            Self::AveragePool3x3 => "avg_pool_3x3",
        }
    }

    /// The place in [`Operation::ALL`].
    #[must_use]
    pub const fn ordinal(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// An edge of the cell, from the output of one node to the sum in another. Node 0 is the
/// cell's input, node 3 its output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Edge {
    /// The node that the edge reads.
    pub source: usize,
    /// The node that the edge adds to.
    pub target: usize,
}

/// A cell: one operation per edge. Ordered as in [`Cell::all`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cell([Operation; 6]);

impl Cell {
    /// How many cells there are: 5^6.
    pub const COUNT: usize = 15_625;

    /// The nodes of a cell, its input and output among them.
    pub const NODES: usize = 4;

    /// The edges, in the order in which a cell's operations are listed.
    pub const EDGES: [Edge; 6] = [
        Edge { source: 0, target: 1 },
        Edge { source: 0, target: 2 },
        Edge { source: 1, target: 2 },
        Edge { source: 0, target: 3 },
        Edge { source: 1, target: 3 },
        Edge { source: 2, target: 3 },
    ];

    /// The cell with these operations on [`Cell::EDGES`].
    #[must_use]
    pub const fn new(operations: [Operation; 6]) -> Self {
        Self(operations)
    }

    /// The operations on [`Cell::EDGES`].
    #[must_use]
    pub const fn operations(&self) -> &[Operation; 6] {
        &self.0
    }

    /// The edges with their operations.
    pub fn edges(&self) -> impl Iterator<Item = (Edge, Operation)> {
        Self::EDGES.into_iter().zip(self.0)
    }

    /// Every cell, the last edge's operation changing fastest.
    pub fn all() -> impl Iterator<Item = Self> + Send {
        (0..Self::COUNT).filter_map(Self::from_ordinal)
    }

    /// The cell's place in [`Cell::all`].
    #[must_use]
    pub fn ordinal(&self) -> usize {
        self.0.iter().fold(0, |ordinal, operation| ordinal * 5 + operation.ordinal())
    }

    /// The cell at a place in [`Cell::all`]; nothing from [`Cell::COUNT`] on.
    #[must_use]
    pub fn from_ordinal(ordinal: usize) -> Option<Self> {
        if ordinal >= Self::COUNT {
            return None;
        }
        let mut operations = [Operation::None; 6];
        let mut rest = ordinal;
        for operation in operations.iter_mut().rev() {
            *operation = Operation::ALL[rest % 5];
            rest /= 5;
        }
        Some(Self(operations))
    }

    /// For each edge, whether it lies on a path from input to output without `none`. What
    /// the other edges compute never reaches the output.
    #[must_use]
    pub fn live_edges(&self) -> [bool; 6] {
        let mut fed = [true, false, false, false];
        for (edge, operation) in self.edges() {
            fed[edge.target] |= fed[edge.source] && operation != Operation::None;
        }
        let mut used = [false, false, false, true];
        // Later edges first: all edges out of a node come after all edges into it.
        for (edge, operation) in Self::EDGES.into_iter().zip(self.0).rev() {
            used[edge.source] |= used[edge.target] && operation != Operation::None;
        }
        let live = |(edge, operation): (Edge, Operation)| {
            operation != Operation::None && fed[edge.source] && used[edge.target]
        };
        std::array::from_fn(|i| live((Self::EDGES[i], self.0[i])))
    }

    /// Whether no path leads from input to output, so that the network ignores its image.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        !self.live_edges().contains(&true)
    }

    /// A cell drawn uniformly.
    pub(crate) fn random(generator: &mut Xoshiro256PlusPlus) -> Self {
        Self(std::array::from_fn(|_| choose(generator, &Operation::ALL)))
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (edge, operation) in self.edges() {
            if edge.source == 0 {
                formatter.write_str(if edge.target == 1 { "|" } else { "+|" })?;
            }
            write!(formatter, "{operation}~{}|", edge.source)?;
        }
        Ok(())
    }
}

/// The published order of the paper's reference cells.
pub(crate) const PAPER_INDICES: [usize; 10] = [11982, 431, 55, 9, 14451, 8636, 9881, 13479, 6196, 1462];

impl SearchSpace for Cell {
    type Error = CellError;

    const NAME: &'static str = "nasbench201";
    const SIZE: u128 = Self::COUNT as u128;

    fn read(text: &str) -> Result<Self, CellError> {
        cell_or_index(text)
    }

    fn enumerate() -> Option<Box<dyn Iterator<Item = Self> + Send>> {
        Some(Box::new(Self::all()))
    }

    fn draw(generator: &mut Xoshiro256PlusPlus) -> Self {
        Self::random(generator)
    }

    fn paper_references() -> Option<Vec<Self>> {
        Some(PAPER_INDICES.into_iter().filter_map(Self::from_index).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live(text: &str) -> String {
        let cell: Cell = text.parse().unwrap();
        cell.live_edges().map(|live| if live { 'x' } else { '.' }).iter().collect()
    }

    #[test]
    fn the_order_is_that_of_the_product_of_operations() {
        let second = Cell::from_ordinal(1).unwrap().to_string();
        assert_eq!(second, "|none~0|+|none~0|none~1|+|none~0|none~1|skip_connect~2|");
        assert!(Cell::all().enumerate().all(|(ordinal, cell)| cell.ordinal() == ordinal));
        assert_eq!(Cell::from_ordinal(Cell::COUNT), None);
    }

    #[test]
    fn live_edges_lie_on_a_path_from_input_to_output() {
        assert_eq!(live("|skip_connect~0|+|none~0|none~1|+|none~0|none~1|none~2|"), "......");
        assert_eq!(live("|skip_connect~0|+|none~0|none~1|+|avg_pool_3x3~0|none~1|skip_connect~2|"), "...x..");
        assert_eq!(live("|none~0|+|skip_connect~0|skip_connect~1|+|none~0|skip_connect~1|skip_connect~2|"), ".x...x");
        assert_eq!(live("|skip_connect~0|+|none~0|skip_connect~1|+|none~0|none~1|skip_connect~2|"), "x.x..x");
        assert_eq!(
            live("|skip_connect~0|+|skip_connect~0|skip_connect~1|+|skip_connect~0|skip_connect~1|skip_connect~2|"),
            "xxxxxx"
        );
    }

    #[test]
    fn live_edges_are_the_union_of_the_open_paths() {
        let paths: [&[usize]; 4] = [&[3], &[0, 4], &[1, 5], &[0, 2, 5]];
        for cell in Cell::all() {
            let mut live = [false; 6];
            for path in paths {
                if path.iter().all(|&edge| cell.operations()[edge] != Operation::None) {
                    path.iter().for_each(|&edge| live[edge] = true);
                }
            }
            assert_eq!(cell.live_edges(), live, "{cell}");
            assert_eq!(cell.is_dead(), live == [false; 6], "{cell}");
        }
    }
}
