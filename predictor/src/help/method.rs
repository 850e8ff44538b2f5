//! `help` as a method: trained, and adapted to a device.

use std::borrow::Cow;
use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::Arc;

use safetensors::tensor::SafeTensors;
use serde::{Deserialize, Serialize};
use tenshot_onnx_models::{Architecture, Space, with_space};

use super::latency_scale::Scale;
use super::model::{Device, Measured, Model, Parameters};
use super::named_parameters::{named, parameters_of};
use super::network::Network;
use super::settings::Settings;
use super::shape::Shape;
use crate::meta_training::Validation;
use crate::methods::latency_line::Line;
use crate::methods::{AdaptError, AdaptedMethod, MethodName, TrainedMethod, check_space};
use crate::network::{Buffer, CheckpointError, Dense, Encoded, NamedTensor, Sizes, add, named_layers, read_layers};
use crate::prediction::Prediction;
use crate::random::Random;
use crate::spaces::{PredictorSpace, network_input};
use crate::support::Support;

/// How many architectures are predicted at once: their states fit the cache.
const BLOCK: usize = 1000;

/// The paper's method after meta-training, for one ordered reference set. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Help(Arc<Stored>);

#[derive(Debug, Clone)]
struct Stored {
    space: Space,
    model: Arc<Model>,
    parameters: Parameters,
    settings: HelpSettings,
    references: Measured,
}

/// What a trained `help` keeps beside its parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HelpSettings {
    /// How it was trained.
    pub training: Settings,
    /// The references, in the order of the hardware embedding.
    pub references: Vec<Architecture>,
    /// The mean hardware embedding of the devices that it was trained on.
    pub mean_embedding: Vec<f32>,
    /// The validation devices, which chose the parameters that were kept.
    pub validation: Vec<String>,
    /// All validations.
    pub curve: Vec<Validation>,
    /// How z is drawn when adapting; `None` where it is at its mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub z_samples: Option<ZSamples>,
}

/// Draws of z at meta-test: the network is adapted to the device with each of them, and their
/// predictions are averaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZSamples {
    /// How many; the paper has ten.
    pub count: NonZeroUsize,
    /// The seed of the draws, which are the same for every device.
    pub seed: u64,
}

impl ZSamples {
    /// The most draws that are accepted: averages settle long before.
    pub const MOST: usize = 1000;
}

/// The most inner steps that a file may ask for; adapting with more would take too long.
const MOST_INNER_STEPS: usize = 1000;

const Z_STREAM: u64 = 35;

impl Help {
    /// `None` where the references cannot be encoded, as those of another space.
    pub(super) fn new(space: Space, model: Model, parameters: Parameters, settings: HelpSettings) -> Option<Self> {
        let references = model.measured(&parameters, network_input(space, &settings.references)?);
        Some(Self(Arc::new(Stored { space, model: Arc::new(model), parameters, settings, references })))
    }

    /// The references, in the order of the hardware embedding.
    pub fn references(&self) -> &[Architecture] {
        &self.0.settings.references
    }

    /// The same, but with z drawn so when it adapts; with `None`, z is at its mean, as training leaves
    /// it. Without modulator there is no z, and nothing changes.
    #[must_use]
    pub fn with_z_samples(mut self, z_samples: Option<ZSamples>) -> Self {
        let stored = Arc::make_mut(&mut self.0);
        stored.settings.z_samples = z_samples.filter(|_| stored.model.noise_length() > 0);
        self
    }

    pub(crate) fn settings(&self) -> HelpSettings {
        self.0.settings.clone()
    }

