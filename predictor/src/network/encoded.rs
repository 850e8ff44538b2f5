//! Architectures as an encoder reads them: rows of features, and for graphs the flow of states.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::matrix::Matrix;
use super::row_sums::RowSums;

/// Encoded architectures. Read by a flat encoder, each is one row of features. Read by a graph
/// encoder, each is a graph of nodes, and nodes whose neighbourhoods are equal, in one graph or in
/// several, share one state: layer by layer there is one row for each different state
/// (the colours of Weisfeiler and Leman). This is exact, and less than half of the work.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Encoded {
    /// The different features.
    pub(crate) features: Matrix,
    /// For each graph layer, which states before it make up each state after it; empty for a flat
    /// encoder. The last layer has one row for each architecture: the state of its global node.
    pub(crate) sums: Vec<RowSums>,
}

/// The edges of all graphs of a space, which differ in their nodes' features alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Topology<'a> {
    /// For each node the nodes that it takes states from, itself among them. The last node is the
    /// global one, whose state the encoder gives.
    pub(crate) incoming: &'a [&'a [usize]],
    /// The number of graph convolutions.
    pub(crate) layers: usize,
}

impl Encoded {
    /// Architectures of one row of features each.
    pub(crate) fn flat(features: Matrix) -> Self {
        Self { features, sums: Vec::new() }
    }

    /// Architectures of one row of features each: zeros that `write` writes into.
    pub(crate) fn rows<T>(features: usize, architectures: &[&T], write: impl Fn(&T, &mut [f32])) -> Self {
        let mut rows = Matrix::zeros(architectures.len(), features);
        architectures.iter().enumerate().for_each(|(place, one)| write(one, rows.row_mut(place)));
        Self::flat(rows)
    }

    /// Graphs, given by the kind of each of their nodes; a kind's features are its row of `kinds`.
    pub(crate) fn graphs(
        topology: Topology<'_>,
        kinds: &Matrix,
        graphs: impl ExactSizeIterator<Item = impl AsRef<[usize]>>,
    ) -> Self {
        let nodes = topology.incoming.len();
        let mut states: Vec<u32> = Vec::with_capacity(graphs.len() * nodes);
        for graph in graphs {
            states.extend(graph.as_ref().iter().map(|&kind| kind as u32));
        }
        let features = kinds.clone();
        let mut sums = Vec::with_capacity(topology.layers);
        let mut inputs = features.rows();
        for layer in 1..=topology.layers {
            let of_layer = if layer == topology.layers {
                global_layer(topology, inputs, &states)
            } else {
                shared_layer(topology, inputs, &mut states)
            };
            inputs = of_layer.outputs();
            sums.push(of_layer);
        }
        Self { features, sums }
    }

    /// The number of architectures.
    pub(crate) fn count(&self) -> usize {
        self.sums.last().map_or(self.features.rows(), RowSums::outputs)
    }

    /// The architectures at these positions.
    pub(crate) fn select(&self, places: &[usize]) -> Self {
        let mut needed = places.to_vec();
        let mut sums = Vec::with_capacity(self.sums.len());
        for layer in self.sums.iter().rev() {
            let (selected, inputs) = layer.select(&needed);
            sums.push(selected);
            needed = inputs;
        }
        sums.reverse();
        Self { features: self.features.select(&needed), sums }
    }
}

/// Replaces the states of all nodes by those after one more layer.
fn shared_layer(topology: Topology<'_>, inputs: usize, states: &mut [u32]) -> RowSums {
    let mut sums = RowSums::over(inputs);
    let mut numbers: HashMap<u128, u32, BuildHasherDefault<KeyHasher>> = HashMap::default();
    let bits = usize::BITS - inputs.leading_zeros();
    let mut after = vec![0; topology.incoming.len()];
    let mut terms = Vec::with_capacity(topology.incoming.len());
    for graph in states.chunks_exact_mut(topology.incoming.len()) {
        for (state, incoming) in after.iter_mut().zip(topology.incoming) {
            terms.clear();
            terms.extend(incoming.iter().map(|&node| graph[node]));
            terms.sort_unstable();
            let next = sums.outputs() as u32;
            *state = match key(&terms, bits) {
                Some(key) => *numbers.entry(key).or_insert(next),
                None => next,
            };
            if *state == next {
                sums.push(terms.iter().copied());
            }
        }
        graph.copy_from_slice(&after);
    }
    sums
}

/// States of so many bits side by side, each counted from one, so that no two lists have one key;
/// `None` where they are too many, and a node gets a state of its own.
fn key(states: &[u32], bits: u32) -> Option<u128> {
    let fits = states.len() as u32 * bits <= u128::BITS;
    fits.then(|| states.iter().fold(0, |key, &state| (key << bits) | u128::from(state + 1)))
}

/// A hash of keys that nobody chose to collide: one multiplication of each half.
#[derive(Default)]
struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(byte.into()));
    }

    fn write_u64(&mut self, value: u64) {
        // The multiplier of splitmix64; the rotation brings its well mixed upper bits down.
        self.0 = (self.0 ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(26);
    }

    fn write_u128(&mut self, value: u128) {
        self.write_u64(value as u64);
        self.write_u64((value >> 64) as u64);
    }
}

/// The last layer: the global nodes alone.
fn global_layer(topology: Topology<'_>, inputs: usize, states: &[u32]) -> RowSums {
    let mut sums = RowSums::over(inputs);
    let global = topology.incoming.last().copied().unwrap_or_default();
    for graph in states.chunks_exact(topology.incoming.len()) {
        sums.push(global.iter().map(|&node| graph[node]));
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two nodes in a row and a global one.
    const TOPOLOGY: Topology<'_> = Topology { incoming: &[&[0], &[0, 1], &[0, 1, 2]], layers: 2 };

    fn encoded() -> Encoded {
        let kinds = Matrix::from_values(1, vec![1.0, 10.0, 100.0, 1000.0]).unwrap();
        Encoded::graphs(TOPOLOGY, &kinds, [[0, 1, 3], [0, 2, 3], [0, 1, 3], [0, 0, 3]].iter())
    }

    fn global_states(encoded: &Encoded) -> Vec<f32> {
        let start = encoded.features.clone();
        encoded.sums.iter().fold(start, |states, sums| sums.sum(&states)).values().to_vec()
    }

    #[test]
    fn equal_nodes_share_a_state() {
        let encoded = encoded();
        // Four kinds. After one layer: one first node, three second nodes, three global nodes.
        assert_eq!(
            encoded.sums.iter().map(|sums| (sums.inputs(), sums.outputs())).collect::<Vec<_>>(),
            [(4, 7), (7, 4)]
        );
        // Summed twice: 2 x first + 1 x second, and the global node sums that of both.
        assert_eq!(global_states(&encoded), [1.0 + 11.0 + 1011.0, 1.0 + 101.0 + 1101.0, 1023.0, 1.0 + 2.0 + 1002.0]);
    }

    #[test]
    fn a_selection_has_its_own_states_alone() {
        let selected = encoded().select(&[3, 0]);
        assert_eq!(selected.count(), 2);
        assert_eq!(global_states(&selected), [1005.0, 1023.0]);
        assert_eq!(
            selected.sums.iter().map(|sums| (sums.inputs(), sums.outputs())).collect::<Vec<_>>(),
            [(3, 5), (5, 2)]
        );
        let flat = Encoded::flat(Matrix::from_values(1, vec![1.0, 2.0, 3.0]).unwrap());
        assert_eq!(flat.select(&[2, 0]).features.values(), [3.0, 1.0]);
        assert_eq!(flat.count(), 3);
    }
}
