//! The macro skeleton of FBNet around its 22 blocks, for CIFAR and for ImageNet.

use std::fmt;

use super::mb_conv::MbConv;
use super::{Context, Form, SpaceNetworks};
use crate::graph::{Convolution, Graph, GraphBuilder, Operator, Value};
use crate::spaces::fbnet::{Choice, Network};

const STEM_CHANNELS: usize = 16;
const STAGE_CHANNELS: [usize; 7] = [16, 24, 32, 64, 112, 184, 352];

/// A position, which blocks are chosen for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position(usize);

/// What a network is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Block {
    /// The first convolution.
    Stem,
    /// What was chosen at a position. `skip` is no block where it computes nothing.
    Chosen(Position, Choice),
    /// The last convolution, pooling and classifier.
    Head,
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "position{}", self.0 + 1)
    }
}

impl fmt::Display for Block {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stem => formatter.write_str("stem"),
            Self::Chosen(position, choice) => write!(formatter, "{position}/{choice}"),
            Self::Head => formatter.write_str("head"),
        }
    }
}

/// What the two forms differ in.
struct Plan {
    /// Height and width of the image.
    image: usize,
    stem_stride: usize,
    stage_strides: [usize; 7],
    /// Channels of the last convolution.
    head_channels: usize,
}

impl Plan {
    const fn of(form: Form) -> Self {
        match form {
            Form::Imagenet => {
                Self { image: 224, stem_stride: 2, stage_strides: [1, 2, 2, 2, 1, 2, 1], head_channels: 1984 }
            }
            _ => Self { image: 32, stem_stride: 1, stage_strides: [1, 1, 2, 2, 1, 2, 1], head_channels: 1504 },
        }
    }
}

/// The shapes at a position.
#[derive(Clone, Copy, Default)]
pub(crate) struct Layer {
    /// Height and width of the input.
    size: usize,
    inputs: usize,
    pub(crate) outputs: usize,
    pub(crate) stride: usize,
}

impl Layer {
    const fn keeps_shape(&self) -> bool {
        self.stride == 1 && self.inputs == self.outputs
    }

    /// Whether nothing is computed.
    pub(crate) fn is_identity(&self, choice: Choice) -> bool {
        choice == Choice::Skip && self.keeps_shape()
    }

    /// The input of the layer behind this one.
    pub(crate) const fn next(&self) -> (usize, usize) {
        (self.size.div_ceil(self.stride), self.outputs)
    }
}

/// The shapes at all positions.
pub(crate) fn layers(form: Form) -> [Layer; Network::POSITIONS] {
    let plan = Plan::of(form);
    let mut layers = [Layer::default(); Network::POSITIONS];
    let (mut size, mut inputs) = (plan.image / plan.stem_stride, STEM_CHANNELS);
    let mut rest = layers.iter_mut();
    for ((positions, outputs), stride) in Network::STAGES.into_iter().zip(STAGE_CHANNELS).zip(plan.stage_strides) {
        for (index, layer) in rest.by_ref().take(positions).enumerate() {
            *layer = Layer { size, inputs, outputs, stride: if index == 0 { stride } else { 1 } };
            (size, inputs) = layer.next();
        }
    }
    layers
}

/// The positions with their shapes.
fn positions(form: Form) -> impl Iterator<Item = (Position, Layer)> {
    (0..).map(Position).zip(layers(form))
}

/// Every block.
pub(crate) fn all(form: Form) -> Vec<Block> {
    let chosen = positions(form).flat_map(|(position, layer)| {
        let choices = Choice::ALL.into_iter().filter(move |&choice| !layer.is_identity(choice));
        choices.map(move |choice| Block::Chosen(position, choice))
    });
    [Block::Stem].into_iter().chain(chosen).chain([Block::Head]).collect()
}

/// Visits the blocks of a network. All of them reach the output.
pub(crate) fn for_each(network: &Network, form: Form, mut visit: impl FnMut(Block, u64)) {
    visit(Block::Stem, 1);
    for ((position, layer), &choice) in positions(form).zip(network.choices()) {
        if !layer.is_identity(choice) {
            visit(Block::Chosen(position, choice), 1);
        }
    }
    visit(Block::Head, 1);
}

