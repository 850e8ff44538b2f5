//! What a method tells the training loop.

use std::fmt::Debug;

use safetensors::tensor::SafeTensors;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::network::{CheckpointError, NamedTensor};

/// A network with the devices that it learns from. Episodes depend on their number, the parameters
/// and the settings alone, so that training may be taken up anywhere.
pub(crate) trait Learner {
    /// How it is trained. A checkpoint of other settings is not taken up.
    type Settings: Debug + PartialEq + Serialize + DeserializeOwned;
    /// What it learns.
    type Parameters: Parameters;

    /// How it is trained.
    fn settings(&self) -> &Self::Settings;

    /// How long and how fast it learns.
    fn schedule(&self) -> Schedule;

    /// Parameters before training.
    fn initial(&self) -> Self::Parameters;

    /// The groups that its parameters fall into, in the order of [`Parameters::groups`].
    fn groups(&self) -> &[ParameterGroup];

    /// The loss of an episode that comes after `done` others, and its gradient. The same on any
    /// number of threads: tasks are added up in their order.
    fn episode_loss(&self, parameters: &Self::Parameters, done: u32) -> EpisodeLoss<Self::Parameters>;

    /// Spearman's correlation on each validation device.
    fn validation_scores(&self, parameters: &Self::Parameters) -> Vec<f64>;

    /// Its parameters as tensors, their names starting with `prefix`.
    fn tensors<'a>(&self, parameters: &'a Self::Parameters, prefix: &str) -> Vec<NamedTensor<'a>>;

    /// The parameters among tensors whose names start with `prefix`.
    ///
    /// # Errors
    /// A tensor that is missing or of another shape.
    fn read(&self, tensors: &SafeTensors<'_>, prefix: &str) -> Result<Self::Parameters, CheckpointError>;
}

/// Trained numbers, or derivatives by them, in groups.
pub(crate) trait Parameters: Debug + Clone + PartialEq {
    fn groups(&self) -> Vec<&[f32]>;

    fn groups_mut(&mut self) -> Vec<&mut [f32]>;
}

/// Parameters with moments of Adam of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ParameterGroup {
    /// The name of its moments in checkpoints.
    pub(crate) name: &'static str,
    /// Whether training changes it.
    pub(crate) is_learned: bool,
}

/// How long and how fast parameters are learned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Schedule {
    /// Episodes in all.
    pub(crate) episodes: u32,
    /// Episodes between two validations.
    pub(crate) validate_every: u32,
    /// Adam's rate.
    pub(crate) rate: f32,
}

/// An episode's loss.
#[derive(Debug, Clone)]
pub(crate) struct EpisodeLoss<P> {
    /// The queries' mean squared error, on average over the tasks.
    pub(crate) error: f32,
    /// The divergence of z, on average over the tasks; zero where there is no z.
    pub(crate) divergence: f32,
    /// Derivatives of the whole loss.
    pub(crate) gradient: P,
}
