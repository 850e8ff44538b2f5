//! What source predictors know of a block: features that blocks of one kind share.

use std::collections::HashMap;

use tenshot_onnx_models::networks::{hat, mobilenetv3};
use tenshot_onnx_models::{Architecture, Block};

use crate::block_columns::BlockNumbers;

/// The features of every block of a space.
pub(super) struct BlockFeatures {
    /// By block: which features it has, and their values.
    by_block: Vec<Vec<(usize, f64)>>,
    width: usize,
}

impl BlockFeatures {
    pub(super) fn of(numbers: &BlockNumbers) -> Self {
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut place = |name: String| {
            let next = known.len();
            *known.entry(name).or_insert(next)
        };
        let blocks = numbers.blocks();
        let by_block = blocks.iter().map(|block| {
            named(block).into_iter().map(|(name, value)| (place(name), value)).collect::<Vec<(usize, f64)>>()
        });
        let by_block: Vec<_> = by_block.collect();
        Self { by_block, width: known.len() }
    }

    /// The features of an architecture: the sums of its blocks'.
    pub(super) fn row(&self, numbers: &BlockNumbers, architecture: &Architecture) -> Vec<f64> {
        let mut row = vec![0.0; self.width];
        numbers.for_each(architecture, |number, times| {
            self.by_block[number].iter().for_each(|&(feature, value)| row[feature] += value * times);
        });
        row
    }

    /// What each block adds to the latency, given the weights of the features.
    pub(super) fn weigh(&self, weights: &[f64]) -> Vec<f64> {
        let of_block =
            |features: &Vec<(usize, f64)>| features.iter().map(|&(feature, value)| value * weights[feature]).sum();
        self.by_block.iter().map(of_block).collect()
    }
}

/// A block's features by name: its one-hot, and where blocks differ in sizes, its sizes.
fn named(block: &Block) -> Vec<(String, f64)> {
    match block {
        Block::MobileNetV3(block) => of_mobilenetv3(*block),
        Block::Hat(block) => of_hat(*block),
        other => vec![(other.to_string(), 1.0)],
    }
}

/// A one-hot of the block without its size, and again times its area.
fn of_mobilenetv3(block: mobilenetv3::Block) -> Vec<(String, f64)> {
    use mobilenetv3::Block;
    let (name, size) = match block {
        Block::Stem(size) => ("stem".to_owned(), size),
        Block::Chosen(position, block, size) => (format!("{position}/{block:?}"), size),
        Block::Head(size) => ("head".to_owned(), size),
    };
    // Stages differ in size by powers of two, blocks of one position by less than a half.
    let pixels = size.pixels() as f64;
    let largest = (pixels / 7.0).log2().ceil().exp2() * 7.0;
    vec![(name.clone(), 1.0), (format!("{name}/area"), (pixels / largest).powi(2))]
}

/// A one-hot of the sublayer between its embeddings, and again times its settings: what files of
/// HAT tell of a Transformer are means over its layers.
fn of_hat(block: hat::Block) -> Vec<(String, f64)> {
    use hat::Block;
    let heads = |heads: u8| ("heads", f64::from(heads) / 8.0);
    let inner = |feed_forward: u16| ("inner", f64::from(feed_forward) / 3072.0);
    let last = |span: u8| ("span", f64::from(span) / 3.0);
    let (name, settings) = match block {
        Block::SourceEmbedding { embedding } => (format!("source{embedding}"), vec![]),
        Block::EncoderAttention { embedding, heads: number } => {
            (format!("encoder{embedding}/attention"), vec![heads(number)])
        }
        Block::EncoderFeedForward { embedding, feed_forward } => {
            (format!("encoder{embedding}/feed-forward"), vec![inner(feed_forward)])
        }
        Block::CrossCache { embedding, heads: number, span } => {
            (format!("encoder{embedding}/cache"), vec![heads(number), last(span)])
        }
        Block::TargetEmbedding { embedding } => (format!("target{embedding}"), vec![]),
        Block::SelfAttention { embedding, heads: number } => (format!("decoder{embedding}/self"), vec![heads(number)]),
        Block::CrossAttention { embedding, heads: number, span } => {
            (format!("decoder{embedding}/cross"), vec![heads(number), last(span)])
        }
        Block::DecoderFeedForward { embedding, feed_forward } => {
            (format!("decoder{embedding}/feed-forward"), vec![inner(feed_forward)])
        }
        Block::Projection { embedding } => (format!("projection{embedding}"), vec![]),
    };
    let settings = settings.into_iter().map(|(setting, value)| (format!("{name}/{setting}"), value));
    [(name.clone(), 1.0)].into_iter().chain(settings).collect()
}
