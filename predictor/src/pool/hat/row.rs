//! A row of HAT's files, and the Transformer that it stands for.

use tenshot_onnx_models::spaces::hat::{DecoderLayer, EncoderLayer, HatError, Key, Transformer};

/// A row: settings, or their averages over the layers, and latencies in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, serde::Deserialize)]
pub(super) struct Row {
    encoder_embed_dim: u16,
    encoder_layer_num: usize,
    encoder_ffn_embed_dim_avg: f64,
    encoder_self_attention_heads_avg: f64,
    decoder_embed_dim: u16,
    decoder_layer_num: usize,
    decoder_ffn_embed_dim_avg: f64,
    decoder_self_attention_heads_avg: f64,
    decoder_ende_attention_heads_avg: f64,
    /// Of how many encoder layers a decoder layer attends to, 1 to 3.
    decoder_arbitrary_ende_attn_avg: f64,
    latency_mean_encoder: f64,
    latency_mean_decoder: f64,
}

/// Why a row stands for no Transformer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum HatRowError {
    /// An average that no layers of the space have.
    #[error("column `{column}`: no {layers} layers of {} have {average} on average", join(choices))]
    Average {
        /// The column.
        column: &'static str,
        /// The average that stands there.
        average: f64,
        /// How many layers it is over.
        layers: usize,
        /// What one layer can have.
        choices: Vec<u16>,
    },
    /// A number of layers that the space does not have.
    #[error("column `{column}`: {found} layers, expected {expected}")]
    Layers {
        /// The column.
        column: &'static str,
        /// The number that stands there.
        found: usize,
        /// The numbers that can be.
        expected: &'static str,
    },
    /// A setting that the space does not have.
    #[error(transparent)]
    Setting(#[from] HatError),
}

fn join(choices: &[u16]) -> String {
    let texts: Vec<String> = choices.iter().map(ToString::to_string).collect();
    texts.join(", ")
}

/// How many encoder layers a decoder layer can attend to.
const SPANS: [u16; 3] = [1, 2, 3];

impl Row {
    /// Encoder and decoder together.
    pub(super) fn latency_ms(&self) -> f64 {
        self.latency_mean_encoder + self.latency_mean_decoder
    }

    /// The Transformers with exactly the row's averages and settings as alike over the layers as
    /// they can be, larger ones first; beside the first, which the row stands for, those whose
    /// encoder's feed-forward networks are ever less alike.
    pub(super) fn transformers(&self) -> Result<Vec<Transformer>, HatRowError> {
        let (encoder, decoder) = (self.encoder_layer_num, self.decoder_layer_num);
        if encoder != Transformer::ENCODER_LAYERS {
            return Err(HatRowError::Layers { column: "encoder_layer_num", found: encoder, expected: "6" });
        }
        if !(1..=Transformer::MAXIMUM_DECODER_LAYERS).contains(&decoder) {
            return Err(HatRowError::Layers { column: "decoder_layer_num", found: decoder, expected: "1 to 6" });
        }
        let (widths, heads) = (choices(Key::EncoderFeedForward), choices(Key::EncoderHeads));
        let encoder_widths = lists("encoder_ffn_embed_dim_avg", self.encoder_ffn_embed_dim_avg, encoder, &widths)?;
        let encoder_heads =
            list("encoder_self_attention_heads_avg", self.encoder_self_attention_heads_avg, encoder, &heads)?;
        let width = list("decoder_ffn_embed_dim_avg", self.decoder_ffn_embed_dim_avg, decoder, &widths)?;
        let self_heads =
            list("decoder_self_attention_heads_avg", self.decoder_self_attention_heads_avg, decoder, &heads)?;
        let cross_heads =
            list("decoder_ende_attention_heads_avg", self.decoder_ende_attention_heads_avg, decoder, &heads)?;
        let span = list("decoder_arbitrary_ende_attn_avg", self.decoder_arbitrary_ende_attn_avg, decoder, &SPANS)?;
        let decoder_layer = |i: usize| DecoderLayer {
            feed_forward: width[i],
            self_heads: self_heads[i] as u8,
            cross_heads: cross_heads[i] as u8,
            span: span[i] as u8,
        };
        let decoder_layers: Vec<DecoderLayer> = (0..decoder).map(decoder_layer).collect();
        let transformer = |width: Vec<u16>| {
            let layer = |i: usize| EncoderLayer { feed_forward: width[i], heads: encoder_heads[i] as u8 };
            let layers = std::array::from_fn(layer);
            Ok(Transformer::new(self.encoder_embed_dim, self.decoder_embed_dim, layers, &decoder_layers)?)
        };
        encoder_widths.into_iter().map(transformer).collect()
    }
}

