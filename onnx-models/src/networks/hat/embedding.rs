//! From tokens to vectors.
//!
//! HAT adds fixed sinusoids of a token's position to its vector. Here the numbers of the positions
//! are drawn like all stored numbers: sines differ between platforms in their last bits, and the
//! time that an addition takes does not depend on what it adds.

use crate::graph::{GraphBuilder, Operator, Value};

/// The rows of a table at some tokens, times the root of their length.
pub(super) fn lookup(
    builder: &mut GraphBuilder,
    scope: &str,
    tokens: usize,
    features: usize,
    table: Value,
    input: Value,
) -> Value {
    let tokens = builder.node(format!("{scope}/tokens"), Operator::Reshape(vec![tokens]), &[input]);
    let vectors = builder.node(format!("{scope}/vectors"), Operator::Lookup, &[table, tokens]);
    let factor = (features as f32).sqrt();
    builder.node(format!("{scope}/vectors/scaled"), Operator::MultiplyBy(factor), &[vectors])
}
