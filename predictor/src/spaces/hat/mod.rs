//! HAT, for predictors.

mod block_features;
mod columns;
mod network_input;

use tenshot_onnx_models::spaces::hat::Transformer;
use tenshot_onnx_models::{Architecture, Block};

use super::{Benchmark, IntegerEncoding, ModelledBy, PaperSplit, PredictorSpace, PriorSettings, Published};
use crate::network::{Encoded, EncoderKind, Sizes};

impl PredictorSpace for Transformer {
    const MODELLED_BY: ModelledBy = ModelledBy::Block;
    const BAYES: PriorSettings = PriorSettings::BY_BLOCK;
    const NETWORK_SIZES: Sizes = Sizes::paper(EncoderKind::Flat, network_input::FEATURES);
    const EPISODES: u32 = 4000;
    const BUNDLED: Option<&'static [u8]> = Some(include_bytes!("../../../bundled/hat.safetensors"));
    const PUBLISHED: Option<Published> = Some(Published::HatTables);
    const PAPER_SPLITS: &'static [PaperSplit] = &[];
    const BENCHMARKS: &'static [Benchmark] = &[];
    const INTEGERS: IntegerEncoding<Self> = columns::ENCODING;

    fn of(architecture: &Architecture) -> Option<&Self> {
        if let Architecture::Hat(transformer) = architecture { Some(transformer) } else { None }
    }

    fn does_work(&self) -> bool {
        true
    }

    fn network_input(architectures: &[&Self]) -> Encoded {
        Encoded::rows(network_input::FEATURES, architectures, network_input::encode)
    }

    fn block_features(block: &Block) -> Vec<(String, f64)> {
        if let Block::Hat(block) = block { block_features::block_features(*block) } else { Vec::new() }
    }
}