/// Nine networks, each with another choice at every position.
pub(crate) fn covering() -> impl Iterator<Item = Network> {
    let choices = Choice::ALL.len();
    (0..choices)
        .map(move |first| Network::new(std::array::from_fn(|position| Choice::ALL[(first + position) % choices])))
}

/// The network of an architecture.
pub(crate) fn graph(network: &Network, context: &Context) -> Graph {
    let size = Plan::of(context.form).image;
    let (mut builder, input) = GraphBuilder::new(vec![context.batch, 3, size, size], context.batch_norm);
    let mut value = stem(&mut builder, context, input);
    for ((position, layer), &choice) in positions(context.form).zip(network.choices()) {
        value = chosen(&mut builder, position, layer, choice, value);
    }
    let logits = head(&mut builder, context, value);
    builder.finish(logits)
}

/// A block alone.
pub(crate) fn block_graph(block: Block, context: &Context) -> Graph {
    let layers = layers(context.form);
    let layer = |position: Position| layers[position.0];
    let (size, channels) = match block {
        Block::Stem => (Plan::of(context.form).image, 3),
        Block::Chosen(position, _) => (layer(position).size, layer(position).inputs),
        Block::Head => layers[Network::POSITIONS - 1].next(),
    };
    let (mut builder, input) = GraphBuilder::new(vec![context.batch, channels, size, size], context.batch_norm);
    let output = match block {
        Block::Stem => stem(&mut builder, context, input),
        Block::Chosen(position, choice) => chosen(&mut builder, position, layer(position), choice, input),
        Block::Head => head(&mut builder, context, input),
    };
    builder.finish(output)
}

fn stem(builder: &mut GraphBuilder, context: &Context, input: Value) -> Value {
    builder.enter(Block::Stem);
    let convolution = Convolution::dense(STEM_CHANNELS, 3, Plan::of(context.form).stem_stride);
    convolution_batch_norm_relu(builder, "stem", convolution, input)
}

fn chosen(builder: &mut GraphBuilder, position: Position, layer: Layer, choice: Choice, input: Value) -> Value {
    builder.enter(Block::Chosen(position, choice));
    let scope = position.to_string();
    let Some(block) = choice.mb_conv() else {
        if layer.keeps_shape() {
            return input;
        }
        let convolution = Convolution::dense(layer.outputs, 1, layer.stride);
        return convolution_batch_norm_relu(builder, &scope, convolution, input);
    };
    let block = MbConv {
        hidden: layer.inputs * block.expansion,
        expands: true,
        kernel: block.kernel,
        stride: layer.stride,
        groups: block.groups,
        activation: Operator::Relu,
        squeeze_excite: false,
        outputs: layer.outputs,
    };
    block.append(builder, &scope, input)
}

fn head(builder: &mut GraphBuilder, context: &Context, input: Value) -> Value {
    builder.enter(Block::Head);
    let convolution = Convolution::dense(Plan::of(context.form).head_channels, 1, 1);
    let value = convolution_batch_norm_relu(builder, "head", convolution, input);
    let value = builder.node("head/pool".into(), Operator::GlobalAveragePool, &[value]);
    let value = builder.node("head/flatten".into(), Operator::Flatten, &[value]);
    builder.node("head/classifier".into(), Operator::Linear { features: context.classes }, &[value])
}

fn convolution_batch_norm_relu(
    builder: &mut GraphBuilder,
    scope: &str,
    convolution: Convolution,
    input: Value,
) -> Value {
    let value = builder.convolution_batch_norm(scope, convolution, input);
    builder.node(format!("{scope}/relu"), Operator::Relu, &[value])
}

impl SpaceNetworks for Network {
    type Block = Block;

    const FORMS: &'static [Form] = &[Form::Cifar, Form::Imagenet];
    const DEFAULT_FORM: Form = Form::Cifar;
    const LATENCY_FORM: Form = Form::Cifar;

    fn default_classes(form: Form) -> usize {
        if form == Form::Cifar { 100 } else { 1_000 }
    }

    fn graph(&self, context: &Context) -> Graph {
        graph(self, context)
    }

    fn block_graph(block: Block, context: &Context) -> Graph {
        block_graph(block, context)
    }

