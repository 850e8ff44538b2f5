//! Training in episodes on the devices of a pool: one loop, with validation and checkpoints, for
//! `help` and its relatives and for `anp`.

mod checkpoint;
mod encoded_devices;
mod learner;
mod train;
mod training;
mod training_split;
mod validation;

pub(crate) use encoded_devices::encode_training;
pub(crate) use learner::{EpisodeLoss, Learner, ParameterGroup, Parameters, Schedule};
pub(crate) use train::train;
pub(crate) use training::Outcome;
#[cfg(test)]
pub(crate) use training::Training;

pub use train::{AfterValidation, MakeCheckpoint};
pub use training_split::TrainingSplit;
pub use validation::Validation;
