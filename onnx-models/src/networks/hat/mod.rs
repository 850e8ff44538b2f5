//! Transformers of HAT: the encoder, one step of the decoder, and both unrolled.
//!
//! The forms split a translation as decoding does. The encoder runs once for a sentence and ends
//! with the keys and values that every decoder layer reads of it. The decoder runs once for every
//! target token, on `beam` hypotheses at once; its self-attentions cache keys and values, which
//! grow by a token a step. The unrolled form is the whole in one graph, for boards that should
//! time it so; the target's tokens are given, and every step's output comes out.

mod attention;
mod block;
mod decoder;
mod embedding;
mod encoder;

pub use block::Block;
pub(crate) use block::{all, covering, for_each};

use super::{Context, Form, SpaceNetworks};
use crate::graph::{Graph, GraphBuilder, INPUT, OUTPUT, Output, Value};
use crate::spaces::hat::Transformer;
use attention::Cache;

/// What `target_length` steps after one run of the encoder take, given the latency of the step at
/// [`middle_position`].
///
/// A step does the same work at every position, but for its self-attentions, whose caches grow by
/// one token a step. Its latency is thus affine in its position, and the mean over positions is
/// that of the middle one (of the earlier of two: half a token less than the mean).
#[must_use]
pub fn total_latency_ms(encoder_ms: f64, step_ms: f64, target_length: usize) -> f64 {
    encoder_ms + target_length as f64 * step_ms
}

/// The position, counted from 1, at which the form [`Form::DecoderStep`] takes its step: half the
/// target length, rounded up. The caches hold the tokens before it.
#[must_use]
pub const fn middle_position(target_length: usize) -> usize {
    target_length.div_ceil(2)
}

/// The network of a Transformer.
pub(crate) fn graph(transformer: &Transformer, context: &Context) -> Graph {
    match context.form {
        Form::DecoderStep => decoder_step(transformer, context),
        Form::Unrolled => unrolled(transformer, context),
        _ => encoder(transformer, context),
    }
}

fn encoder(transformer: &Transformer, context: &Context) -> Graph {
    let mut builder = GraphBuilder::with_inputs(context.batch_norm);
    let source = encoder::source(&mut builder, SOURCE, context, transformer.encoder_embedding());
    let caches = encoder::encode(&mut builder, context, transformer, source);
    let outputs = caches.iter().zip(1..).flat_map(|(cache, number)| cache_outputs(&format!("cross{number}"), cache));
    builder.finish_with(outputs.collect())
}

fn decoder_step(transformer: &Transformer, context: &Context) -> Graph {
    let mut builder = GraphBuilder::with_inputs(context.batch_norm);
    let (features, position) = (transformer.decoder_embedding(), middle_position(context.sentence.target_length));
    let target = decoder::target(&mut builder, TARGET, context, features);
    let layers = || transformer.decoder_layers().iter().zip(1..);
    let mut own: Vec<_> = layers()
        .map(|(layer, number)| {
            decoder::self_cache(&mut builder, &format!("self{number}"), context, layer.self_heads, position)
        })
        .collect();
    let cross: Vec<_> = layers()
        .map(|(layer, number)| {
            decoder::cross_cache(&mut builder, &format!("cross{number}"), context, layer.cross_heads, layer.span)
        })
        .collect();
    let input = decoder::target_embedding(&mut builder, context, features, position, target);
    let hidden = decoder::decode(&mut builder, context, transformer, &cross, &mut own, input);
    let value = decoder::projection(&mut builder, context, features, hidden);
    let extended = own.iter().flatten().zip(1..);
    let extended = extended.flat_map(|(cache, number)| cache_outputs(&format!("extended{number}"), cache));
    let outputs = [Output { name: output_name(context).into(), value }].into_iter().chain(extended).collect();
    builder.finish_with(outputs)
}

fn unrolled(transformer: &Transformer, context: &Context) -> Graph {
    let mut builder = GraphBuilder::with_inputs(context.batch_norm);
    let features = transformer.decoder_embedding();
    let source = encoder::source(&mut builder, SOURCE, context, transformer.encoder_embedding());
    let target = decoder::target(&mut builder, TARGET, context, features);
    let cross = encoder::encode(&mut builder, context, transformer, source);
    let mut own = vec![None; cross.len()];
    let outputs = steps(&mut builder, context, |builder, position| {
        let input = decoder::target_embedding(builder, context, features, position, target);
        let hidden = decoder::decode(builder, context, transformer, &cross, &mut own, input);
        decoder::projection(builder, context, features, hidden)
    });
    let outputs = outputs.into_iter().zip(1..);
    let named = outputs.map(|(value, number)| Output { name: format!("{}{number}", output_name(context)), value });
    builder.finish_with(named.collect())
}

/// The tokens of the source, or their vectors.
const SOURCE: &str = "source";
/// The last token of every hypothesis (unrolled: all tokens), or its vector.
const TARGET: &str = "target";

const fn output_name(context: &Context) -> &'static str {
    if context.sentence.vocabulary.is_some() { OUTPUT } else { "hidden" }
}

