//! HAT (hardware-aware Transformers): encoder-decoder Transformers for translation.

mod error;
mod key;
mod parse;
mod settings;

use std::{fmt, iter};

use rand_xoshiro::Xoshiro256PlusPlus;

pub use error::HatError;
pub use key::Key;

use crate::spaces::SearchSpace;
use crate::spaces::draw::choose;

/// A Transformer of HAT's space: 6 encoder layers and 1 to 6 decoder layers, whose attentions all
/// have [`Transformer::QKV`] features in their queries, keys and values.
///
/// Displayed as one line of JSON with the keys of HAT's subtransformer files; read from such JSON
/// and from HAT's YAML files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Transformer {
    encoder_embedding: u16,
    decoder_embedding: u16,
    encoder_layers: [EncoderLayer; Self::ENCODER_LAYERS],
    decoder_depth: u8,
    /// [`DecoderLayer::UNUSED`] beyond the depth, so that equal networks compare equal.
    decoder_layers: [DecoderLayer; Self::MAXIMUM_DECODER_LAYERS],
}

/// A layer of the encoder: self-attention, then a feed-forward network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EncoderLayer {
    /// Features between the two linear layers of the feed-forward network.
    pub feed_forward: u16,
    /// Heads of the self-attention.
    pub heads: u8,
}

/// A layer of the decoder: self-attention, encoder-decoder attention, a feed-forward network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DecoderLayer {
    /// Features between the two linear layers of the feed-forward network.
    pub feed_forward: u16,
    /// Heads of the self-attention.
    pub self_heads: u8,
    /// Heads of the encoder-decoder attention.
    pub cross_heads: u8,
    /// How many of the encoder's last layers the encoder-decoder attention reads, 1 to 3. HAT
    /// writes them as -1, 1 and 2.
    pub span: u8,
}

impl DecoderLayer {
    /// The longest span.
    pub const MAXIMUM_SPAN: u8 = 3;

    const UNUSED: Self = Self { feed_forward: 0, self_heads: 0, cross_heads: 0, span: 0 };

    /// The inverse of [`DecoderLayer::written_span`].
    const fn span_from_written(written: i64) -> u8 {
        if written == -1 { 1 } else { written as u8 + 1 }
    }

    /// The span as HAT writes it: the layers beside the last, -1 for none.
    const fn written_span(&self) -> i64 {
        match self.span {
            1 => -1,
            0 => 0,
            span => span as i64 - 1,
        }
    }
}

impl Transformer {
    /// Features of all queries, of all keys and of all values, over all heads together.
    pub const QKV: usize = 512;

    /// Layers of every encoder.
    pub const ENCODER_LAYERS: usize = 6;

    /// Layers of the deepest decoder; the shallowest has one.
    pub const MAXIMUM_DECODER_LAYERS: usize = 6;

    /// How many Transformers there are: 19,130,661,104,239,706,112.
    pub const COUNT: u128 = {
        let embeddings: u128 = 2 * 2;
        let encoder_layer: u128 = 4 * 3;
        let decoder_layer: u128 = 4 * 3 * 3 * 3;
        let deepest = decoder_layer.pow(Self::MAXIMUM_DECODER_LAYERS as u32);
        // The geometric series over the depths.
        let decoders = (deepest - 1) / (decoder_layer - 1) * decoder_layer;
        embeddings * encoder_layer.pow(Self::ENCODER_LAYERS as u32) * decoders
    };

    /// The Transformer with these features between its layers, and these layers.
    ///
    /// # Errors
    /// The first value that the space does not have, by HAT's key.
    pub fn new(
        encoder_embedding: u16,
        decoder_embedding: u16,
        encoder_layers: [EncoderLayer; Self::ENCODER_LAYERS],
        decoder_layers: &[DecoderLayer],
    ) -> Result<Self, HatError> {
        Key::EncoderEmbedding.check(encoder_embedding.into())?;
        Key::DecoderEmbedding.check(decoder_embedding.into())?;
        for (layer, position) in encoder_layers.iter().zip(1..) {
            Key::EncoderFeedForward.check_at(position, layer.feed_forward.into())?;
            Key::EncoderHeads.check_at(position, layer.heads.into())?;
        }
        let decoder_depth = u8::try_from(decoder_layers.len()).unwrap_or(u8::MAX);
        Key::DecoderDepth.check(decoder_depth.into())?;
        for (layer, position) in decoder_layers.iter().zip(1..) {
            Key::DecoderFeedForward.check_at(position, layer.feed_forward.into())?;
            Key::DecoderSelfHeads.check_at(position, layer.self_heads.into())?;
            Key::DecoderCrossHeads.check_at(position, layer.cross_heads.into())?;
            Key::DecoderSpan.check_at(position, layer.written_span())?;
        }
        let decoder_layers = std::array::from_fn(|i| decoder_layers.get(i).copied().unwrap_or(DecoderLayer::UNUSED));
        Ok(Self { encoder_embedding, decoder_embedding, encoder_layers, decoder_depth, decoder_layers })
    }

