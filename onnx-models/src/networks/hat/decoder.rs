//! One step of the decoder: every hypothesis gets one more token.

use super::attention::{Cache, Rows, attend, feed_forward, head_features, keys_and_values, leave_attention, queries};
use super::{Block, embedding};
use crate::graph::{Element, GraphBuilder, Operator, Value};
use crate::networks::{Context, Form};
use crate::spaces::hat::Transformer;

/// The table of the target's tokens, which embedding and projection share.
const TABLE: &str = "decoder/embedding";

/// Declares the target: tokens, or vectors where there is no vocabulary; of one step, or of all
/// where the decoder is unrolled.
pub(super) fn target(builder: &mut GraphBuilder, name: &str, context: &Context, features: u16) -> Value {
    let sentence = context.sentence;
    let mut shape = vec![context.batch, sentence.beam];
    if context.form == Form::Unrolled {
        shape.push(sentence.target_length);
    }
    if sentence.vocabulary.is_some() {
        return builder.input(name, Element::Index, shape);
    }
    shape.push(features.into());
    builder.input(name, Element::Float, shape)
}

/// Declares what a self-attention has cached before a step; at the first, nothing.
pub(super) fn self_cache(
    builder: &mut GraphBuilder,
    name: &str,
    context: &Context,
    heads: u8,
    position: usize,
) -> Option<Cache> {
    if position == 1 {
        return None;
    }
    let (rows, cached) = (hypotheses(context), position - 1);
    Some(declare_cache(builder, name, rows.sequences, heads, cached))
}

/// Declares what an encoder-decoder attention reads of the encoder.
pub(super) fn cross_cache(builder: &mut GraphBuilder, name: &str, context: &Context, heads: u8, span: u8) -> Cache {
    declare_cache(builder, name, context.batch, heads, context.sentence.source_length * usize::from(span))
}

fn declare_cache(builder: &mut GraphBuilder, name: &str, sequences: usize, heads: u8, positions: usize) -> Cache {
    let (matrices, features) = (usize::from(heads), head_features(heads));
    Cache {
        keys: builder.input(format!("{name}.keys"), Element::Float, vec![sequences, matrices, features, positions]),
        values: builder.input(format!("{name}.values"), Element::Float, vec![sequences, matrices, positions, features]),
    }
}

/// One row for every hypothesis, each a sequence of its own.
pub(super) const fn hypotheses(context: &Context) -> Rows {
    Rows { sequences: context.batch * context.sentence.beam, length: 1 }
}

/// All layers. The caches are extended by the step.
pub(super) fn decode(
    builder: &mut GraphBuilder,
    context: &Context,
    transformer: &Transformer,
    cross: &[Cache],
    own: &mut [Option<Cache>],
    input: Value,
) -> Value {
    let features = transformer.decoder_embedding();
    let layers = transformer.decoder_layers().iter().zip(cross).zip(own).zip(1..);
    layers.fold(input, |input, (((layer, &cross), own), number)| {
        let scope = format!("decoder/layer{number}");
        let (attended, extended) = self_attention(builder, &scope, context, (features, layer.self_heads), *own, input);
        *own = Some(extended);
        let settings = (features, layer.cross_heads, layer.span);
        let attended = cross_attention(builder, &scope, context, settings, cross, attended);
        let block = Block::DecoderFeedForward { embedding: features, feed_forward: layer.feed_forward };
        feed_forward(builder, &format!("{scope}/feed_forward"), block, (features, layer.feed_forward), attended)
    })
}

/// From the target to rows x features, for the token at a position.
pub(super) fn target_embedding(
    builder: &mut GraphBuilder,
    context: &Context,
    features: u16,
    position: usize,
    target: Value,
) -> Value {
    builder.enter(Block::TargetEmbedding { embedding: features });
    let (rows, width) = (hypotheses(context), usize::from(features));
    let target = match context.form {
        Form::Unrolled => {
            let one = Operator::Slice { axis: 2, start: position - 1, end: position };
            builder.node("decoder/target".into(), one, &[target])
        }
        _ => target,
    };
    let Some(vocabulary) = context.sentence.vocabulary else {
        return builder.node("decoder/rows".into(), Operator::Reshape(vec![rows.total(), width]), &[target]);
    };
    let table = builder.node(TABLE.into(), Operator::Table { rows: vocabulary, features: width }, &[]);
    let vectors = embedding::lookup(builder, "decoder", rows.total(), width, table, target);
    let place = Operator::Table { rows: 1, features: width };
    let place = builder.node(format!("decoder/position{position}"), place, &[]);
    builder.node("decoder/placed".into(), Operator::Add, &[vectors, place])
}

/// Self-attention of a layer: one more token looks at all before it and at itself.
pub(super) fn self_attention(
    builder: &mut GraphBuilder,
    scope: &str,
    context: &Context,
    (embedding, heads): (u16, u8),
    cached: Option<Cache>,
    input: Value,
) -> (Value, Cache) {
    builder.enter(Block::SelfAttention { embedding, heads });
    let (scope, rows) = (format!("{scope}/self"), hypotheses(context));
    let queries = queries(builder, &scope, rows, heads, input);
    let new = keys_and_values(builder, &scope, rows, heads, input);
    let cache = cached.map_or(new, |cached| {
        let mut extend = |what, axis, old, new| {
            builder.node(format!("{scope}/{what}/extended"), Operator::Concatenate { axis }, &[old, new])
        };
        Cache { keys: extend("key", 3, cached.keys, new.keys), values: extend("value", 2, cached.values, new.values) }
    });
    let attended = attend(builder, &scope, rows, queries, cache);
    (leave_attention(builder, &scope, embedding, attended, input), cache)
}

/// Encoder-decoder attention of a layer. All hypotheses of a sentence read the same keys and
/// values, which are neither copied nor computed again.
pub(super) fn cross_attention(
    builder: &mut GraphBuilder,
    scope: &str,
    context: &Context,
    (embedding, heads, span): (u16, u8, u8),
    cache: Cache,
    input: Value,
) -> Value {
    builder.enter(Block::CrossAttention { embedding, heads, span });
    let rows = Rows { sequences: context.batch, length: context.sentence.beam };
    let scope = format!("{scope}/cross");
    let queries = queries(builder, &scope, rows, heads, input);
    let attended = attend(builder, &scope, rows, queries, cache);
    leave_attention(builder, &scope, embedding, attended, input)
}

/// From the last layer to the vocabulary, by the table of the embedding; without a vocabulary
/// the vectors themselves.
pub(super) fn projection(builder: &mut GraphBuilder, context: &Context, features: u16, input: Value) -> Value {
    builder.enter(Block::Projection { embedding: features });
    let (width, mut output) = (usize::from(features), input);
    if let Some(vocabulary) = context.sentence.vocabulary {
        let table = Operator::Table { rows: vocabulary, features: width };
        let table = builder.reuse("decoder/projection/table".into(), table, TABLE);
        output = builder.node("decoder/projection".into(), Operator::Projection, &[input, table]);
    }
    let last = context.sentence.vocabulary.unwrap_or(width);
    let shape = vec![context.batch, context.sentence.beam, last];
    builder.node("decoder/hypotheses".into(), Operator::Reshape(shape), &[output])
}
