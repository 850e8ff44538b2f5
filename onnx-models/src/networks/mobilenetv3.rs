//! The macro skeleton of MobileNetV3 (Once-for-All) around its blocks, at two widths.

use std::collections::BTreeSet;
use std::fmt;

use super::mb_conv::{self, make_divisible};
use super::{Context, Form, SpaceNetworks};
use crate::graph::{Convolution, Graph, GraphBuilder, Operator, Value};
use crate::spaces::mobilenetv3::{MbConv, Network};

/// Channels at width 1 of the stem, the fixed block, five stages, the last convolution and the
/// feature mixing.
const CHANNELS: [usize; 9] = [16, 16, 24, 40, 80, 112, 160, 960, 1280];
pub(crate) const STEM_STRIDE: usize = 2;
pub(crate) const STRIDES: [usize; Network::STAGES] = [2, 2, 2, 1, 2];
pub(crate) const SQUEEZE_EXCITE: [bool; Network::STAGES] = [false, true, false, true, true];
const ACTIVATIONS: [Operator; Network::STAGES] =
    [Operator::Relu, Operator::Relu, Operator::HardSwish, Operator::HardSwish, Operator::HardSwish];

/// Height and width of what goes into a block, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Size(usize);

/// A position, which blocks are chosen for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position(usize);

/// What a network is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Block {
    /// The first convolution and the fixed block.
    Stem(Size),
    /// What was chosen at a position.
    Chosen(Position, MbConv, Size),
    /// The last convolution, pooling, feature mixing and classifier.
    Head(Size),
}

impl Size {
    /// Height and width in pixels.
    #[must_use]
    pub const fn pixels(self) -> usize {
        self.0
    }
}

impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{0}x{0}", self.0)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "stage{}/block{}", self.stage() + 1, self.index() + 1)
    }
}

impl fmt::Display for Block {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stem(size) => write!(formatter, "stem/{size}"),
            Self::Chosen(position, block, size) => {
                write!(formatter, "{position}/k{}_e{}/{size}", block.kernel(), block.expansion())
            }
            Self::Head(size) => write!(formatter, "head/{size}"),
        }
    }
}

impl Position {
    const fn stage(self) -> usize {
        self.0 / Network::MAXIMUM_DEPTH
    }

    /// The place within the stage.
    const fn index(self) -> usize {
        self.0 % Network::MAXIMUM_DEPTH
    }

    const fn stride(self) -> usize {
        if self.index() == 0 { STRIDES[self.stage()] } else { 1 }
    }

    /// The size of what comes in: the stem and the stages before halve it.
    fn size(self, resolution: usize) -> Size {
        let passed = self.stage() + usize::from(self.index() > 0);
        let reduction = STEM_STRIDE * STRIDES[..passed].iter().product::<usize>();
        Size(resolution.div_ceil(reduction))
    }
}

/// The size of what comes out of the last stage.
fn head_size(resolution: usize) -> Size {
    Size(resolution.div_ceil(STEM_STRIDE * STRIDES.iter().product::<usize>()))
}

/// Channels throughout the network.
pub(crate) struct Widths {
    stem: usize,
    pub(crate) fixed: usize,
    pub(crate) stages: [usize; Network::STAGES],
    last: usize,
    mixed: usize,
}

impl Widths {
    pub(crate) fn of(form: Form) -> Self {
        let tenths = if form == Form::Mobile { 10 } else { 12 };
        let [stem, fixed, stages @ .., last, mixed] = CHANNELS.map(|channels| make_divisible(channels * tenths / 10));
        Self { stem, fixed, stages, last, mixed }
    }

    /// Channels of what comes in at a position.
    const fn inputs(&self, position: Position) -> usize {
        match (position.stage(), position.index()) {
            (0, 0) => self.fixed,
            (stage, 0) => self.stages[stage - 1],
            (stage, _) => self.stages[stage],
        }
    }
}

