//! What a Transformer translates.

use serde::{Deserialize, Serialize};

/// What a Transformer translates. Image networks have none of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sentence {
    /// Tokens of the source, 1 to [`Sentence::MAXIMUM_LENGTH`].
    pub source_length: usize,
    /// Tokens of the target, 1 to [`Sentence::MAXIMUM_LENGTH`].
    pub target_length: usize,
    /// Hypotheses that the decoder follows for every sentence, 1 to [`Sentence::MAXIMUM_BEAM`].
    pub beam: usize,
    /// Tokens of the vocabulary, 1 to [`Sentence::MAXIMUM_VOCABULARY`]. Nothing: networks take
    /// embedded vectors and give hidden states, without embedding and projection, which make up
    /// most of a file.
    pub vocabulary: Option<usize>,
}

impl Sentence {
    /// The longest sentence that a network is built for.
    pub const MAXIMUM_LENGTH: usize = 1_024;
    /// The widest beam that a network is built for.
    pub const MAXIMUM_BEAM: usize = 1_024;
    /// The largest vocabulary that a network is built for.
    pub const MAXIMUM_VOCABULARY: usize = 1_000_000;
}

impl Default for Sentence {
    /// The setting of the published latencies of WMT: 30 tokens, a beam of 5, and the 32,768
    /// tokens of WMT'14 English-German.
    fn default() -> Self {
        Self { source_length: 30, target_length: 30, beam: 5, vocabulary: Some(32_768) }
    }
}
