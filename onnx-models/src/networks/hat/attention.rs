//! Attention and its surroundings, on rows x features.
//!
//! Layers are post-norm: a sublayer's output is added to its input, and the sum is normalised.

use super::Block;
use crate::graph::{GraphBuilder, Operator, Value};
use crate::spaces::hat::Transformer;

/// The keys and values that an attention reads. Keys are stored as the product with the queries
/// reads them: sequences x heads x features of a head x positions. Values: sequences x heads x
/// positions x features of a head.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cache {
    pub(super) keys: Value,
    pub(super) values: Value,
}

/// How rows are laid out: so many sequences, each of so many rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows {
    pub(super) sequences: usize,
    pub(super) length: usize,
}

impl Rows {
    pub(super) const fn total(self) -> usize {
        self.sequences * self.length
    }
}

/// Features of one head.
pub(super) const fn head_features(heads: u8) -> usize {
    Transformer::QKV / heads as usize
}

/// Scaled queries: sequences x heads x rows x features of a head.
pub(super) fn queries(builder: &mut GraphBuilder, scope: &str, rows: Rows, heads: u8, input: Value) -> Value {
    let projected = linear(builder, format!("{scope}/query"), Transformer::QKV, input);
    let factor = 1.0 / (head_features(heads) as f32).sqrt();
    let scaled = builder.node(format!("{scope}/query/scaled"), Operator::MultiplyBy(factor), &[projected]);
    split_heads(builder, &format!("{scope}/query"), rows, heads, [0, 2, 1, 3], scaled)
}

/// Keys and values of some rows.
pub(super) fn keys_and_values(builder: &mut GraphBuilder, scope: &str, rows: Rows, heads: u8, input: Value) -> Cache {
    let keys = linear(builder, format!("{scope}/key"), Transformer::QKV, input);
    let keys = split_heads(builder, &format!("{scope}/key"), rows, heads, [0, 2, 3, 1], keys);
    let values = linear(builder, format!("{scope}/value"), Transformer::QKV, input);
    let values = split_heads(builder, &format!("{scope}/value"), rows, heads, [0, 2, 1, 3], values);
    Cache { keys, values }
}

/// From rows x features to one matrix for each sequence and head, its dimensions in an order of
/// (sequence, row, head, feature of the head).
fn split_heads(
    builder: &mut GraphBuilder,
    scope: &str,
    rows: Rows,
    heads: u8,
    order: [usize; 4],
    input: Value,
) -> Value {
    let split = [rows.sequences, rows.length, heads.into(), head_features(heads)];
    if rows.length == 1 {
        // Dimensions of one element move for free.
        let shape = order.map(|axis| split[axis]).to_vec();
        return builder.node(format!("{scope}/heads"), Operator::Reshape(shape), &[input]);
    }
    let split = builder.node(format!("{scope}/split"), Operator::Reshape(split.to_vec()), &[input]);
    builder.node(format!("{scope}/heads"), Operator::Transpose(order.to_vec()), &[split])
}

/// The values, weighted by how well their keys fit the queries: rows x [`Transformer::QKV`].
pub(super) fn attend(builder: &mut GraphBuilder, scope: &str, rows: Rows, queries: Value, cache: Cache) -> Value {
    let scores = builder.node(format!("{scope}/scores"), Operator::MatrixProduct, &[queries, cache.keys]);
    let weights = builder.node(format!("{scope}/weights"), Operator::Softmax, &[scores]);
    let mixed = builder.node(format!("{scope}/mixed"), Operator::MatrixProduct, &[weights, cache.values]);
    let merged = Operator::Reshape(vec![rows.total(), Transformer::QKV]);
    if rows.length == 1 {
        return builder.node(format!("{scope}/merged"), merged, &[mixed]);
    }
    let ordered = builder.node(format!("{scope}/ordered"), Operator::Transpose(vec![0, 2, 1, 3]), &[mixed]);
    builder.node(format!("{scope}/merged"), merged, &[ordered])
}

/// The end of an attention: back to the features between layers.
pub(super) fn leave_attention(
    builder: &mut GraphBuilder,
    scope: &str,
    embedding: u16,
    attended: Value,
    input: Value,
) -> Value {
    let output = linear(builder, format!("{scope}/output"), embedding.into(), attended);
    add_and_normalise(builder, scope, input, output)
}

/// The feed-forward network of a layer.
pub(super) fn feed_forward(
    builder: &mut GraphBuilder,
    scope: &str,
    block: Block,
    (embedding, features): (u16, u16),
    input: Value,
) -> Value {
    builder.enter(block);
    let widened = linear(builder, format!("{scope}/widen"), features.into(), input);
    let activated = builder.node(format!("{scope}/relu"), Operator::Relu, &[widened]);
    let output = linear(builder, format!("{scope}/narrow"), embedding.into(), activated);
    add_and_normalise(builder, scope, input, output)
}

fn add_and_normalise(builder: &mut GraphBuilder, scope: &str, input: Value, output: Value) -> Value {
    let sum = builder.node(format!("{scope}/add"), Operator::Add, &[input, output]);
    builder.node(format!("{scope}/normalised"), Operator::LayerNormalization, &[sum])
}

fn linear(builder: &mut GraphBuilder, name: String, features: usize, input: Value) -> Value {
    builder.node(name, Operator::Linear { features }, &[input])
}
