//! What every space must say of its predictors.

use tenshot_onnx_models::spaces::SearchSpace;
use tenshot_onnx_models::{Architecture, Block};

use super::integer_encoding::IntegerEncoding;
use super::paper_split::PaperSplit;
use super::prior_settings::PriorSettings;
use super::published::{Benchmark, Published};
use crate::network::{Encoded, Sizes};

/// What is modelled one by one in a space: latencies of other devices, and what is known beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ModelledBy {
    /// Every cell of NAS-Bench-201, which are few enough for a table.
    Cell,
    /// The blocks of networks: an architecture is the sum of its blocks.
    Block,
}

/// What predictors know of a space, by the type of its architectures.
///
/// Whoever wants to know asks with [`with_space!`](tenshot_onnx_models::with_space) or
/// [`with_architecture!`](tenshot_onnx_models::with_architecture), and no file but a space's own
/// names a space to treat it in its own way. Nothing has a default: a space that lacks something says so.
pub(crate) trait PredictorSpace: SearchSpace {
    /// What is modelled one by one.
    const MODELLED_BY: ModelledBy;
    /// The prior of `bayes`.
    const BAYES: PriorSettings;
    /// Sizes of the networks of `help` and the baselines.
    const NETWORK_SIZES: Sizes;
    /// Episodes that `help` and `anp` are trained for.
    const EPISODES: u32;
    /// The trained predictor that comes with the program, as a file's bytes; `None` where there is none.
    const BUNDLED: Option<&'static [u8]>;
    /// The pool that is published of the space; `None` where nobody published one.
    const PUBLISHED: Option<Published>;
    /// The paper's splits of the published devices, the usual one first; empty where it has none.
    const PAPER_SPLITS: &'static [PaperSplit];
    /// The benchmarks that have latencies of the space.
    const BENCHMARKS: &'static [Benchmark];
    /// Its architectures as the integers that exported predictors read.
    const INTEGERS: IntegerEncoding<Self>;

    /// The architecture in the space's own type; `None` for one of another space.
    fn of(architecture: &Architecture) -> Option<&Self>;

    /// Whether the network's output depends on its input.
    fn does_work(&self) -> bool;

    /// Architectures as networks of [`PredictorSpace::NETWORK_SIZES`] read them.
    fn network_input(architectures: &[&Self]) -> Encoded;

    /// The features by which source predictors know a block, by name: its one-hot, and where blocks
    /// differ in sizes, its sizes. A block of another space has none.
    fn block_features(block: &Block) -> Vec<(String, f64)>;
}
