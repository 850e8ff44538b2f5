//! What networks of HAT are made of: embeddings, sublayers, caches and the projection.

use std::fmt;

use crate::networks::Form;
use crate::spaces::hat::{DecoderLayer, EncoderLayer, Key, Transformer};

/// A block of HAT's networks. In the form [`Form::Unrolled`] a block of the decoder is all steps
/// of its sublayer, whose weights are stored once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Block {
    /// From the source's tokens to vectors.
    SourceEmbedding {
        /// Features of the vectors.
        embedding: u16,
    },
    /// Self-attention of an encoder layer.
    EncoderAttention {
        /// Features between layers.
        embedding: u16,
        /// Heads of the attention.
        heads: u8,
    },
    /// Feed-forward network of an encoder layer.
    EncoderFeedForward {
        /// Features between layers.
        embedding: u16,
        /// Features inside.
        feed_forward: u16,
    },
    /// The keys and values of the encoder that one decoder layer reads at every step.
    CrossCache {
        /// Features between the encoder's layers.
        embedding: u16,
        /// Heads of the encoder-decoder attention.
        heads: u8,
        /// How many of the encoder's last layers it reads.
        span: u8,
    },
    /// From target tokens to vectors.
    TargetEmbedding {
        /// Features of the vectors.
        embedding: u16,
    },
    /// Self-attention of a decoder layer, with its cache.
    SelfAttention {
        /// Features between layers.
        embedding: u16,
        /// Heads of the attention.
        heads: u8,
    },
    /// Encoder-decoder attention of a decoder layer.
    CrossAttention {
        /// Features between the decoder's layers.
        embedding: u16,
        /// Heads of the attention.
        heads: u8,
        /// How many of the encoder's last layers it reads.
        span: u8,
    },
    /// Feed-forward network of a decoder layer.
    DecoderFeedForward {
        /// Features between layers.
        embedding: u16,
        /// Features inside.
        feed_forward: u16,
    },
    /// From the decoder's vectors to the vocabulary.
    Projection {
        /// Features of the vectors.
        embedding: u16,
    },
}

impl fmt::Display for Block {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SourceEmbedding { embedding } => write!(formatter, "encoder{embedding}/embedding"),
            Self::EncoderAttention { embedding, heads } => write!(formatter, "encoder{embedding}/attention_h{heads}"),
            Self::EncoderFeedForward { embedding, feed_forward } => {
                write!(formatter, "encoder{embedding}/feed_forward{feed_forward}")
            }
            Self::CrossCache { embedding, heads, span } => {
                write!(formatter, "encoder{embedding}/cross_cache_h{heads}_last{span}")
            }
            Self::TargetEmbedding { embedding } => write!(formatter, "decoder{embedding}/embedding"),
            Self::SelfAttention { embedding, heads } => {
                write!(formatter, "decoder{embedding}/self_attention_h{heads}")
            }
            Self::CrossAttention { embedding, heads, span } => {
                write!(formatter, "decoder{embedding}/cross_attention_h{heads}_last{span}")
            }
            Self::DecoderFeedForward { embedding, feed_forward } => {
                write!(formatter, "decoder{embedding}/feed_forward{feed_forward}")
            }
            Self::Projection { embedding } => write!(formatter, "decoder{embedding}/projection"),
        }
    }
}

