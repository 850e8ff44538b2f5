//! `help`: the paper's method. A network that is conditioned on a device's hardware embedding and
//! meta-trained so that two steps on ten measurements adapt it.

mod ablation;
mod episode;
mod initial;
mod inner_steps;
mod latency_scale;
mod learner;
mod method;
mod model;
mod modulator;
mod named_parameters;
mod network;
mod plain_layers;
mod reference_latencies;
mod settings;
mod shape;
#[cfg(test)]
mod tests;
mod train;
mod training_pool;

pub(crate) use plain_layers::{PlainLayer, PlainNetworks};

pub use ablation::{Part, Parts, UnknownPart};
pub use method::{AdaptedHelp, Help, HelpSettings, ZSamples};
pub use reference_latencies::{reference_latencies, usual_references};
pub use settings::Settings;
