//! NAS-Bench-201, for predictors.

mod columns;
mod network_input;
mod paper_splits;

use tenshot_onnx_models::spaces::nasbench201::Cell;
use tenshot_onnx_models::{Architecture, Block};

pub use paper_splits::{TABLE_3, TABLE_C2};

use super::block_one_hot::block_one_hot;
use super::{
    ArchitectureList, Benchmark, HelpFolder, IntegerEncoding, ModelledBy, PaperSplit, PredictorSpace, PriorSettings,
    Published,
};
use crate::network::{Encoded, EncoderKind, Sizes};

/// Bounds of counts of operations, as written and live ones.
const COUNTS: (f64, f64) = (1e-4, 1.0);

impl PredictorSpace for Cell {
    const MODELLED_BY: ModelledBy = ModelledBy::Cell;
    const BAYES: PriorSettings = PriorSettings {
        shares: [PriorSettings::SOURCES, COUNTS, COUNTS, PriorSettings::CONSTANT],
        means: 2,
        simulated_weight: 0.2,
        one_hots: false,
    };
    const NETWORK_SIZES: Sizes = Sizes::paper(EncoderKind::Graph, network_input::KINDS);
    const EPISODES: u32 = 2000;
    const BUNDLED: Option<&'static [u8]> = Some(include_bytes!("../../../bundled/nasbench201.safetensors"));
    const PUBLISHED: Option<Published> = Some(Published::Help(HelpFolder {
        name: "nasbench201",
        list: ArchitectureList::Places,
        training: 0..900,
        queries: 900..1_900,
    }));
    const PAPER_SPLITS: &'static [PaperSplit] = &[TABLE_3, TABLE_C2];
    const BENCHMARKS: &'static [Benchmark] = &[Benchmark::HwNasBench, Benchmark::LatBench];
    const INTEGERS: IntegerEncoding<Self> = columns::ENCODING;

    fn of(architecture: &Architecture) -> Option<&Self> {
        architecture.as_cell()
    }

    fn does_work(&self) -> bool {
        !self.is_dead()
    }

    fn network_input(architectures: &[&Self]) -> Encoded {
        network_input::encode(architectures)
    }

    fn block_features(block: &Block) -> Vec<(String, f64)> {
        block_one_hot(block)
    }
}
