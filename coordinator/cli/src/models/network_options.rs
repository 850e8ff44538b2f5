//! How networks are built: the options that all commands share.

use clap::ValueEnum;
use tenshot_onnx_models::{BatchNorm, BuildOptions, Form, Sentence};

/// The form of a network and what shapes it.
#[derive(Debug, clap::Args)]
pub(super) struct FormArgs {
    /// The form, one of the space's (`tenshot models list` names them); its first where none is
    /// given.
    #[arg(long, value_name = "FORM")]
    form: Option<Form>,
    /// Images or sentences per run.
    #[arg(long, value_name = "N", default_value_t = 1)]
    batch: usize,
    /// Classes of the classifier; the form's own where none are given.
    #[arg(long, value_name = "N")]
    classes: Option<usize>,
    /// Batch normalisation folded into the convolutions, or kept as nodes of its own.
    #[arg(long, default_value = "folded")]
    batch_norm: BatchNormChoice,
    /// Tokens of the source sentence (hat; 23 for the published latencies of IWSLT).
    #[arg(long, value_name = "N", default_value_t = Sentence::default().source_length)]
    source_length: usize,
    /// Tokens of the target sentence (hat; 23 for the published latencies of IWSLT).
    #[arg(long, value_name = "N", default_value_t = Sentence::default().target_length)]
    target_length: usize,
    /// Hypotheses that the decoder follows (hat).
    #[arg(long, value_name = "N", default_value_t = Sentence::default().beam)]
    beam: usize,
    /// Tokens of the vocabulary, whose embedding and projection are part of the network (hat); 0
    /// leaves both out.
    #[arg(long, value_name = "N", default_value_t = Sentence::default().vocabulary.unwrap_or(0))]
    vocabulary: usize,
    /// The seed of the weights.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum BatchNormChoice {
    Folded,
    Kept,
}

impl FormArgs {
    pub(super) fn options(&self) -> BuildOptions {
        let batch_norm = match self.batch_norm {
            BatchNormChoice::Folded => BatchNorm::Folded,
            BatchNormChoice::Kept => BatchNorm::Kept,
        };
        let sentence = Sentence {
            source_length: self.source_length,
            target_length: self.target_length,
            beam: self.beam,
            vocabulary: (self.vocabulary > 0).then_some(self.vocabulary),
        };
        let &Self { form, batch, classes, seed, .. } = self;
        BuildOptions { form, batch, classes, batch_norm, sentence, seed }
    }
}