/// Every block.
pub(crate) fn all() -> Vec<Block> {
    let mut blocks = BTreeSet::new();
    for resolution in Network::resolutions() {
        blocks.extend([Block::Stem(Size(resolution)), Block::Head(head_size(resolution))]);
        for position in (0..Network::POSITIONS).map(Position) {
            blocks.extend(MbConv::ALL.map(|block| Block::Chosen(position, block, position.size(resolution))));
        }
    }
    blocks.into_iter().collect()
}

/// Visits the blocks of a network. All of them reach the output.
pub(crate) fn for_each(network: &Network, mut visit: impl FnMut(Block, u64)) {
    blocks(network).for_each(|block| visit(block, 1));
}

fn blocks(network: &Network) -> impl Iterator<Item = Block> {
    let resolution = network.resolution();
    let chosen = network.blocks().map(move |(position, block)| {
        let position = Position(position);
        Block::Chosen(position, block, position.size(resolution))
    });
    [Block::Stem(Size(resolution))].into_iter().chain(chosen).chain([Block::Head(head_size(resolution))])
}

/// The deepest networks of every resolution, each with another block at every position. Fewer
/// would not do: the first block alone comes in nine kinds at every resolution.
pub(crate) fn covering() -> impl Iterator<Item = Network> {
    let kinds = MbConv::ALL.len();
    (0..kinds).flat_map(move |first| {
        Network::deepest(std::array::from_fn(|position| MbConv::ALL[(first + position) % kinds]))
    })
}

/// The network of an architecture.
pub(crate) fn graph(network: &Network, context: &Context) -> Graph {
    let size = network.resolution();
    let (mut builder, input) = GraphBuilder::new(vec![context.batch, 3, size, size], context.batch_norm);
    let logits = blocks(network).fold(input, |value, block| append(&mut builder, context, block, value));
    builder.finish(logits)
}

/// A block alone.
pub(crate) fn block_graph(block: Block, context: &Context) -> Graph {
    let widths = Widths::of(context.form);
    let (Size(size), channels) = match block {
        Block::Stem(size) => (size, 3),
        Block::Chosen(position, _, size) => (size, widths.inputs(position)),
        Block::Head(size) => (size, widths.stages[Network::STAGES - 1]),
    };
    let (mut builder, input) = GraphBuilder::new(vec![context.batch, channels, size, size], context.batch_norm);
    let output = append(&mut builder, context, block, input);
    builder.finish(output)
}

fn append(builder: &mut GraphBuilder, context: &Context, block: Block, input: Value) -> Value {
    builder.enter(block);
    let widths = Widths::of(context.form);
    match block {
        Block::Stem(_) => stem(builder, &widths, input),
        Block::Chosen(position, block, _) => chosen(builder, &widths, position, block, input),
        Block::Head(_) => head(builder, &widths, context.classes, input),
    }
}

fn stem(builder: &mut GraphBuilder, widths: &Widths, input: Value) -> Value {
    let convolution = Convolution::dense(widths.stem, 3, STEM_STRIDE);
    let value = builder.convolution_batch_norm("stem", convolution, input);
    let value = builder.node("stem/activation".into(), Operator::HardSwish, &[value]);
    let fixed = mb_conv::MbConv {
        hidden: widths.stem,
        expands: false,
        kernel: 3,
        stride: 1,
        groups: 1,
        activation: Operator::Relu,
        squeeze_excite: false,
        outputs: widths.fixed,
    };
    fixed.append(builder, "fixed", value)
}

fn chosen(builder: &mut GraphBuilder, widths: &Widths, position: Position, block: MbConv, input: Value) -> Value {
    let stage = position.stage();
    let block = mb_conv::MbConv {
        hidden: make_divisible(widths.inputs(position) * block.expansion()),
        expands: true,
        kernel: block.kernel(),
        stride: position.stride(),
        groups: 1,
        activation: ACTIVATIONS[stage].clone(),
        squeeze_excite: SQUEEZE_EXCITE[stage],
        outputs: widths.stages[stage],
    };
    block.append(builder, &position.to_string(), input)
}

