//! `anp`: an attentive neural process, meta-trained on source devices.

use std::sync::Arc;

use safetensors::tensor::SafeTensors;
use serde::{Deserialize, Serialize};
use tenshot_onnx_models::{Architecture, Space, with_space};

use super::super::adapted_network::{AdaptedNetwork, Standardised};
use super::super::standardisation::Standardisation;
use super::neural_process::{GROUP, NeuralProcess, NeuralProcessInput};
use super::settings::AnpSettings;
use crate::meta_training::Validation;
use crate::methods::{AdaptError, AdaptedMethod, Flops, MethodName, TrainedMethod, check_space};
use crate::network::{CheckpointError, NamedTensor, named_layers, read_layers};
use crate::prediction::Prediction;
use crate::spaces::{PredictorSpace, network_input};
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
    pub(super) fn new(space: Space, network: NeuralProcess, parameters: Vec<f32>, facts: AnpFacts) -> Self {
        Self(Arc::new(Stored { space, network, parameters, facts, flops: Flops::new(space) }))
    }

    /// How it was trained.
    pub fn facts(&self) -> &AnpFacts {
        &self.0.facts
    }

    /// The parameters by name.
    pub(crate) fn tensors(&self) -> Vec<NamedTensor<'_>> {
        named_layers(&self.0.network.layers(), &self.0.parameters, GROUP)
    }

    /// Adapts to a device: [`TrainedMethod::adapt`] with the type that it gives.
    pub(crate) fn adapt_to(&self, support: &Support) -> Result<AdaptedAnp, AdaptError> {
        check_space(support, self.0.space)?;
        let latencies_ms = support.latencies_ms();
        let standardisation = Standardisation::of(&latencies_ms);
        let context = Context { measured: standardisation.standardised(&latencies_ms), standardisation };
        Ok(AdaptedAnp::new(self.clone(), support.architectures(), context))
    }

    /// From what it keeps, and the tensors of a file.
    pub(crate) fn restore(space: Space, facts: &AnpFacts, tensors: &SafeTensors<'_>) -> Result<Self, CheckpointError> {
        let network = NeuralProcess::new(with_space!(space, S => S::NETWORK_SIZES));
        let parameters = read_layers(tensors, GROUP, &network.layers())?;
        Ok(Self::new(space, network, parameters, facts.clone()))
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
        Ok(Box::new(self.adapt_to(support)?))
    }

    /// Before there are measurements, an architecture is expected to cost its flops.
    fn expected_cost(&self, architectures: &[Architecture]) -> Vec<f64> {
        self.0.flops.expected_cost(architectures)
    }
}

/// The measured latencies as an adapted `anp` attends to them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Context {
    /// Standardised latencies, in the order of the measured architectures.
    measured: Vec<f32>,
    standardisation: Standardisation,
}

/// `anp` adapted to a device.
#[derive(Debug, Clone)]
pub(crate) struct AdaptedAnp(AdaptedNetwork<ConditionedNetwork>);

impl AdaptedAnp {
    fn new(anp: Anp, architectures: Vec<Architecture>, Context { measured, standardisation }: Context) -> Self {
        let space = anp.0.space;
        Self(AdaptedNetwork { space, network: ConditionedNetwork { anp, architectures, measured }, standardisation })
    }

    /// As it was stored; `None` where there is not one latency for each measured architecture of the
    /// space.
    pub(crate) fn restore(anp: Anp, architectures: Vec<Architecture>, context: Context) -> Option<Self> {
        let is_own = architectures.iter().all(|one| one.space() == anp.0.space);
        let fits = is_own && context.measured.len() == architectures.len();
        fits.then(|| Self::new(anp, architectures, context))
    }

    pub(crate) fn trained(&self) -> &Anp {
        &self.0.network.anp
    }

    pub(crate) fn context(&self) -> Context {
        Context { measured: self.0.network.measured.clone(), standardisation: self.0.standardisation }
    }
}

impl AdaptedMethod for AdaptedAnp {
    fn predict(&self, architectures: &[Architecture]) -> Vec<Prediction> {
        self.0.predict(architectures)
    }
}

/// The network with measurements to attend to.
#[derive(Debug, Clone)]
struct ConditionedNetwork {
    anp: Anp,
    architectures: Vec<Architecture>,
    measured: Vec<f32>,
}

impl Standardised for ConditionedNetwork {
    fn standardised(&self, architectures: &[Architecture]) -> Option<Vec<f32>> {
        let Stored { space, network, parameters, .. } = &*self.anp.0;
        let encoded = network_input(*space, &[&self.architectures, architectures].concat())?;
        Some(network.predictions(parameters, NeuralProcessInput { encoded: &encoded, measured: &self.measured }))
    }
}