    /// The parameters by name.
    pub(crate) fn tensors(&self) -> Vec<NamedTensor<'_>> {
        named(&self.0.model, &self.0.parameters, "")
    }

    /// From settings and the tensors of a file.
    pub(crate) fn restore(
        space: Space,
        settings: &HelpSettings,
        tensors: &SafeTensors<'_>,
    ) -> Result<Self, CheckpointError> {
        let sizes = sizes_of(space, settings)?;
        if sizes.references == 0 || settings.mean_embedding.len() != sizes.references {
            return Err(CheckpointError::Foreign { what: "references" });
        }
        let too_many_steps = settings.training.parts.inner_steps > MOST_INNER_STEPS;
        if too_many_steps || settings.z_samples.is_some_and(|draws| draws.count.get() > ZSamples::MOST) {
            return Err(CheckpointError::Foreign { what: "settings" });
        }
        let model = Model::new(sizes, settings.training.parts);
        let parameters = parameters_of(&model, tensors, "")?;
        Self::new(space, model, parameters, settings.clone()).ok_or(CheckpointError::Foreign { what: "references" })
    }

    pub(crate) fn adapt_to(&self, support: &Support) -> Result<AdaptedHelp, AdaptError> {
        check_space(support, self.0.space)?;
        let latencies_ms = support.latencies_ms();
        let at_references = self.at_references(support)?;
        let scale = Scale::of(&at_references).ok_or(AdaptError::NoEmbedding)?;
        let embedding = scale.scaled(&at_references);
        let measured = self.measured(&support.architectures());
        let measured = measured.ok_or(AdaptError::Space { found: support.space(), expected: self.0.space })?;
        let mut adapted = self.adapted(&measured, &scale.scaled(&latencies_ms), embedding);
        let predicted: Vec<f64> = adapted.of_encoded(&measured.encoded).into_iter().map(f64::from).collect();
        adapted.line = Line::through(&predicted, &latencies_ms);
        Ok(adapted)
    }

    /// The measurements of the references, in their order.
    fn at_references(&self, support: &Support) -> Result<Vec<f64>, AdaptError> {
        let references = self.references();
        let of: HashMap<Architecture, f64> = support.architectures().into_iter().zip(support.latencies_ms()).collect();
        let missing: Vec<&Architecture> = references.iter().filter(|one| !of.contains_key(one)).collect();
        if let Some(first) = missing.first() {
            let (missing, of, first) = (missing.len(), references.len(), first.to_string());
            return Err(AdaptError::MissingReferences { missing, of, first });
        }
        Ok(references.iter().filter_map(|one| of.get(one).copied()).collect())
    }

    /// The encoded architectures of a support set, which mostly are the references; `None` for those
    /// of another space.
    fn measured(&self, architectures: &[Architecture]) -> Option<Cow<'_, Measured>> {
        let Stored { space, model, parameters, references, .. } = &*self.0;
        if architectures == self.references() {
            return Some(Cow::Borrowed(references));
        }
        Some(Cow::Owned(model.measured(parameters, network_input(*space, architectures)?)))
    }

    fn adapted(&self, support: &Measured, targets: &[f32], embedding: Vec<f32>) -> AdaptedHelp {
        let Stored { model, parameters, .. } = &*self.0;
        let adapt = |noise| model.adapt(parameters, Device { embedding: &embedding, support, targets, noise });
        let networks = match self.noises() {
            Some(noises) => noises.iter().map(|noise| adapt(Some(noise))).collect(),
            None => vec![adapt(None)],
        };
        let (space, model) = (self.0.space, Arc::clone(model));
        AdaptedHelp { space, model, networks, embedding, line: Line::IDENTITY }
    }

    /// The standard normal numbers of each draw of z; `None` where z is at its mean.
    fn noises(&self) -> Option<Vec<Vec<f32>>> {
        let Stored { model, settings, .. } = &*self.0;
        let ZSamples { count, seed } = settings.z_samples?;
        let mut random = Random::stream(seed, &[Z_STREAM]);
        let mut noise = || (0..model.noise_length()).map(|_| random.normal() as f32).collect();
        Some((0..count.get()).map(|_| noise()).collect())
    }
}

impl TrainedMethod for Help {
    fn name(&self) -> MethodName {
        self.0.settings.training.parts.method()
    }

    fn space(&self) -> Space {
        self.0.space
    }

    fn adapt(&self, support: &Support) -> Result<Box<dyn AdaptedMethod>, AdaptError> {
        Ok(Box::new(self.adapt_to(support)?))
    }

    /// For a device whose hardware embedding is the mean over the training devices.
    fn expected_cost(&self, architectures: &[Architecture]) -> Vec<f64> {
        let embedding = &self.0.settings.mean_embedding;
        self.adapted(&self.0.references, embedding, embedding.clone()).scaled(architectures)
    }
}

/// `help` adapted to a device.
#[derive(Debug, Clone)]
pub struct AdaptedHelp {
    space: Space,
    model: Arc<Model>,
    /// The network's parameters after modulation by z and the inner steps: one list for each draw of
    /// z.
    networks: Vec<Buffer>,
    embedding: Vec<f32>,
    /// From scaled latencies to milliseconds: the line through the measurements.
    line: Line,
}

