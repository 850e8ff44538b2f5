//! The macro skeleton of NAS-Bench-201 around a cell: CIFAR form, 16, 32 and 64 channels, five
//! cells a stage.

use std::fmt;

use super::{Context, Form, SpaceNetworks};
use crate::graph::{Convolution, Graph, GraphBuilder, Operator, Value};
use crate::spaces::nasbench201::{Cell, Operation};

const IMAGE: [usize; 3] = [3, 32, 32];
const STAGE_CHANNELS: [usize; 3] = [16, 32, 64];
const CELLS_PER_STAGE: usize = 5;

/// A stage: its number from 1, its channels, and its height and width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Stage(usize);

impl Stage {
    /// All three.
    pub const ALL: [Self; 3] = [Self(0), Self(1), Self(2)];

    fn channels(self) -> usize {
        STAGE_CHANNELS[self.0]
    }

    const fn size(self) -> usize {
        IMAGE[1] >> self.0
    }
}

/// What a network is made of: every stage has five cells, and every cell these operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Block {
    /// The first convolution.
    Stem,
    /// The residual block that leads to a stage.
    Reduction(Stage),
    /// An operation on an edge. Skip connections are no block: they compute nothing.
    Operation(Stage, Operation),
    /// The addition of two edges that meet in a node.
    Sum(Stage),
    /// Normalisation, pooling and classifier.
    Head,
}

impl fmt::Display for Block {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stem => formatter.write_str("stem"),
            Self::Reduction(stage) => write!(formatter, "reduction{}", stage.0),
            Self::Operation(stage, operation) => write!(formatter, "stage{}/{operation}", stage.0 + 1),
            Self::Sum(stage) => write!(formatter, "stage{}/sum", stage.0 + 1),
            Self::Head => formatter.write_str("head"),
        }
    }
}

/// Every block.
pub(crate) fn all() -> Vec<Block> {
    let computing = || Operation::ALL.into_iter().filter(|&operation| operation != Operation::SkipConnect);
    let stages = Stage::ALL.into_iter().flat_map(|stage| {
        let reduction = (stage != Stage(0)).then_some(Block::Reduction(stage));
        let operations = computing().map(move |operation| Block::Operation(stage, operation));
        reduction.into_iter().chain(operations).chain([Block::Sum(stage)])
    });
    [Block::Stem].into_iter().chain(stages).chain([Block::Head]).collect()
}

/// Visits the blocks of a cell's network as written.
pub(crate) fn for_each(cell: &Cell, visit: impl FnMut(Block, u64)) {
    // Three nodes sum one, two and three edges.
    visit_blocks(cell, [true; 6], 3, visit);
}

/// Visits the blocks that reach the output.
pub(crate) fn for_each_live(cell: &Cell, visit: impl FnMut(Block, u64)) {
    let live = cell.live_edges();
    let edges_into = |node| Cell::EDGES.iter().zip(live).filter(|(edge, live)| edge.target == node && *live).count();
    let sums: usize = (1..Cell::NODES).map(|node| edges_into(node).saturating_sub(1)).sum();
    visit_blocks(cell, live, sums as u64, visit);
}

/// Visits the skeleton, and of each cell some edges and so many additions.
fn visit_blocks(cell: &Cell, edges: [bool; 6], sums: u64, mut visit: impl FnMut(Block, u64)) {
    visit(Block::Stem, 1);
    for stage in Stage::ALL {
        if stage != Stage(0) {
            visit(Block::Reduction(stage), 1);
        }
        for (&operation, taken) in cell.operations().iter().zip(edges) {
            if taken && operation != Operation::SkipConnect {
                visit(Block::Operation(stage, operation), CELLS_PER_STAGE as u64);
            }
        }
        visit(Block::Sum(stage), sums * CELLS_PER_STAGE as u64);
    }
    visit(Block::Head, 1);
}

/// A cell with every operation in it.
pub(crate) const fn covering() -> Cell {
    use Operation::{AveragePool3x3, Convolution1x1, Convolution3x3, None, SkipConnect};
    Cell::new([Convolution3x3, Convolution1x1, AveragePool3x3, None, SkipConnect, Convolution3x3])
}

/// The network of a cell.
pub(crate) fn graph(cell: &Cell, context: &Context) -> Graph {
    let [channels, height, width] = IMAGE;
    let (mut builder, input) = GraphBuilder::new(vec![context.batch, channels, height, width], context.batch_norm);
    let mut value = stem(&mut builder, input);
    for stage in Stage::ALL {
        if stage != Stage(0) {
            value = residual_block(&mut builder, &format!("reduction{}", stage.0), stage, value);
        }
        for number in 1..=CELLS_PER_STAGE {
            let scope = format!("stage{}/cell{number}", stage.0 + 1);
            value = self::cell(&mut builder, &scope, cell, stage, value);
        }
    }
    let logits = head(&mut builder, context.classes, value);
    builder.finish(logits)
}

