//! The keys of HAT's subtransformer files, and the values that each allows.

use std::fmt;

use super::Transformer;

/// A key of HAT's subtransformer files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// Features between the encoder's layers.
    EncoderEmbedding,
    /// Features between the decoder's layers.
    DecoderEmbedding,
    /// Features inside each encoder layer's feed-forward network.
    EncoderFeedForward,
    /// Features inside each decoder layer's feed-forward network.
    DecoderFeedForward,
    /// Layers of the encoder.
    EncoderDepth,
    /// Layers of the decoder.
    DecoderDepth,
    /// Heads of each encoder layer's self-attention.
    EncoderHeads,
    /// Heads of each decoder layer's self-attention.
    DecoderSelfHeads,
    /// Heads of each decoder layer's encoder-decoder attention.
    DecoderCrossHeads,
    /// Encoder layers beside the last that each decoder layer's encoder-decoder attention reads;
    /// -1 where there are none.
    DecoderSpan,
}

impl Key {
    /// All ten, in the order of HAT's files.
    pub const ALL: [Self; 10] = [
        Self::EncoderEmbedding,
        Self::DecoderEmbedding,
        Self::EncoderFeedForward,
        Self::DecoderFeedForward,
        Self::EncoderDepth,
        Self::DecoderDepth,
        Self::EncoderHeads,
        Self::DecoderSelfHeads,
        Self::DecoderCrossHeads,
        Self::DecoderSpan,
    ];

    /// As HAT's files write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EncoderEmbedding => "encoder-embed-dim-subtransformer",
            Self::DecoderEmbedding => "decoder-embed-dim-subtransformer",
            Self::EncoderFeedForward => "encoder-ffn-embed-dim-all-subtransformer",
            Self::DecoderFeedForward => "decoder-ffn-embed-dim-all-subtransformer",
            Self::EncoderDepth => "encoder-layer-num-subtransformer",
            Self::DecoderDepth => "decoder-layer-num-subtransformer",
            Self::EncoderHeads => "encoder-self-attention-heads-all-subtransformer",
            Self::DecoderSelfHeads => "decoder-self-attention-heads-all-subtransformer",
            Self::DecoderCrossHeads => "decoder-ende-attention-heads-all-subtransformer",
            Self::DecoderSpan => "decoder-arbitrary-ende-attn-all-subtransformer",
        }
    }

    /// The values that it, or each number of its list, can have.
    #[must_use]
    pub const fn choices(self) -> &'static [i64] {
        match self {
            Self::EncoderEmbedding | Self::DecoderEmbedding => &[512, 640],
            Self::EncoderFeedForward | Self::DecoderFeedForward => &[512, 1024, 2048, 3072],
            Self::EncoderDepth => &[6],
            Self::DecoderDepth => &[1, 2, 3, 4, 5, 6],
            Self::EncoderHeads | Self::DecoderSelfHeads | Self::DecoderCrossHeads => &[2, 4, 8],
            Self::DecoderSpan => &[-1, 1, 2],
        }
    }

    /// The choices in words.
    pub(super) fn allowed(self) -> String {
        let numbers: Vec<_> = self.choices().iter().map(ToString::to_string).collect();
        let numbers = match numbers.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
            _ => numbers.concat(),
        };
        match self {
            Self::EncoderHeads | Self::DecoderSelfHeads | Self::DecoderCrossHeads => {
                format!("{numbers}, which divide the {} features of attention", Transformer::QKV)
            }
            Self::DecoderSpan => format!("{numbers} (the last 1, 2 or 3 encoder layers)"),
            _ => numbers,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}
