//! Transformers of HAT: the numbers of its files, in their order, lists filled up to six.

use tenshot_onnx_models::spaces::hat::{DecoderLayer, EncoderLayer, Key, Transformer};

use crate::spaces::{Column, IntegerEncoding};

pub(super) const ENCODING: IntegerEncoding<Transformer> = IntegerEncoding { columns, encode, decode, interacting };

/// How many numbers a key has.
fn count(key: Key) -> usize {
    match key {
        Key::EncoderEmbedding | Key::DecoderEmbedding | Key::EncoderDepth | Key::DecoderDepth => 1,
        Key::EncoderFeedForward | Key::EncoderHeads => Transformer::ENCODER_LAYERS,
        _ => Transformer::MAXIMUM_DECODER_LAYERS,
    }
}

/// The column of a key's first number.
fn first(key: Key) -> usize {
    Key::ALL.into_iter().take_while(|&other| other != key).map(count).sum()
}

fn columns() -> Vec<Column> {
    let of_key = |key: Key| {
        (1..=count(key)).map(move |place| {
            let name = if count(key) == 1 { key.name().to_owned() } else { format!("{} {place}", key.name()) };
            Column::new(name, key.choices())
        })
    };
    Key::ALL.into_iter().flat_map(of_key).collect()
}

fn encode(transformer: &Transformer) -> Vec<i64> {
    let (encoder, decoder) = (transformer.encoder_layers(), transformer.decoder_layers());
    let of_encoder = |value: fn(&EncoderLayer) -> i64| encoder.iter().map(value).collect();
    let of_decoder = |value: fn(&DecoderLayer) -> i64| decoder.iter().map(value).collect();
    let of_key = |key: Key| {
        let mut numbers: Vec<i64> = match key {
            Key::EncoderEmbedding => vec![transformer.encoder_embedding().into()],
            Key::DecoderEmbedding => vec![transformer.decoder_embedding().into()],
            Key::EncoderFeedForward => of_encoder(|layer| layer.feed_forward.into()),
            Key::DecoderFeedForward => of_decoder(|layer| layer.feed_forward.into()),
            Key::EncoderDepth => vec![encoder.len() as i64],
            Key::DecoderDepth => vec![decoder.len() as i64],
            Key::EncoderHeads => of_encoder(|layer| layer.heads.into()),
            Key::DecoderSelfHeads => of_decoder(|layer| layer.self_heads.into()),
            Key::DecoderCrossHeads => of_decoder(|layer| layer.cross_heads.into()),
            Key::DecoderSpan => of_decoder(|layer| written_span(layer.span)),
        };
        numbers.resize(count(key), key.choices().first().copied().unwrap_or(0));
        numbers
    };
    Key::ALL.into_iter().flat_map(of_key).collect()
}

fn decode(integers: &[i64]) -> Option<Transformer> {
    let at = |key: Key, layer: usize| integers.get(first(key) + layer).copied();
    let wide = |key: Key, layer: usize| u16::try_from(at(key, layer)?).ok();
    let narrow = |key: Key, layer: usize| u8::try_from(at(key, layer)?).ok();
    let encoder_layer = |layer: usize| {
        let feed_forward = wide(Key::EncoderFeedForward, layer)?;
        Some(EncoderLayer { feed_forward, heads: narrow(Key::EncoderHeads, layer)? })
    };
    let decoder_layer = |layer: usize| {
        Some(DecoderLayer {
            feed_forward: wide(Key::DecoderFeedForward, layer)?,
            self_heads: narrow(Key::DecoderSelfHeads, layer)?,
            cross_heads: narrow(Key::DecoderCrossHeads, layer)?,
            span: read_span(at(Key::DecoderSpan, layer)?)?,
        })
    };
    let encoder: Vec<EncoderLayer> = (0..Transformer::ENCODER_LAYERS).map(encoder_layer).collect::<Option<_>>()?;
    let depth = usize::from(narrow(Key::DecoderDepth, 0)?);
    let decoder: Vec<DecoderLayer> = (0..depth).map(decoder_layer).collect::<Option<_>>()?;
    let (encoder_embedding, decoder_embedding) = (wide(Key::EncoderEmbedding, 0)?, wide(Key::DecoderEmbedding, 0)?);
    Transformer::new(encoder_embedding, decoder_embedding, encoder.try_into().ok()?, &decoder).ok()
}

/// The span as HAT writes it: the encoder's layers beside the last, -1 for none.
fn written_span(span: u8) -> i64 {
    if span == 1 { -1 } else { i64::from(span) - 1 }
}

fn read_span(written: i64) -> Option<u8> {
    if written == -1 { Some(1) } else { u8::try_from(written + 1).ok() }
}

/// Each sublayer has its own numbers and its features; in the decoder it is there or not, and
/// whoever takes means over the decoder's layers divides by their number.
fn interacting() -> Vec<Vec<usize>> {
    let (encoder, decoder) = (first(Key::EncoderEmbedding), first(Key::DecoderEmbedding));
    let depth = first(Key::DecoderDepth);
    let of_encoder = (0..Transformer::ENCODER_LAYERS)
        .flat_map(|layer| [Key::EncoderFeedForward, Key::EncoderHeads].map(|key| vec![encoder, first(key) + layer]));
    let of_decoder = (0..Transformer::MAXIMUM_DECODER_LAYERS).flat_map(|layer| {
        let cross = [Key::DecoderCrossHeads, Key::DecoderSpan].map(|key| first(key) + layer);
        [
            vec![depth, encoder, cross[0], cross[1]],
            vec![depth, decoder, cross[0], cross[1]],
            vec![depth, decoder, first(Key::DecoderSelfHeads) + layer],
            vec![depth, decoder, first(Key::DecoderFeedForward) + layer],
        ]
    });
    of_encoder.chain(of_decoder).collect()
}
