//! The door of the search spaces: all that predictors know of a space stands in one folder for each,
//! which fulfils [`PredictorSpace`]. The page `docs/adding-a-space.md` adds one step by step.

mod block_one_hot;
mod fbnet;
mod hat;
mod integer_encoding;
mod mobilenetv3;
mod nasbench201;
mod paper_split;
mod predictor_space;
mod prior_settings;
mod published;
#[cfg(test)]
mod tests;

use tenshot_onnx_models::{Architecture, Space, with_architecture, with_space};

pub use fbnet::TABLE_2;
pub use integer_encoding::Column;
pub(crate) use integer_encoding::IntegerEncoding;
pub use mobilenetv3::OFA;
pub use nasbench201::{TABLE_3, TABLE_C2};
pub use paper_split::PaperSplit;
pub(crate) use predictor_space::{ModelledBy, PredictorSpace};
pub(crate) use prior_settings::PriorSettings;
pub(crate) use published::{ArchitectureList, Benchmark, HelpFolder, Published};

use crate::network::Encoded;

/// Whether the output of an architecture's network depends on its input.
pub(crate) fn does_work(architecture: &Architecture) -> bool {
    with_architecture!(architecture, one => one.does_work())
}

/// Architectures of one space as its networks read them; `None` where one is of another space.
pub(crate) fn network_input(space: Space, architectures: &[Architecture]) -> Option<Encoded> {
    with_space!(space, S => {
        let own: Option<Vec<&S>> = architectures.iter().map(S::of).collect();
        Some(S::network_input(&own?))
    })
}