    /// Features between the encoder's layers.
    #[must_use]
    pub const fn encoder_embedding(&self) -> u16 {
        self.encoder_embedding
    }

    /// Features between the decoder's layers.
    #[must_use]
    pub const fn decoder_embedding(&self) -> u16 {
        self.decoder_embedding
    }

    /// The encoder's layers, first to last.
    #[must_use]
    pub const fn encoder_layers(&self) -> &[EncoderLayer; Self::ENCODER_LAYERS] {
        &self.encoder_layers
    }

    /// The decoder's layers, first to last: as many as it is deep.
    #[must_use]
    pub fn decoder_layers(&self) -> &[DecoderLayer] {
        self.decoder_layers.split_at(self.decoder_depth.into()).0
    }

    /// A Transformer with every choice drawn uniformly, the decoder's depth among them, as HAT
    /// samples. (Of all Transformers, 99% have six decoder layers.)
    pub(crate) fn random(generator: &mut Xoshiro256PlusPlus) -> Self {
        let mut draw = |key: Key| choose(generator, key.choices());
        let (encoder_embedding, decoder_embedding) = (draw(Key::EncoderEmbedding), draw(Key::DecoderEmbedding));
        let encoder_layers = std::array::from_fn(|_| EncoderLayer {
            feed_forward: draw(Key::EncoderFeedForward) as u16,
            heads: draw(Key::EncoderHeads) as u8,
        });
        let decoder_depth = draw(Key::DecoderDepth) as u8;
        let mut decoder_layers = [DecoderLayer::UNUSED; Self::MAXIMUM_DECODER_LAYERS];
        decoder_layers[..decoder_depth.into()].fill_with(|| DecoderLayer {
            feed_forward: draw(Key::DecoderFeedForward) as u16,
            self_heads: draw(Key::DecoderSelfHeads) as u8,
            cross_heads: draw(Key::DecoderCrossHeads) as u8,
            span: DecoderLayer::span_from_written(draw(Key::DecoderSpan)),
        });
        Self {
            encoder_embedding: encoder_embedding as u16,
            decoder_embedding: decoder_embedding as u16,
            encoder_layers,
            decoder_depth,
            decoder_layers,
        }
    }
}

impl fmt::Display for Transformer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let encoder = |value: fn(&EncoderLayer) -> i64| list(self.encoder_layers().iter().map(value));
        let decoder = |value: fn(&DecoderLayer) -> i64| list(self.decoder_layers().iter().map(value));
        for (key, before) in Key::ALL.into_iter().zip(iter::once('{').chain(iter::repeat(','))) {
            let value = match key {
                Key::EncoderEmbedding => self.encoder_embedding.to_string(),
                Key::DecoderEmbedding => self.decoder_embedding.to_string(),
                Key::EncoderFeedForward => encoder(|layer| layer.feed_forward.into()),
                Key::DecoderFeedForward => decoder(|layer| layer.feed_forward.into()),
                Key::EncoderDepth => Self::ENCODER_LAYERS.to_string(),
                Key::DecoderDepth => self.decoder_depth.to_string(),
                Key::EncoderHeads => encoder(|layer| layer.heads.into()),
                Key::DecoderSelfHeads => decoder(|layer| layer.self_heads.into()),
                Key::DecoderCrossHeads => decoder(|layer| layer.cross_heads.into()),
                Key::DecoderSpan => decoder(DecoderLayer::written_span),
            };
            write!(formatter, "{before}\"{key}\":{value}")?;
        }
        formatter.write_str("}")
    }
}

fn list(values: impl Iterator<Item = i64>) -> String {
    let values: Vec<_> = values.map(|value| value.to_string()).collect();
    format!("[{}]", values.join(","))
}

impl SearchSpace for Transformer {
    type Error = HatError;

    const NAME: &'static str = "hat";
    const SIZE: u128 = Self::COUNT;

    fn read(text: &str) -> Result<Self, HatError> {
        text.parse()
    }

    fn enumerate() -> Option<Box<dyn Iterator<Item = Self> + Send>> {
        None
    }

    fn draw(generator: &mut Xoshiro256PlusPlus) -> Self {
        Self::random(generator)
    }

