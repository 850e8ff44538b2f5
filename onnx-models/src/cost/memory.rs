//! How much memory activations need at once.

use super::count::bytes;
use crate::graph::{Arithmetic, Graph, Node, Operator, Value};

/// The most bytes of inputs and activations that are alive at once, when nodes run in their
/// order and every tensor is freed behind its last reader. Outputs live to the end; stored
/// tables are weights. Operators that only rename dimensions share their input's memory.
pub(super) fn peak_bytes(graph: &Graph) -> u64 {
    let owners = owners(graph);
    let last_reader = last_readers(graph, &owners);
    let inputs = graph.inputs().iter().map(|input| bytes(graph, input.value));
    let mut alive: u64 = inputs.sum();
    let mut peak = alive;
    for (position, node) in graph.nodes().iter().enumerate() {
        if owners[node.output.index()] == Some(node.output) {
            alive += bytes(graph, node.output);
        }
        peak = peak.max(alive);
        let mut freed: Vec<Value> =
            node.inputs.iter().chain([&node.output]).filter_map(|value| owners[value.index()]).collect();
        freed.retain(|owner| last_reader[owner.index()] == Some(position));
        freed.sort_unstable();
        freed.dedup();
        alive -= freed.into_iter().map(|owner| bytes(graph, owner)).sum::<u64>();
    }
    peak
}

/// For every value, the value whose memory it lives in; nothing for a stored table.
fn owners(graph: &Graph) -> Vec<Option<Value>> {
    let mut owners: Vec<_> = graph.inputs().iter().map(|input| Some(input.value)).collect();
    for node in graph.nodes() {
        let renames = || node.inputs.first().map_or(Some(node.output), |input| owners[input.index()]);
        let owner = match &node.operator {
            Operator::Table { .. } => None,
            Operator::Flatten | Operator::Reshape(_) => renames(),
            Operator::Imported(imported) => match imported.arithmetic() {
                Arithmetic::Store => None,
                Arithmetic::Rename => renames(),
                _ => Some(node.output),
            },
            _ => Some(node.output),
        };
        owners.push(owner);
    }
    owners
}

/// For every owner, the place of the node that reads or writes it last; nothing for outputs.
fn last_readers(graph: &Graph, owners: &[Option<Value>]) -> Vec<Option<usize>> {
    let mut last = vec![None; owners.len()];
    for (position, node) in graph.nodes().iter().enumerate() {
        let Node { inputs, output, .. } = node;
        for owner in inputs.iter().chain([output]).filter_map(|value| owners[value.index()]) {
            last[owner.index()] = Some(position);
        }
    }
    for owner in graph.outputs().iter().filter_map(|output| owners[output.value.index()]) {
        last[owner.index()] = None;
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Convolution, GraphBuilder};
    use crate::networks::BatchNorm;

    #[test]
    fn a_chain_holds_two_tensors_and_a_shortcut_three() {
        let chain = |with_shortcut: bool| {
            let (mut builder, input) = GraphBuilder::new(vec![1, 2, 4, 4], BatchNorm::Folded);
            let first = builder.node("first".into(), Operator::Convolution(Convolution::dense(4, 3, 1)), &[input]);
            let second = builder.node("second".into(), Operator::Relu, &[first]);
            let third = builder.node("third".into(), Operator::Relu, &[second]);
            let added = if with_shortcut { first } else { third };
            let sum = builder.node("sum".into(), Operator::Add, &[third, added]);
            let flat = builder.node("flat".into(), Operator::Flatten, &[sum]);
            peak_bytes(&builder.finish(flat))
        };
        let (small, large) = (4 * 2 * 16, 4 * 4 * 16);
        assert_eq!(chain(false), (2 * large).max(small + large));
        assert_eq!(chain(true), 3 * large);
    }
}