    fn all_blocks(form: Form) -> Vec<Block> {
        all(form)
    }

    fn for_each_block(&self, form: Form, visit: impl FnMut(Block, u64)) {
        for_each(self, form, visit);
    }

    fn for_each_live_block(&self, form: Form, visit: impl FnMut(Block, u64)) {
        for_each(self, form, visit);
    }

    fn covering() -> Vec<Self> {
        covering().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::cost;
    use crate::networks::BuildOptions;

    fn uniform(choice: Choice) -> Network {
        Network::new([choice; Network::POSITIONS])
    }

    fn nodes(network: Network) -> Vec<String> {
        let options = BuildOptions::default();
        let graph = super::super::graph(&network.into(), &options).unwrap();
        graph.nodes().iter().map(|node| node.name.clone()).collect()
    }

    #[test]
    fn layers_change_shape_where_stages_do() {
        let shapes = |form| {
            let changing = positions(form).filter(|(_, layer)| !layer.keeps_shape());
            let shapes = changing.map(|(position, Layer { size, inputs, outputs, stride })| {
                format!("{position} {inputs}x{size}x{size} -> {outputs} by {stride}")
            });
            shapes.collect::<Vec<_>>().join("\n")
        };
        insta::assert_snapshot!(shapes(Form::Cifar), @"
        position2 16x32x32 -> 24 by 1
        position6 24x32x32 -> 32 by 2
        position10 32x16x16 -> 64 by 2
        position14 64x8x8 -> 112 by 1
        position18 112x8x8 -> 184 by 2
        position22 184x4x4 -> 352 by 1
        ");
        insta::assert_snapshot!(shapes(Form::Imagenet), @"
        position2 16x112x112 -> 24 by 2
        position6 24x56x56 -> 32 by 2
        position10 32x28x28 -> 64 by 2
        position14 64x14x14 -> 112 by 1
        position18 112x14x14 -> 184 by 2
        position22 184x7x7 -> 352 by 1
        ");
    }

    #[test]
    fn macs_and_parameters_are_those_counted_by_hand() {
        let counted = |form, choice| {
            let options = BuildOptions { form: Some(form), ..BuildOptions::default() };
            let cost = cost(&uniform(choice).into(), &options).unwrap();
            (cost.macs, cost.parameters)
        };
        assert_eq!(counted(Form::Cifar, Choice::K3E1), (31_322_240, 1_163_732));
        assert_eq!(counted(Form::Cifar, Choice::K5E1G2), (24_102_528, 960_276));
        assert_eq!(counted(Form::Cifar, Choice::K5E6), (160_926_080, 3_725_748));
        assert_eq!(counted(Form::Cifar, Choice::Skip), (11_608_960, 778_372));
        assert_eq!(counted(Form::Imagenet, Choice::K3E1G2), (83_302_832, 2_937_080));
        assert_eq!(counted(Form::Imagenet, Choice::K3E6), (502_111_712, 5_566_872));
        assert_eq!(counted(Form::Imagenet, Choice::Skip), (49_419_136, 2_782_312));
    }

    #[test]
    fn skips_compute_only_where_shapes_change() {
        insta::assert_snapshot!(nodes(uniform(Choice::Skip)).join(" "), @"stem/convolution stem/relu position2/convolution position2/relu position6/convolution position6/relu position10/convolution position10/relu position14/convolution position14/relu position18/convolution position18/relu position22/convolution position22/relu head/convolution head/relu head/pool head/flatten head/classifier");
    }

    #[test]
    fn grouped_blocks_shuffle_and_the_input_is_added_where_shapes_allow() {
        let nodes = nodes(uniform(Choice::K5E1G2));
        let of = |position: &str| {
            let parts = nodes.iter().filter_map(|name| name.strip_prefix(position));
            parts.collect::<Vec<_>>().join(" ")
        };
        insta::assert_snapshot!(of("position1/"), @"expand/convolution expand/activation shuffle/group shuffle/transpose shuffle/ungroup depthwise/convolution depthwise/activation project/convolution add");
        insta::assert_snapshot!(of("position2/"), @"expand/convolution expand/activation shuffle/group shuffle/transpose shuffle/ungroup depthwise/convolution depthwise/activation project/convolution");
    }
}