/// Every block of a form.
pub(crate) fn all(form: Form) -> Vec<Block> {
    let mut blocks = Vec::new();
    for embedding in choices::<u16>(Key::EncoderEmbedding).filter(|_| form != Form::DecoderStep) {
        blocks.push(Block::SourceEmbedding { embedding });
        blocks.extend(choices(Key::EncoderHeads).map(|heads| Block::EncoderAttention { embedding, heads }));
        let feed_forwards = choices(Key::EncoderFeedForward);
        blocks.extend(feed_forwards.map(|feed_forward| Block::EncoderFeedForward { embedding, feed_forward }));
        blocks.extend(cross_attentions().map(|(heads, span)| Block::CrossCache { embedding, heads, span }));
    }
    for embedding in choices::<u16>(Key::DecoderEmbedding).filter(|_| form != Form::Encoder) {
        blocks.push(Block::TargetEmbedding { embedding });
        blocks.extend(choices(Key::DecoderSelfHeads).map(|heads| Block::SelfAttention { embedding, heads }));
        blocks.extend(cross_attentions().map(|(heads, span)| Block::CrossAttention { embedding, heads, span }));
        let feed_forwards = choices(Key::DecoderFeedForward);
        blocks.extend(feed_forwards.map(|feed_forward| Block::DecoderFeedForward { embedding, feed_forward }));
        blocks.push(Block::Projection { embedding });
    }
    blocks
}

/// What a key of the space allows, as the type of its values.
fn choices<T: TryFrom<i64>>(key: Key) -> impl Iterator<Item = T> + Clone {
    key.choices().iter().filter_map(|&choice| T::try_from(choice).ok())
}

/// Heads and spans of encoder-decoder attentions.
fn cross_attentions() -> impl Iterator<Item = (u8, u8)> {
    choices(Key::DecoderCrossHeads).flat_map(|heads| (1..=DecoderLayer::MAXIMUM_SPAN).map(move |span| (heads, span)))
}

/// Visits the blocks of a Transformer's network.
pub(crate) fn for_each(transformer: &Transformer, form: Form, mut visit: impl FnMut(Block, u64)) {
    let mut visit = |block: Block| visit(block, 1);
    if form != Form::DecoderStep {
        let embedding = transformer.encoder_embedding();
        visit(Block::SourceEmbedding { embedding });
        for &EncoderLayer { feed_forward, heads } in transformer.encoder_layers() {
            visit(Block::EncoderAttention { embedding, heads });
            visit(Block::EncoderFeedForward { embedding, feed_forward });
        }
        for &DecoderLayer { cross_heads: heads, span, .. } in transformer.decoder_layers() {
            visit(Block::CrossCache { embedding, heads, span });
        }
    }
    if form != Form::Encoder {
        let embedding = transformer.decoder_embedding();
        visit(Block::TargetEmbedding { embedding });
        for &DecoderLayer { feed_forward, self_heads, cross_heads, span } in transformer.decoder_layers() {
            visit(Block::SelfAttention { embedding, heads: self_heads });
            visit(Block::CrossAttention { embedding, heads: cross_heads, span });
            visit(Block::DecoderFeedForward { embedding, feed_forward });
        }
        visit(Block::Projection { embedding });
    }
}

/// Four Transformers that contain every block: two for each embedding, since six decoder layers
/// do not hold nine pairs of heads and span.
pub(crate) fn covering() -> Vec<Transformer> {
    let heads = || choices::<u8>(Key::EncoderHeads).cycle();
    let feed_forwards = || choices::<u16>(Key::EncoderFeedForward).cycle();
    let pairs: Vec<_> = cross_attentions().collect();
    let transformers = choices::<u16>(Key::EncoderEmbedding).flat_map(|embedding| {
        let pairs = pairs.clone();
        [0, 1].into_iter().filter_map(move |half| {
            let mut encoder_layers = heads().zip(feed_forwards());
            let encoder_layers = std::array::from_fn(|_| {
                let (heads, feed_forward) = encoder_layers.next().unwrap_or_default();
                EncoderLayer { feed_forward, heads }
            });
            let pairs = pairs.iter().cycle().skip(half * Transformer::MAXIMUM_DECODER_LAYERS);
            let decoder_layers: Vec<_> = pairs
                .zip(heads().zip(feed_forwards()))
                .take(Transformer::MAXIMUM_DECODER_LAYERS)
                .map(|(&(cross_heads, span), (self_heads, feed_forward))| DecoderLayer {
                    feed_forward,
                    self_heads,
                    cross_heads,
                    span,
                })
                .collect();
            Transformer::new(embedding, embedding, encoder_layers, &decoder_layers).ok()
        })
    });
    transformers.collect()
}
