//! What a method has to do to be kept in files: trained, adapted, served and exported.

use std::sync::Arc;

use serde_json::Value;
use tenshot_onnx_models::Architecture;

use super::tensors::{StoredTensors, TensorFile};
use super::training::{EpisodePlan, TrainingOption, TrainingRequest};
use super::{Adaptation, ArtefactError, TrainedHeader};
use crate::bayes::MixtureForm;
use crate::help::PlainNetworks;
use crate::meta_training::AfterValidation;
use crate::methods::{AdaptError, AdaptedMethod, MethodName, TrainedMethod};
use crate::sources::SourceTable;
use crate::support::Support;
use crate::train_error::TrainError;

/// Makes a trained method of a file's header and tensors.
type ReadTrained = fn(&TrainedHeader, &StoredTensors<'_>) -> Result<Arc<dyn StoredMethod>, ArtefactError>;

/// Makes an adapted method of a file's parts.
type ReadAdapted = fn(&StoredAdaptation<'_>) -> Result<Arc<dyn StoredAdapted>, ArtefactError>;

/// The numbers that are read of an architecture; `None` for one of another space.
type ReadInputs<'a> = Box<dyn Fn(&Architecture) -> Option<Vec<f64>> + 'a>;

/// A method that files are written of: its names, how it is trained, and how its files are read. It has a file of its
/// own in `artefact/methods`, and a line in the registry there.
#[derive(Debug)]
pub(crate) struct StoredKind {
    /// The methods that are stored so.
    pub(crate) names: &'static [MethodName],
    /// How they are trained.
    pub(crate) training: Training,
    /// Reads a trained predictor.
    pub(crate) read_trained: ReadTrained,
    /// Reads an adapted predictor as it was stored, without fitting anything.
    pub(crate) read_adapted: ReadAdapted,
}

/// How a method is trained.
#[derive(Debug)]
pub(crate) struct Training {
    /// What it makes use of.
    pub(crate) options: &'static [TrainingOption],
    /// How long its training is; `None` where it knows no episodes.
    pub(crate) plan: fn(MethodName, &TrainingRequest<'_>) -> Option<EpisodePlan>,
    /// Trains it.
    pub(crate) train: Train,
}

/// Trains a method, and says after each validation how far it is.
type Train = fn(MethodName, &TrainingRequest<'_>, &mut AfterValidation<'_>) -> Result<TrainedParts, TrainError>;

/// What a trained predictor is made of.
#[derive(Debug)]
pub(crate) struct TrainedParts {
    pub(crate) header: TrainedHeader,
    pub(crate) method: Arc<dyn StoredMethod>,
}

/// The parts of an adapted predictor's file.
#[derive(Debug)]
pub(crate) struct StoredAdaptation<'a> {
    pub(crate) trained: &'a TrainedHeader,
    pub(crate) adaptation: &'a Adaptation,
    pub(crate) tensors: &'a StoredTensors<'a>,
}

impl StoredAdaptation<'_> {
    /// The numbers that the method keeps in the header.
    pub(crate) fn numbers<T: serde::de::DeserializeOwned>(&self) -> Result<T, ArtefactError> {
        serde_json::from_value(self.adaptation.posterior.clone()).map_err(ArtefactError::broken)
    }
}

/// A trained method with what files ask of it.
pub(crate) trait StoredMethod: TrainedMethod {
    /// Adapts to the device that made these measurements.
    ///
    /// # Errors
    /// Measurements that the method cannot adapt from.
    fn adapt_stored(&self, support: &Support) -> Result<Arc<dyn StoredAdapted>, AdaptError>;

    /// `count` architectures whose measurements tell most of a new device.
    fn design(&self, count: usize, seed: u64) -> Vec<Architecture>;

    /// The devices that it was trained on, where it keeps their predicted latencies.
    fn sources(&self) -> Option<&SourceTable> {
        None
    }

    /// Adds what a trained predictor's file holds beside its header.
    fn write(&self, file: &mut TensorFile);
}

/// An adapted method with what files ask of it.
pub(crate) trait StoredAdapted: AdaptedMethod {
    /// Positions in the support of measurements that were left out as outliers.
    fn outliers(&self) -> &[usize] {
        &[]
    }

    /// The devices that it was trained on, where it keeps their predicted latencies.
    fn sources(&self) -> Option<&SourceTable> {
        None
    }

    /// Adds all that predicting needs, and gives the numbers that stand in the header.
    ///
    /// # Errors
    /// Numbers that JSON cannot hold.
    fn write(&self, file: &mut TensorFile) -> Result<Value, ArtefactError>;

    /// What it predicts as a plain computation, for export; `None` where it cannot be told so.
    fn plain(&self) -> Option<PlainPredictor<'_>>;
}

/// A predictor as a plain computation over numbers that are read of an architecture.
pub(crate) struct PlainPredictor<'a> {
    /// The numbers of an architecture; `None` for one of another space.
    pub(crate) inputs: ReadInputs<'a>,
    /// How many numbers there are.
    pub(crate) width: usize,
    pub(crate) computation: PlainComputation,
}

/// What becomes of the numbers.
#[derive(Debug)]
pub(crate) enum PlainComputation {
    /// Mean and interval of a mixture of Gaussians.
    Mixture(MixtureForm),
    /// The mean over networks, and a line to milliseconds.
    Networks(PlainNetworks),
    /// The one number is the latency in milliseconds.
    Latency,
}