/// The lists of [`by_evenness`], one or more.
fn lists(column: &'static str, average: f64, layers: usize, choices: &[u16]) -> Result<Vec<Vec<u16>>, HatRowError> {
    let lists = by_evenness(choices, layers, average);
    let error = || HatRowError::Average { column, average, layers, choices: choices.to_vec() };
    if lists.is_empty() { Err(error()) } else { Ok(lists) }
}

/// The most even list.
fn list(column: &'static str, average: f64, layers: usize, choices: &[u16]) -> Result<Vec<u16>, HatRowError> {
    Ok(lists(column, average, layers, choices)?.swap_remove(0))
}

fn choices(key: Key) -> Vec<u16> {
    key.choices().iter().filter_map(|&choice| u16::try_from(choice).ok()).collect()
}

/// The lists of `count` choices with this average, each with its largest choice first, in the
/// order of their variance; of those with the same variance, the one with the largest beginning
/// first.
fn by_evenness(choices: &[u16], count: usize, average: f64) -> Vec<Vec<u16>> {
    let sum = average * count as f64;
    let mut lists = falling_lists(choices, count);
    // A thousandth is far more than the files' rounding.
    lists.retain(|list| (total(list) - sum).abs() < 1e-3);
    let squares = |list: &[u16]| list.iter().map(|&one| u64::from(one) * u64::from(one)).sum::<u64>();
    lists.sort_by(|a, b| squares(a).cmp(&squares(b)).then_with(|| b.cmp(a)));
    lists
}

fn total(list: &[u16]) -> f64 {
    list.iter().map(|&one| f64::from(one)).sum()
}

/// Every list of `count` choices in which none is larger than the one before.
fn falling_lists(choices: &[u16], count: usize) -> Vec<Vec<u16>> {
    let longer = |list: &Vec<u16>| -> Vec<Vec<u16>> {
        let may_follow = |choice: &&u16| list.last().is_none_or(|last| *choice <= last);
        choices.iter().filter(may_follow).map(|choice| [&list[..], &[*choice]].concat()).collect()
    };
    (0..count).fold(vec![Vec::new()], |lists, _| lists.iter().flat_map(longer).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop_assert_eq, proptest};
    use tenshot_onnx_models::{Architecture, Space};

    /// The row that HAT would have written of a Transformer.
    fn row_of(transformer: &Transformer) -> Row {
        let encoder = transformer.encoder_layers();
        let decoder = transformer.decoder_layers();
        let over = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
        Row {
            encoder_embed_dim: transformer.encoder_embedding(),
            encoder_layer_num: encoder.len(),
            encoder_ffn_embed_dim_avg: over(encoder.iter().map(|one| one.feed_forward.into()).collect()),
            encoder_self_attention_heads_avg: over(encoder.iter().map(|one| one.heads.into()).collect()),
            decoder_embed_dim: transformer.decoder_embedding(),
            decoder_layer_num: decoder.len(),
            decoder_ffn_embed_dim_avg: over(decoder.iter().map(|one| one.feed_forward.into()).collect()),
            decoder_self_attention_heads_avg: over(decoder.iter().map(|one| one.self_heads.into()).collect()),
            decoder_ende_attention_heads_avg: over(decoder.iter().map(|one| one.cross_heads.into()).collect()),
            decoder_arbitrary_ende_attn_avg: over(decoder.iter().map(|one| one.span.into()).collect()),
            latency_mean_encoder: 1.0,
            latency_mean_decoder: 2.0,
        }
    }

    #[test]
    fn lists_are_as_even_as_they_can_be() {
        let widths = [512, 1024, 2048, 3072];
        let most_even = |count, average| by_evenness(&widths, count, average).into_iter().next();
        assert_eq!(most_even(3, 1024.0), Some(vec![1024, 1024, 1024]));
        assert_eq!(most_even(2, 1792.0), Some(vec![3072, 512]));
        assert_eq!(most_even(6, 5632.0 / 3.0), Some(vec![2048, 2048, 2048, 2048, 2048, 1024]));
        assert_eq!(most_even(2, 513.0), None);
        assert_eq!(most_even(1, f64::NAN), None);
    }

    proptest! {
        #[test]
        fn a_rows_transformers_have_its_averages(seed in proptest::num::u64::ANY) {
            let Architecture::Hat(transformer) = Space::Hat.sample(seed, 1).unwrap()[0] else { unreachable!() };
            let row = row_of(&transformer);
            for one in row.transformers().unwrap() {
                prop_assert_eq!(row_of(&one), row);
            }
        }
    }
}
