//! `help`: the paper's method. A network that is conditioned on a device's hardware embedding and
//! meta-trained so that two steps on ten measurements adapt it.

mod ablation;
mod course;
mod episode;
mod initial;
mod inner_steps;
mod latency_scale;
mod method;
mod model;
mod modulator;
mod named_parameters;
mod network;
mod plain_layers;
mod reference_latencies;
mod shape;
#[cfg(test)]
mod tests;
mod training;
mod training_checkpoint;
mod training_pool;

pub(crate) use plain_layers::{PlainLayer, PlainNetworks};
pub(crate) use training_checkpoint::{CheckpointVersion, read_adam, read_header};

pub use ablation::{Part, Parts, UnknownPart};
pub use course::{Course, HelpError, MakeCheckpoint};
pub use method::{AdaptedHelp, Help, HelpSettings, ZSamples};
pub use model::{Model, Parameters};
pub use named_parameters::read_parameters;
pub use reference_latencies::{reference_latencies, usual_references};
pub use training::{Settings, Training, Validation};
pub use training_pool::{TrainingDevice, TrainingPool, TrainingPoolError};
