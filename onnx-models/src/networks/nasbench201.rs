//! The macro skeleton of NAS-Bench-201 around a cell: CIFAR form, 16, 32 and 64 channels, five
//! cells a stage.

use super::BuildOptions;
use crate::graph::{Convolution, Graph, GraphBuilder, Operator, Value};
use crate::spaces::nasbench201::{Cell, Operation};

const IMAGE: [usize; 3] = [3, 32, 32];
const STAGE_CHANNELS: [usize; 3] = [16, 32, 64];
const CELLS_PER_STAGE: usize = 5;

/// Which edges of a cell go into the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edges {
    /// All of them, as the benchmark runs them; a dead cell gives zeros.
    AsWritten,
    /// Those that reach the output. For counting only: a dead cell is left out.
    Live,
}

/// The network of a cell.
pub(crate) fn graph(cell: &Cell, edges: Edges, options: &BuildOptions) -> Graph {
    let [channels, height, width] = IMAGE;
    let (mut builder, input) = GraphBuilder::new(vec![options.batch, channels, height, width], options.batch_norm);
    let mut value = builder.convolution_batch_norm("stem", square(STAGE_CHANNELS[0], 3, 1), input);
    for (stage, channels) in (1..).zip(STAGE_CHANNELS) {
        if stage > 1 {
            value = residual_block(&mut builder, &format!("reduction{}", stage - 1), channels, value);
        }
        for number in 1..=CELLS_PER_STAGE {
            value = self::cell(&mut builder, &format!("stage{stage}/cell{number}"), cell, edges, value);
        }
    }
    let value = builder.node("head/batch_norm".into(), Operator::BatchNormalization, &[value]);
    let value = builder.node("head/relu".into(), Operator::Relu, &[value]);
    let value = builder.node("head/pool".into(), Operator::GlobalAveragePool, &[value]);
    let value = builder.node("head/flatten".into(), Operator::Flatten, &[value]);
    let logits = builder.node("head/classifier".into(), Operator::Linear { features: options.classes }, &[value]);
    builder.finish(logits)
}

/// Every node of the cell is the sum of its edges.
fn cell(builder: &mut GraphBuilder, scope: &str, cell: &Cell, edges: Edges, input: Value) -> Value {
    let live = cell.live_edges();
    let mut nodes = [input; Cell::NODES];
    for target in 1..Cell::NODES {
        let mut terms = Vec::with_capacity(target);
        for ((edge, operation), live) in cell.edges().zip(live) {
            if edge.target == target && (live || edges == Edges::AsWritten) {
                let scope = format!("{scope}/{}-{}", edge.source, edge.target);
                terms.push(self::operation(builder, &scope, operation, nodes[edge.source]));
            }
        }
        if let Some(sum) = builder.sum(&format!("{scope}/{target}"), &terms) {
            nodes[target] = sum;
        }
    }
    nodes[Cell::NODES - 1]
}

fn operation(builder: &mut GraphBuilder, scope: &str, operation: Operation, input: Value) -> Value {
    let channels = builder.channels(input);
    match operation {
        // By an operation on the input, so that a network of zeros still has something to run.
        Operation::None => builder.node(format!("{scope}/zero"), Operator::MultiplyBy(0.0), &[input]),
        Operation::SkipConnect => input,
        Operation::Convolution1x1 => relu_convolution(builder, scope, square(channels, 1, 1), input),
        Operation::Convolution3x3 => relu_convolution(builder, scope, square(channels, 3, 1), input),
        Operation::AveragePool3x3 => {
            let pool = Operator::AveragePool { kernel: 3, stride: 1, padding: 1 };
            builder.node(format!("{scope}/pool"), pool, &[input])
        }
    }
}

/// Halves height and width. The shortcut is pooling and a bare convolution, as in the
/// benchmark.
fn residual_block(builder: &mut GraphBuilder, scope: &str, channels: usize, input: Value) -> Value {
    let first = relu_convolution(builder, &format!("{scope}/a"), square(channels, 3, 2), input);
    let second = relu_convolution(builder, &format!("{scope}/b"), square(channels, 3, 1), first);
    let pool = Operator::AveragePool { kernel: 2, stride: 2, padding: 0 };
    let pooled = builder.node(format!("{scope}/shortcut/pool"), pool, &[input]);
    let shortcut = Operator::Convolution(square(channels, 1, 1));
    let shortcut = builder.node(format!("{scope}/shortcut/convolution"), shortcut, &[pooled]);
    builder.node(format!("{scope}/add"), Operator::Add, &[shortcut, second])
}

fn relu_convolution(builder: &mut GraphBuilder, scope: &str, convolution: Convolution, input: Value) -> Value {
    let activated = builder.node(format!("{scope}/relu"), Operator::Relu, &[input]);
    builder.convolution_batch_norm(scope, convolution, activated)
}

/// A dense convolution that keeps the size at stride 1.
const fn square(channels: usize, kernel: usize, stride: usize) -> Convolution {
    Convolution { channels, kernel, stride, padding: kernel / 2, groups: 1, folded: false }
}