/// Numbers of an adapted `help` beside its networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct AdaptedNumbers {
    /// How many networks there are: one for each draw of z.
    networks: usize,
    /// The hardware embedding.
    embedding: Vec<f32>,
    line: Line,
}

/// The sizes of the networks of these settings.
fn sizes_of(space: Space, settings: &HelpSettings) -> Result<Sizes, CheckpointError> {
    let sizes = with_space!(space, S => S::NETWORK_SIZES);
    Ok(Sizes { references: settings.references.len(), ..sizes })
}

/// What the names of an adapted network's tensors start with.
fn group_of(network: usize) -> String {
    format!("posterior.{network}")
}

impl AdaptedHelp {
    /// The parameters of the networks by name.
    pub(crate) fn tensors(&self) -> Vec<NamedTensor<'_>> {
        let layers: Vec<&Dense> = self.model.shape.layers().collect();
        let of_network = |(number, values)| named_layers(&layers, values, &group_of(number));
        self.networks.iter().map(|network| &**network).enumerate().flat_map(of_network).collect()
    }

    /// What is stored beside the networks.
    pub(crate) fn numbers(&self) -> AdaptedNumbers {
        AdaptedNumbers { networks: self.networks.len(), embedding: self.embedding.clone(), line: self.line }
    }

    /// From settings, what was stored beside the networks, and the tensors of a file.
    pub(crate) fn restore(
        space: Space,
        settings: &HelpSettings,
        numbers: AdaptedNumbers,
        tensors: &SafeTensors<'_>,
    ) -> Result<Self, CheckpointError> {
        let AdaptedNumbers { networks, embedding, line } = numbers;
        let sizes = sizes_of(space, settings)?;
        if sizes.references == 0 || embedding.len() != sizes.references {
            return Err(CheckpointError::Foreign { what: "references" });
        }
        if networks == 0 || networks > ZSamples::MOST {
            return Err(CheckpointError::Foreign { what: "settings" });
        }
        let model = Model::new(sizes, settings.training.parts);
        let layers: Vec<&Dense> = model.shape.layers().collect();
        let network = |number| Ok(Buffer::from(read_layers(tensors, &group_of(number), &layers)?));
        let networks = (0..networks).map(network).collect::<Result<_, CheckpointError>>()?;
        Ok(Self { space, model: Arc::new(model), networks, embedding, line })
    }

    /// Predicted latencies as the network scales them: the mean over the draws of z.
    fn of_encoded(&self, encoded: &Encoded) -> Vec<f32> {
        let network = Network::new(&self.model.shape, encoded, &self.embedding);
        let mut sum = vec![0.0; encoded.count()];
        self.networks.iter().for_each(|parameters| add(&mut sum, network.forward(parameters).predictions()));
        let count = self.networks.len() as f32;
        sum.iter_mut().for_each(|prediction| *prediction /= count);
        sum
    }

    pub(crate) fn space(&self) -> Space {
        self.space
    }

    pub(super) fn shape(&self) -> &Shape {
        &self.model.shape
    }

    pub(super) fn networks(&self) -> &[Buffer] {
        &self.networks
    }

    pub(super) fn embedding(&self) -> &[f32] {
        &self.embedding
    }

    pub(super) fn line(&self) -> Line {
        self.line
    }

    /// Predicted latencies as the network scales them; not a number for those of another space.
    pub(super) fn scaled(&self, architectures: &[Architecture]) -> Vec<f64> {
        let space = &self.space;
        let is_own = |one: &Architecture| one.space() == *space;
        let own: Vec<Architecture> = architectures.iter().copied().filter(is_own).collect();
        let of_block = |block: &[Architecture]| Some(self.of_encoded(&network_input(*space, block)?));
        let predictions: Vec<f32> = own.chunks(BLOCK).filter_map(of_block).flatten().collect();
        let mut predictions = predictions.into_iter().map(f64::from);
        let or_nan = |one| if is_own(one) { predictions.next().unwrap_or(f64::NAN) } else { f64::NAN };
        architectures.iter().map(or_nan).collect()
    }
}

impl AdaptedMethod for AdaptedHelp {
    fn predict(&self, architectures: &[Architecture]) -> Vec<Prediction> {
        let prediction = |mean_ms| Prediction { mean_ms, interval_ms: None };
        self.means_ms(architectures).into_iter().map(prediction).collect()
    }

    fn means_ms(&self, architectures: &[Architecture]) -> Vec<f64> {
        self.scaled(architectures).into_iter().map(|scaled| self.line.at(scaled)).collect()
    }
}