    fn paper_references() -> Option<Vec<Self>> {
        None
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rand_xoshiro::rand_core::SeedableRng;

    use super::*;

    const ENCODER: [EncoderLayer; 6] = [EncoderLayer { feed_forward: 3072, heads: 8 }; 6];
    const DECODER: DecoderLayer = DecoderLayer { feed_forward: 2048, self_heads: 4, cross_heads: 8, span: 2 };

    #[test]
    fn it_is_displayed_with_the_keys_of_hats_files() {
        let last_alone = DecoderLayer { span: 1, ..DECODER };
        let transformer = Transformer::new(512, 640, ENCODER, &[DECODER, last_alone]).unwrap();
        insta::assert_snapshot!(transformer, @r#"{"encoder-embed-dim-subtransformer":512,"decoder-embed-dim-subtransformer":640,"encoder-ffn-embed-dim-all-subtransformer":[3072,3072,3072,3072,3072,3072],"decoder-ffn-embed-dim-all-subtransformer":[2048,2048],"encoder-layer-num-subtransformer":6,"decoder-layer-num-subtransformer":2,"encoder-self-attention-heads-all-subtransformer":[8,8,8,8,8,8],"decoder-self-attention-heads-all-subtransformer":[4,4],"decoder-ende-attention-heads-all-subtransformer":[8,8],"decoder-arbitrary-ende-attn-all-subtransformer":[1,-1]}"#);
    }

    #[test]
    fn the_accessors_give_what_it_was_made_of() {
        let transformer = Transformer::new(512, 640, ENCODER, &[DECODER; 3]).unwrap();
        assert_eq!((transformer.encoder_embedding(), transformer.decoder_embedding()), (512, 640));
        assert_eq!(transformer.encoder_layers(), &ENCODER);
        assert_eq!(transformer.decoder_layers(), [DECODER; 3]);
    }

    #[test]
    fn values_outside_the_space_are_refused() {
        let error = |embedding, layers: &[DecoderLayer]| {
            Transformer::new(512, embedding, ENCODER, layers).unwrap_err().to_string()
        };
        insta::assert_snapshot!(error(768, &[DECODER]), @"`decoder-embed-dim-subtransformer` is 768, expected 512 or 640");
        insta::assert_snapshot!(error(640, &[]), @"`decoder-layer-num-subtransformer` is 0, expected 1, 2, 3, 4, 5 or 6");
        insta::assert_snapshot!(error(640, &[DECODER; 7]), @"`decoder-layer-num-subtransformer` is 7, expected 1, 2, 3, 4, 5 or 6");
        insta::assert_snapshot!(error(640, &[DECODER, DecoderLayer { self_heads: 3, ..DECODER }]), @"position 2 of `decoder-self-attention-heads-all-subtransformer` is 3, expected 2, 4 or 8, which divide the 512 features of attention");
        insta::assert_snapshot!(error(640, &[DecoderLayer { span: 0, ..DECODER }]), @"position 1 of `decoder-arbitrary-ende-attn-all-subtransformer` is 0, expected -1, 1 or 2 (the last 1, 2 or 3 encoder layers)");
        insta::assert_snapshot!(error(640, &[DecoderLayer { span: 4, ..DECODER }]), @"position 1 of `decoder-arbitrary-ende-attn-all-subtransformer` is 3, expected -1, 1 or 2 (the last 1, 2 or 3 encoder layers)");
    }

    #[test]
    fn the_count_is_the_product_of_the_choices() {
        let choices = |key: Key| key.choices().len() as u128;
        let encoder_layer = choices(Key::EncoderFeedForward) * choices(Key::EncoderHeads);
        let decoder_layer = choices(Key::DecoderFeedForward)
            * choices(Key::DecoderSelfHeads)
            * choices(Key::DecoderCrossHeads)
            * choices(Key::DecoderSpan);
        let decoders: u128 = Key::DecoderDepth.choices().iter().map(|&depth| decoder_layer.pow(depth as u32)).sum();
        let embeddings = choices(Key::EncoderEmbedding) * choices(Key::DecoderEmbedding);
        assert_eq!(Transformer::COUNT, embeddings * encoder_layer.pow(6) * decoders);
    }

    #[test]
    fn draws_are_in_the_space_and_reach_every_choice() {
        let mut generator = Xoshiro256PlusPlus::seed_from_u64(1);
        let mut seen = HashSet::new();
        for _ in 0..200 {
            let drawn = Transformer::random(&mut generator);
            let (encoder, decoder) = (drawn.encoder_layers(), drawn.decoder_layers());
            let checked = Transformer::new(drawn.encoder_embedding, drawn.decoder_embedding, *encoder, decoder);
            assert_eq!(checked, Ok(drawn));
            let embedding =
                [(Key::EncoderEmbedding, drawn.encoder_embedding), (Key::DecoderEmbedding, drawn.decoder_embedding)];
            seen.extend(embedding.map(|(key, value)| (key, i64::from(value))));
            seen.extend(encoder.iter().map(|layer| (Key::EncoderFeedForward, layer.feed_forward.into())));
            seen.extend(encoder.iter().map(|layer| (Key::EncoderHeads, layer.heads.into())));
            seen.insert((Key::EncoderDepth, encoder.len() as i64));
            seen.insert((Key::DecoderDepth, decoder.len() as i64));
            for layer in decoder {
                seen.insert((Key::DecoderFeedForward, layer.feed_forward.into()));
                seen.insert((Key::DecoderSelfHeads, layer.self_heads.into()));
                seen.insert((Key::DecoderCrossHeads, layer.cross_heads.into()));
                seen.insert((Key::DecoderSpan, layer.written_span()));
            }
        }
        let every = Key::ALL.into_iter().flat_map(|key| key.choices().iter().map(move |&value| (key, value)));
        assert_eq!(seen, every.collect());
    }
}