/// Features are mixed without batch normalisation, behind the pooling.
fn head(builder: &mut GraphBuilder, widths: &Widths, classes: usize, input: Value) -> Value {
    let value = builder.convolution_batch_norm("head", Convolution::dense(widths.last, 1, 1), input);
    let value = builder.node("head/activation".into(), Operator::HardSwish, &[value]);
    let value = builder.node("head/pool".into(), Operator::GlobalAveragePool, &[value]);
    let mixing = Operator::Convolution(Convolution::dense(widths.mixed, 1, 1));
    let value = builder.node("head/mixing".into(), mixing, &[value]);
    let value = builder.node("head/mixing/activation".into(), Operator::HardSwish, &[value]);
    let value = builder.node("head/flatten".into(), Operator::Flatten, &[value]);
    builder.node("head/classifier".into(), Operator::Linear { features: classes }, &[value])
}

impl SpaceNetworks for Network {
    type Block = Block;

    const FORMS: &'static [Form] = &[Form::WideMobile, Form::Mobile];
    const DEFAULT_FORM: Form = Form::WideMobile;
    const LATENCY_FORM: Form = Form::WideMobile;

    fn default_classes(_form: Form) -> usize {
        1_000
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
        for_each(self, visit);
    }

    fn covering() -> Vec<Self> {
        covering().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::path::Path;

    use super::*;
    use crate::cost::cost;
    use crate::graph::Node;
    use crate::networks::BuildOptions;

    /// The published architectures with the MACs of the paper's Table 5, in millions, and ours.
    const PUBLISHED: [(&str, f64, u64); 7] = [
        (
            r#"{"ks":[5,3,3,3,3,3,3,3,7,7,5,3,5,5,3,3,3,3,3,3],"e":[3,3,3,3,6,6,4,3,4,4,3,3,6,4,4,3,6,6,4,3],"d":[2,3,3,3,3],"r":176}"#,
            230.0,
            229_781_280,
        ),
        (
            r#"{"ks":[5,3,3,3,3,3,3,3,5,3,5,3,7,5,3,3,3,3,3,3],"e":[3,3,3,3,4,4,4,3,4,4,3,3,6,4,4,3,6,6,4,3],"d":[2,3,4,3,4],"r":192}"#,
            268.0,
            267_788_736,
        ),
        (
            r#"{"ks":[5,3,3,3,3,3,3,3,5,3,3,3,7,5,3,5,3,3,3,3],"e":[3,3,3,3,4,4,4,3,4,4,3,6,4,4,4,4,6,6,6,3],"d":[2,3,4,4,3],"r":208}"#,
            346.0,
            346_337_840,
        ),
        (
            r#"{"ks":[3,3,3,3,3,3,3,3,7,7,3,3,3,7,5,3,3,3,5,3],"e":[3,3,3,3,6,4,3,3,6,4,3,3,6,4,4,3,6,6,6,3],"d":[2,2,2,3,3],"r":224}"#,
            336.0,
            336_258_352,
        ),
        (
            r#"{"ks":[3,3,3,3,5,7,3,3,5,7,3,3,3,7,5,3,3,3,5,3],"e":[3,4,3,3,6,4,3,3,6,6,4,3,6,4,4,3,6,6,6,3],"d":[2,2,3,3,3],"r":224}"#,
            375.0,
            374_856_240,
        ),
        (
            r#"{"ks":[3,3,3,3,3,7,3,3,3,5,3,5,3,7,3,3,7,5,3,3],"e":[3,4,3,3,3,4,3,3,3,6,4,4,6,4,6,3,6,6,6,3],"d":[2,2,4,3,3],"r":176}"#,
            243.0,
            243_179_680,
        ),
        (
            r#"{"ks":[3,3,3,3,3,7,3,3,3,7,3,3,5,3,3,3,7,5,5,3],"e":[3,3,3,3,4,6,3,3,6,3,3,3,6,6,6,3,4,6,6,3],"d":[2,2,3,3,4],"r":192}"#,
            279.0,
            279_089_536,
        ),
    ];

    #[test]
    fn widths_are_those_of_the_space() {
        let widths = |form| {
            let Widths { stem, fixed, stages, last, mixed } = Widths::of(form);
            [&[stem, fixed], &stages[..], &[last, mixed]].concat()
        };
        assert_eq!(widths(Form::WideMobile), [24, 24, 32, 48, 96, 136, 192, 1152, 1536]);
        assert_eq!(widths(Form::Mobile), CHANNELS);
    }

    #[test]
    fn macs_are_those_of_table_5() {
        for (json, published, ours) in PUBLISHED {
            let network: Network = json.parse().unwrap();
            let macs = cost(&network.into(), &BuildOptions::default()).unwrap().macs;
            assert_eq!(macs, ours, "{json}");
            assert!((macs as f64 / 1e6 - published).abs() < 0.5, "{json}");
        }
    }

    #[test]
    fn the_published_files_hold_those_architectures() {
        let Some(shared) = std::env::var_os("TENSHOT_SHARED") else {
            eprintln!("skipped: TENSHOT_SHARED is not set");
            return;
        };
        let entries = |folder: &Path| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let folders = entries(&Path::new(&shared).join("data/help/ofa/architecture_config"));
        let files = folders.flat_map(|folder| entries(&folder).collect::<Vec<_>>());
        let read = files.map(|path| std::fs::read_to_string(path).unwrap().parse().unwrap());
        let published = PUBLISHED.map(|(json, _, _)| json.parse::<Network>().unwrap());
        assert_eq!(read.collect::<HashSet<_>>(), HashSet::from(published));
    }

    #[test]
    fn blocks_have_what_their_stage_has() {
        let network = Network::new(224, [2; 5], [7; 20], [6; 20]).unwrap();
        let graph = super::super::graph(&network.into(), &BuildOptions::default()).unwrap();
        let described = |node: &Node| {
            let shape: Vec<_> = graph.shape(node.output)[1..].iter().map(ToString::to_string).collect();
            format!("{} {}", node.operator.name(), shape.join("x"))
        };
        let of = |scope| {
            let nodes = graph.nodes().iter().filter(|node| node.name.starts_with(scope));
            nodes.map(described).collect::<Vec<_>>().join("\n")
        };
        insta::assert_snapshot!(["fixed/", "stage1/block1/", "stage4/block2/", "head/"].map(of).join("\n\n"), @"
        convolution 24x112x112
        relu 24x112x112
        convolution 24x112x112
        add 24x112x112

        convolution 144x112x112
        relu 144x112x112
        convolution 144x56x56
        relu 144x56x56
        convolution 32x56x56

        convolution 816x14x14
        hard_swish 816x14x14
        convolution 816x14x14
        hard_swish 816x14x14
        global_average_pool 816x1x1
        convolution 208x1x1
        relu 208x1x1
        convolution 816x1x1
        hard_sigmoid 816x1x1
        multiply 816x14x14
        convolution 136x14x14
        add 136x14x14

        convolution 1152x7x7
        hard_swish 1152x7x7
        global_average_pool 1152x1x1
        convolution 1536x1x1
        hard_swish 1536x1x1
        flatten 1536
        linear 1000
        ");
    }

    #[test]
    fn blocks_of_the_same_size_are_shared_by_resolutions() {
        let sizes = |stage: usize| {
            let of_stage = |block: &Block| matches!(block, Block::Chosen(position, ..) if position.stage() == stage);
            all().iter().filter(|block| of_stage(block)).count() / MbConv::ALL.len()
        };
        // In stage 5 the first position has seven sizes, the others four.
        assert_eq!([0, 1, 2, 3, 4].map(sizes), [100, 25 + 3 * 13, 13 + 3 * 7, 28, 7 + 3 * 4]);
    }
}
