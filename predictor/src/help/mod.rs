//! `help`: the paper's method. A network that is conditioned on a device's hardware embedding and
//! meta-trained so that two steps on ten measurements adapt it.

mod adam;
mod buffer;
mod chain;
mod checkpoint;
mod course;
mod encode;
mod encoded;
mod episode;
mod form;
mod initial;
mod inner_steps;
mod matrix;
mod method;
mod model;
mod modulator;
mod network;
mod parts;
mod reference_latencies;
mod resume;
mod scale;
mod shape;
mod stage;
mod sums;
#[cfg(test)]
mod tests;
mod training;
mod training_pool;
mod wide;

pub(crate) use adam::Adam;
pub(crate) use buffer::Buffer;
pub(crate) use chain::{Chain, last};
pub(crate) use checkpoint::{file, named_layers, read_layers};
pub(crate) use encode::encode_training;
pub(crate) use form::{LayerForm, NetworkForm};
pub(crate) use initial::draw;
pub(crate) use network::squared_error;
pub(crate) use resume::{CheckpointVersion, read_adam, read_header};
pub(crate) use shape::{Dense, Layout};
pub(crate) use stage::{Pass, Stage};
pub(crate) use wide::add;

pub use checkpoint::{CheckpointError, read_parameters};
pub use course::{Course, HelpError, MakeCheckpoint};
pub use encode::{encode, sizes};
pub use encoded::{Encoded, Topology};
pub use matrix::Matrix;
pub use method::{AdaptedHelp, Help, HelpSettings, ZSamples};
pub use model::{Model, Parameters};
pub use parts::{Part, Parts, UnknownPart};
pub use reference_latencies::{reference_latencies, usual_references};
pub use shape::{EncoderKind, Sizes};
pub use training::{Settings, Training, Validation};
pub use training_pool::{TrainingDevice, TrainingPool, TrainingPoolError};