fn cache_outputs(name: &str, cache: &Cache) -> [Output; 2] {
    [("keys", cache.keys), ("values", cache.values)]
        .map(|(what, value)| Output { name: format!("{name}.{what}"), value })
}

/// Adds the decoder's steps, each at its position: all of them, which use the stored numbers of
/// the first, or the middle one.
fn steps(
    builder: &mut GraphBuilder,
    context: &Context,
    mut step: impl FnMut(&mut GraphBuilder, usize) -> Value,
) -> Vec<Value> {
    let outputs = positions(context).map(|position| {
        if position > 1 && context.form == Form::Unrolled {
            builder.repeat(format!("step{position}"));
        }
        step(builder, position)
    });
    outputs.collect()
}

fn positions(context: &Context) -> std::ops::RangeInclusive<usize> {
    let length = context.sentence.target_length;
    match context.form {
        Form::Unrolled => 1..=length,
        _ => middle_position(length)..=middle_position(length),
    }
}

/// A block alone.
pub(crate) fn block_graph(block: Block, context: &Context) -> Graph {
    let mut builder = GraphBuilder::with_inputs(context.batch_norm);
    let scope = block.to_string();
    let outputs = match block {
        Block::SourceEmbedding { embedding } => {
            let source = encoder::source(&mut builder, INPUT, context, embedding);
            vec![encoder::source_embedding(&mut builder, context, embedding, source)]
        }
        Block::EncoderAttention { embedding, heads } => {
            let input = rows_input(&mut builder, INPUT, encoder::rows(context).total(), embedding);
            vec![encoder::attention(&mut builder, &scope, context, (embedding, heads), input)]
        }
        Block::EncoderFeedForward { embedding, feed_forward } => {
            let input = rows_input(&mut builder, INPUT, encoder::rows(context).total(), embedding);
            vec![attention::feed_forward(&mut builder, &scope, block, (embedding, feed_forward), input)]
        }
        Block::CrossCache { embedding, heads, span } => {
            let rows = encoder::rows(context).total();
            let layers: Vec<_> = (1..=span)
                .map(|number| rows_input(&mut builder, &format!("{INPUT}{number}"), rows, embedding))
                .collect();
            let cache = encoder::cross_cache(&mut builder, &scope, context, (embedding, heads, span), &layers);
            vec![cache.keys, cache.values]
        }
        Block::TargetEmbedding { embedding } => {
            let target = decoder::target(&mut builder, INPUT, context, embedding);
            steps(&mut builder, context, |builder, position| {
                decoder::target_embedding(builder, context, embedding, position, target)
            })
        }
        Block::SelfAttention { embedding, heads } => {
            let inputs = step_inputs(&mut builder, context, embedding);
            let first = *positions(context).start();
            let mut cache = decoder::self_cache(&mut builder, "cache", context, heads, first);
            steps(&mut builder, context, |builder, position| {
                let input = inputs[position - first];
                let (output, extended) =
                    decoder::self_attention(builder, &scope, context, (embedding, heads), cache, input);
                cache = Some(extended);
                output
            })
        }
        Block::CrossAttention { embedding, heads, span } => {
            let cache = decoder::cross_cache(&mut builder, "cache", context, heads, span);
            each_step(&mut builder, context, embedding, |builder, input| {
                decoder::cross_attention(builder, &scope, context, (embedding, heads, span), cache, input)
            })
        }
        Block::DecoderFeedForward { embedding, feed_forward } => {
            each_step(&mut builder, context, embedding, |builder, input| {
                attention::feed_forward(builder, &scope, block, (embedding, feed_forward), input)
            })
        }
        Block::Projection { embedding } => each_step(&mut builder, context, embedding, |builder, input| {
            decoder::projection(builder, context, embedding, input)
        }),
    };
    let named = outputs.into_iter().zip(1..).map(|(value, number)| Output { name: format!("output{number}"), value });
    builder.finish_with(named.collect())
}

/// A block of the decoder whose steps know nothing of each other.
fn each_step(
    builder: &mut GraphBuilder,
    context: &Context,
    features: u16,
    mut step: impl FnMut(&mut GraphBuilder, Value) -> Value,
) -> Vec<Value> {
    let inputs = step_inputs(builder, context, features);
    let first = *positions(context).start();
    steps(builder, context, |builder, position| step(builder, inputs[position - first]))
}

/// The rows that a block reads at each of its steps.
fn step_inputs(builder: &mut GraphBuilder, context: &Context, features: u16) -> Vec<Value> {
    let rows = decoder::hypotheses(context).total();
    positions(context).map(|position| rows_input(builder, &format!("{INPUT}{position}"), rows, features)).collect()
}

fn rows_input(builder: &mut GraphBuilder, name: &str, rows: usize, features: u16) -> Value {
    builder.input(name, crate::graph::Element::Float, vec![rows, features.into()])
}

impl SpaceNetworks for Transformer {
    type Block = Block;

    const FORMS: &'static [Form] = &[Form::Encoder, Form::DecoderStep, Form::Unrolled];
    const DEFAULT_FORM: Form = Form::Encoder;
    const LATENCY_FORM: Form = Form::Unrolled;

    fn default_classes(_form: Form) -> usize {
        1_000
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
        covering()
    }
}

#[cfg(test)]
mod tests;