/// A block alone.
pub(crate) fn block_graph(block: Block, context: &Context) -> Graph {
    let (stage, channels) = match block {
        Block::Stem => (Stage(0), IMAGE[0]),
        Block::Reduction(stage) => (Stage(stage.0 - 1), STAGE_CHANNELS[stage.0 - 1]),
        Block::Operation(stage, _) | Block::Sum(stage) => (stage, stage.channels()),
        Block::Head => (Stage(2), STAGE_CHANNELS[2]),
    };
    let (mut builder, input) =
        GraphBuilder::new(vec![context.batch, channels, stage.size(), stage.size()], context.batch_norm);
    let output = match block {
        Block::Stem => stem(&mut builder, input),
        Block::Reduction(stage) => residual_block(&mut builder, &block.to_string(), stage, input),
        Block::Operation(stage, operation) => {
            self::operation(&mut builder, &block.to_string(), stage, operation, input)
        }
        Block::Sum(stage) => {
            builder.enter(Block::Sum(stage));
            builder.node(format!("{block}/add"), Operator::Add, &[input, input])
        }
        Block::Head => head(&mut builder, context.classes, input),
    };
    builder.finish(output)
}

fn stem(builder: &mut GraphBuilder, input: Value) -> Value {
    builder.enter(Block::Stem);
    builder.convolution_batch_norm("stem", Convolution::dense(STAGE_CHANNELS[0], 3, 1), input)
}

fn head(builder: &mut GraphBuilder, classes: usize, input: Value) -> Value {
    builder.enter(Block::Head);
    let value = builder.node("head/batch_norm".into(), Operator::BatchNormalization, &[input]);
    let value = builder.node("head/relu".into(), Operator::Relu, &[value]);
    let value = builder.node("head/pool".into(), Operator::GlobalAveragePool, &[value]);
    let value = builder.node("head/flatten".into(), Operator::Flatten, &[value]);
    builder.node("head/classifier".into(), Operator::Linear { features: classes }, &[value])
}

/// Every node of the cell is the sum of its edges.
fn cell(builder: &mut GraphBuilder, scope: &str, cell: &Cell, stage: Stage, input: Value) -> Value {
    let mut nodes = [input; Cell::NODES];
    for target in 1..Cell::NODES {
        let mut terms = Vec::with_capacity(target);
        for (edge, operation) in cell.edges().filter(|(edge, _)| edge.target == target) {
            let scope = format!("{scope}/{}-{}", edge.source, edge.target);
            terms.push(self::operation(builder, &scope, stage, operation, nodes[edge.source]));
        }
        builder.enter(Block::Sum(stage));
        if let Some(sum) = builder.sum(&format!("{scope}/{target}"), &terms) {
            nodes[target] = sum;
        }
    }
    nodes[Cell::NODES - 1]
}

fn operation(builder: &mut GraphBuilder, scope: &str, stage: Stage, operation: Operation, input: Value) -> Value {
    builder.enter(Block::Operation(stage, operation));
    let channels = stage.channels();
    match operation {
        // By an operation on the input, so that a network of zeros still has something to run.
        Operation::None => builder.node(format!("{scope}/zero"), Operator::MultiplyBy(0.0), &[input]),
        Operation::SkipConnect => input,
        Operation::Convolution1x1 => relu_convolution(builder, scope, Convolution::dense(channels, 1, 1), input),
        Operation::Convolution3x3 => relu_convolution(builder, scope, Convolution::dense(channels, 3, 1), input),
        Operation::AveragePool3x3 => {
            let pool = Operator::AveragePool { kernel: 3, stride: 1, padding: 1 };
            builder.node(format!("{scope}/pool"), pool, &[input])
        }
    }
}

/// Halves height and width. The shortcut is pooling and a bare convolution, as in the
/// benchmark.
fn residual_block(builder: &mut GraphBuilder, scope: &str, stage: Stage, input: Value) -> Value {
    builder.enter(Block::Reduction(stage));
    let channels = stage.channels();
    let first = relu_convolution(builder, &format!("{scope}/a"), Convolution::dense(channels, 3, 2), input);
    let second = relu_convolution(builder, &format!("{scope}/b"), Convolution::dense(channels, 3, 1), first);
    let pool = Operator::AveragePool { kernel: 2, stride: 2, padding: 0 };
    let pooled = builder.node(format!("{scope}/shortcut/pool"), pool, &[input]);
    let shortcut = Operator::Convolution(Convolution::dense(channels, 1, 1));
    let shortcut = builder.node(format!("{scope}/shortcut/convolution"), shortcut, &[pooled]);
    builder.node(format!("{scope}/add"), Operator::Add, &[shortcut, second])
}

fn relu_convolution(builder: &mut GraphBuilder, scope: &str, convolution: Convolution, input: Value) -> Value {
    let activated = builder.node(format!("{scope}/relu"), Operator::Relu, &[input]);
    builder.convolution_batch_norm(scope, convolution, activated)
}

impl SpaceNetworks for Cell {
    type Block = Block;

    const FORMS: &'static [Form] = &[Form::Cifar];
    const DEFAULT_FORM: Form = Form::Cifar;
    const LATENCY_FORM: Form = Form::Cifar;

    fn default_classes(_form: Form) -> usize {
        10
    }

    fn graph(&self, context: &Context) -> Graph {
        graph(self, context)
    }

    fn block_graph(block: Block, context: &Context) -> Graph {
        block_graph(block, context)
    }

    fn all_blocks(_form: Form) -> Vec<Block> {
        all()
    }

    fn for_each_block(&self, _form: Form, visit: impl FnMut(Block, u64)) {
        for_each(self, visit);
    }

    fn for_each_live_block(&self, _form: Form, visit: impl FnMut(Block, u64)) {
        for_each_live(self, visit);
    }

    fn covering() -> Vec<Self> {
        vec![covering()]
    }
}
