//! FBNet, for predictors.

mod columns;
mod network_input;
mod paper_splits;

use tenshot_onnx_models::spaces::fbnet::Network;
use tenshot_onnx_models::{Architecture, Block};

pub use paper_splits::TABLE_2;

use super::block_one_hot::block_one_hot;
use super::{
    ArchitectureList, Benchmark, HelpFolder, IntegerEncoding, ModelledBy, PaperSplit, PredictorSpace, PriorSettings,
    Published,
};
use crate::network::{Encoded, EncoderKind, Sizes};

/// Bounds of the blocks' one-hots.
const ONE_HOTS: (f64, f64) = (3e-4, 0.3);

impl PredictorSpace for Network {
    const MODELLED_BY: ModelledBy = ModelledBy::Block;
    const BAYES: PriorSettings = PriorSettings {
        shares: [PriorSettings::SOURCES, PriorSettings::SIMULATED, ONE_HOTS, PriorSettings::CONSTANT],
        means: 3,
        simulated_weight: 0.5,
        one_hots: true,
    };
    const NETWORK_SIZES: Sizes = Sizes::paper(EncoderKind::Flat, network_input::FEATURES);
    const EPISODES: u32 = 4000;
    const BUNDLED: Option<&'static [u8]> = Some(include_bytes!("../../../bundled/fbnet.safetensors"));
    const PUBLISHED: Option<Published> = Some(Published::Help(HelpFolder {
        name: "fbnet",
        list: ArchitectureList::Choices,
        training: 0..4_000,
        queries: 4_000..5_000,
    }));
    const PAPER_SPLITS: &'static [PaperSplit] = &[TABLE_2];
    const BENCHMARKS: &'static [Benchmark] = &[];
    const INTEGERS: IntegerEncoding<Self> = columns::ENCODING;

    fn of(architecture: &Architecture) -> Option<&Self> {
        if let Architecture::FbNet(network) = architecture { Some(network) } else { None }
    }

    fn does_work(&self) -> bool {
        true
    }

    fn network_input(architectures: &[&Self]) -> Encoded {
        Encoded::rows(network_input::FEATURES, architectures, network_input::encode)
    }

    fn block_features(block: &Block) -> Vec<(String, f64)> {
        block_one_hot(block)
    }
}
