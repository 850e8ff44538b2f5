//! `anp`: an attentive neural process, meta-trained on source devices.

use std::sync::Arc;

use safetensors::tensor::{SafeTensorError, SafeTensors};
use serde::{Deserialize, Serialize};
use tenshot_onnx_models::{Architecture, Space};

use super::super::adapted_network::{AdaptedNetwork, Standardised};
use super::super::error::BaselineError;
use super::super::standardisation::Standardisation;
use super::neural_process::{GROUP, NeuralProcess, Question};
use super::settings::AnpSettings;
use super::tasks::{Lessons, Teacher};
use super::training::AnpTraining;
use crate::help::{Course, MakeCheckpoint, Validation};
use crate::meta_training::encode_training;
use crate::methods::{AdaptError, AdaptedMethod, Flops, MethodName, TrainedMethod, check_space};
use crate::network::{CheckpointError, encode, file, named_layers, read_layers, sizes};
use crate::pool::{Pool, PoolDevice};
use crate::sources::training_latencies;
use crate::support::Support;

/// An attentive neural process (Kim et al., 2019) after meta-training: adapting is no more than
/// keeping the measurements, to which every asked architecture attends. Cheap to clone.
///
/// It has the deterministic path alone, with one head of scaled dot-product cross-attention, and
/// predicts means without deviations, so that the likelihood of the paper is a squared error. The
/// encoder of architectures is that of `help` (width 100); keys, queries and representations are
/// of width 100, the header is 200 -> 200 -> 200 -> 1. Latencies are standardised by the mean and
/// deviation of the measurements, so that it adapts from any architectures.
#[derive(Debug, Clone)]
pub struct Anp(Arc<Stored>);

#[derive(Debug)]
struct Stored {
    space: Space,
    network: NeuralProcess,
    parameters: Vec<f32>,
    facts: AnpFacts,
    flops: Flops,
}

/// What a trained `anp` keeps beside its parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnpFacts {
    /// How it was trained.
    pub training: AnpSettings,
    /// The devices that chose the best of the trained.
    pub validation: Vec<String>,
    /// All validations.
    pub curve: Vec<Validation>,
}

impl Anp {
    /// Trains on devices of a pool; those of `validation`, which may be none, choose the best.
    /// `progress` is told of every validation.
    ///
    /// # Errors
    ///
    /// A space without encoding, no devices, or too few training architectures.
    pub fn train<'a>(
        pool: &Pool,
        devices: &[&'a PoolDevice],
        validation: &[&'a PoolDevice],
        settings: AnpSettings,
        progress: &dyn Fn(&Validation),
    ) -> Result<Self, BaselineError> {
        Self::train_from(None, (pool, devices, validation), settings, &mut |validation, _| {
            progress(validation);
            Ok(())
        })
    }

    /// The same from a checkpoint where there is one. After every validation `checkpointed` is given
    /// it, and a function that makes the bytes of a checkpoint.
    ///
    /// # Errors
    ///
    /// A pool that cannot be trained on, a checkpoint of another training, or an error of
    /// `checkpointed`.
    pub fn train_from<'a>(
        checkpoint: Option<&[u8]>,
        (pool, devices, validation): (&Pool, &[&'a PoolDevice], &[&'a PoolDevice]),
        settings: AnpSettings,
        checkpointed: &mut dyn FnMut(&Validation, &MakeCheckpoint<'_>) -> Result<(), BaselineError>,
    ) -> Result<Self, BaselineError> {
        let space = pool.space();
        let no_encoding = || BaselineError::Space { space, method: MethodName::Anp };
        let network = NeuralProcess::new(sizes(space).ok_or_else(no_encoding)?);
        let (count, shots) = (pool.ranges().training.len(), settings.shots);
        if count <= shots {
            return Err(BaselineError::TooFew { training: count, shots });
        }
        if devices.is_empty() {
            return Err(BaselineError::NoDevices);
        }
        let teachers = |devices: &[&'a PoolDevice]| -> Result<Vec<Teacher<'a>>, BaselineError> {
            let encoded = encode_training(pool, devices).ok_or_else(no_encoding)?.into_iter();
            let teacher = |(encoded, device)| Teacher { encoded, latencies_ms: training_latencies(pool, device) };
            Ok(encoded.zip(devices.iter().copied()).map(teacher).collect())
        };
        let lessons = Lessons { devices: teachers(devices)?, validation: teachers(validation)?, settings };
        let course = Course { pool, devices, validation, references: &[] }.facts();
        let mut training = AnpTraining::new(network.clone(), settings, course);
        if let Some(bytes) = checkpoint {
            training = AnpTraining::resume(training, bytes)?;
        }
        while !training.is_done() {
            let seen = training.curve().len();
            training.step(&lessons);
            if let Some(last) = training.curve().get(seen) {
                if last.has_diverged() {
                    return Err(BaselineError::Diverged { episode: last.episode });
                }
                checkpointed(last, &|| training.checkpoint())?;
            }
        }
        let validation = validation.iter().map(|device| device.name.clone()).collect();
        let facts = AnpFacts { training: settings, validation, curve: training.curve().to_vec() };
        let parameters = training.best();
        Ok(Self(Arc::new(Stored { space, network, parameters, facts, flops: Flops::new(space) })))
    }

    /// How it was trained.
    pub fn facts(&self) -> &AnpFacts {
        &self.0.facts
    }

    /// A safetensors file of the parameters, with one entry of metadata.
    pub(crate) fn to_file(&self, entry: (&str, String)) -> Result<Vec<u8>, SafeTensorError> {
        file(&named_layers(&self.0.network.layers(), &self.0.parameters, GROUP), entry)
    }

    /// From what it keeps, and the tensors of a file.
    pub(crate) fn restore(space: Space, facts: &AnpFacts, tensors: &SafeTensors<'_>) -> Result<Self, CheckpointError> {
        let network = NeuralProcess::new(sizes(space).ok_or(CheckpointError::Foreign { what: "space's encodings" })?);
        let parameters = read_layers(tensors, GROUP, &network.layers())?;
        Ok(Self(Arc::new(Stored { space, network, parameters, facts: facts.clone(), flops: Flops::new(space) })))
    }
}

impl TrainedMethod for Anp {
    fn name(&self) -> MethodName {
        MethodName::Anp
    }

    fn space(&self) -> Space {
        self.0.space
    }

    fn adapt(&self, support: &Support) -> Result<Box<dyn AdaptedMethod>, AdaptError> {
        let space = self.0.space;
        check_space(support, space)?;
        let latencies_ms = support.latencies_ms();
        let standardisation = Standardisation::of(&latencies_ms);
        let measured = standardisation.standardised(&latencies_ms);
        let network = Informed { anp: self.clone(), architectures: support.architectures(), measured };
        Ok(Box::new(AdaptedNetwork { space, network, standardisation }))
    }

    /// Before there are measurements, an architecture is expected to cost its flops.
    fn expected_cost(&self, architectures: &[Architecture]) -> Vec<f64> {
        self.0.flops.expected_cost(architectures)
    }
}

/// The network with measurements to attend to.
#[derive(Debug, Clone)]
struct Informed {
    anp: Anp,
    architectures: Vec<Architecture>,
    measured: Vec<f32>,
}

impl Standardised for Informed {
    fn standardised(&self, architectures: &[Architecture]) -> Option<Vec<f32>> {
        let Stored { space, network, parameters, .. } = &*self.anp.0;
        let encoded = encode(*space, &[&self.architectures, architectures].concat())?;
        Some(network.predictions(parameters, Question { encoded: &encoded, measured: &self.measured }))
    }
}
