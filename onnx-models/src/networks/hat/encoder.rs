//! The encoder, up to the keys and values that the decoder caches of it.

use super::attention::{Cache, Rows, attend, feed_forward, keys_and_values, leave_attention, queries};
use super::{Block, embedding};
use crate::graph::{Element, GraphBuilder, Operator, Value};
use crate::networks::Context;
use crate::spaces::hat::Transformer;

/// Declares the source: tokens, or vectors where there is no vocabulary.
pub(super) fn source(builder: &mut GraphBuilder, name: &str, context: &Context, features: u16) -> Value {
    let mut shape = vec![context.batch, context.sentence.source_length];
    if context.sentence.vocabulary.is_some() {
        return builder.input(name, Element::Index, shape);
    }
    shape.push(features.into());
    builder.input(name, Element::Float, shape)
}

/// The rows of the source.
pub(super) const fn rows(context: &Context) -> Rows {
    Rows { sequences: context.batch, length: context.sentence.source_length }
}

/// The whole encoder. For every decoder layer, what its encoder-decoder attention caches.
pub(super) fn encode(
    builder: &mut GraphBuilder,
    context: &Context,
    transformer: &Transformer,
    source: Value,
) -> Vec<Cache> {
    let features = transformer.encoder_embedding();
    let mut outputs = vec![source_embedding(builder, context, features, source)];
    for ((layer, number), input) in transformer.encoder_layers().iter().zip(1..).zip(0..) {
        let scope = format!("encoder/layer{number}");
        let attended = attention(builder, &scope, context, (features, layer.heads), outputs[input]);
        let block = Block::EncoderFeedForward { embedding: features, feed_forward: layer.feed_forward };
        let scope = format!("{scope}/feed_forward");
        outputs.push(feed_forward(builder, &scope, block, (features, layer.feed_forward), attended));
    }
    let caches = transformer.decoder_layers().iter().zip(1..).map(|(layer, number)| {
        let last = &outputs[outputs.len() - usize::from(layer.span)..];
        let settings = (features, layer.cross_heads, layer.span);
        cross_cache(builder, &format!("decoder/layer{number}/cross"), context, settings, last)
    });
    caches.collect()
}

/// From the source to rows x features.
pub(super) fn source_embedding(builder: &mut GraphBuilder, context: &Context, features: u16, source: Value) -> Value {
    builder.enter(Block::SourceEmbedding { embedding: features });
    let (rows, width) = (rows(context), usize::from(features));
    let Some(vocabulary) = context.sentence.vocabulary else {
        return builder.node("encoder/rows".into(), Operator::Reshape(vec![rows.total(), width]), &[source]);
    };
    let table = builder.node("encoder/embedding".into(), Operator::Table { rows: vocabulary, features: width }, &[]);
    let vectors = embedding::lookup(builder, "encoder", rows.total(), width, table, source);
    let positions = Operator::Table { rows: rows.length, features: width };
    let positions = builder.node("encoder/positions".into(), positions, &[]);
    let sentences = Operator::Reshape(vec![rows.sequences, rows.length, width]);
    let sentences = builder.node("encoder/sentences".into(), sentences, &[vectors]);
    let placed = builder.node("encoder/placed".into(), Operator::Add, &[sentences, positions]);
    builder.node("encoder/rows".into(), Operator::Reshape(vec![rows.total(), width]), &[placed])
}

/// Self-attention of a layer.
pub(super) fn attention(
    builder: &mut GraphBuilder,
    scope: &str,
    context: &Context,
    (embedding, heads): (u16, u8),
    input: Value,
) -> Value {
    builder.enter(Block::EncoderAttention { embedding, heads });
    let (scope, rows) = (format!("{scope}/attention"), rows(context));
    let queries = queries(builder, &scope, rows, heads, input);
    let cache = keys_and_values(builder, &scope, rows, heads, input);
    let attended = attend(builder, &scope, rows, queries, cache);
    leave_attention(builder, &scope, embedding, attended, input)
}

/// The keys and values of the encoder's last layers, the very last first as in HAT, each of
/// them like more tokens of the source.
pub(super) fn cross_cache(
    builder: &mut GraphBuilder,
    scope: &str,
    context: &Context,
    (embedding, heads, span): (u16, u8, u8),
    last: &[Value],
) -> Cache {
    builder.enter(Block::CrossCache { embedding, heads, span });
    let (one, width) = (rows(context), usize::from(embedding));
    let rows = Rows { length: one.length * last.len(), ..one };
    let read = match last {
        [only] => *only,
        _ => {
            let sentences = Operator::Reshape(vec![one.sequences, one.length, width]);
            let layers = last.iter().rev().zip(1..);
            let layers: Vec<_> = layers
                .map(|(&layer, number)| builder.node(format!("{scope}/last{number}"), sentences.clone(), &[layer]))
                .collect();
            let joined = builder.node(format!("{scope}/last"), Operator::Concatenate { axis: 1 }, &layers);
            builder.node(format!("{scope}/rows"), Operator::Reshape(vec![rows.total(), width]), &[joined])
        }
    };
    keys_and_values(builder, scope, rows, heads, read)
}
