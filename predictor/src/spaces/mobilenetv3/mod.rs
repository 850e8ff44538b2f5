//! MobileNetV3, for predictors.

mod block_features;
mod columns;
mod network_input;
mod paper_splits;

use tenshot_onnx_models::spaces::mobilenetv3::Network;
use tenshot_onnx_models::{Architecture, Block};

pub use paper_splits::OFA;

use super::{
    ArchitectureList, Benchmark, HelpFolder, IntegerEncoding, ModelledBy, PaperSplit, PredictorSpace, PriorSettings,
    Published,
};
use crate::network::{Encoded, EncoderKind, Sizes};

impl PredictorSpace for Network {
    const MODELLED_BY: ModelledBy = ModelledBy::Block;
    const BAYES: PriorSettings = PriorSettings::BY_BLOCK;
    const NETWORK_SIZES: Sizes = Sizes::paper(EncoderKind::Flat, network_input::FEATURES);
    const EPISODES: u32 = 4000;
    const BUNDLED: Option<&'static [u8]> = Some(include_bytes!("../../../bundled/mobilenetv3.safetensors"));
    const PUBLISHED: Option<Published> = Some(Published::Help(HelpFolder {
        name: "ofa",
        list: ArchitectureList::Settings,
        training: 0..4_000,
        queries: 4_000..5_000,
    }));
    const PAPER_SPLITS: &'static [PaperSplit] = &[OFA];
    const BENCHMARKS: &'static [Benchmark] = &[];
    const INTEGERS: IntegerEncoding<Self> = columns::ENCODING;

    fn of(architecture: &Architecture) -> Option<&Self> {
        if let Architecture::MobileNetV3(network) = architecture { Some(network) } else { None }
    }

    fn does_work(&self) -> bool {
        true
    }

    fn network_input(architectures: &[&Self]) -> Encoded {
        Encoded::rows(network_input::FEATURES, architectures, network_input::encode)
    }

    fn block_features(block: &Block) -> Vec<(String, f64)> {
        if let Block::MobileNetV3(block) = block { block_features::block_features(*block) } else { Vec::new() }
    }
}
