//! What source predictors know of a block of HAT.

use tenshot_onnx_models::networks::hat::Block;

/// A one-hot of the sublayer between its embeddings, and again times its settings: what files of
/// HAT tell of a Transformer are means over its layers.
pub(super) fn block_features(block: Block) -> Vec<(String, f64)> {
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
