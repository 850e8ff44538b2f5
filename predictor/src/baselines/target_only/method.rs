//! `scratch` and `brp-nas`: networks that are trained on the target's measurements alone.

use std::sync::Arc;

use tenshot_onnx_models::{Architecture, Space, with_space};

use super::super::adapted_network::{AdaptedNetwork, Standardised};
use super::super::standardisation::Standardisation;
use super::regressor::Regressor;
use super::supervised_training::SupervisedTraining;
use crate::methods::{AdaptError, AdaptedMethod, Flops, MethodName, TrainedMethod, check_space};
use crate::network::{EncoderKind, Sizes};
use crate::spaces::{PredictorSpace, network_input};
use crate::support::Support;

/// Hidden units of a layer of BRP-NAS.
const BRP_NAS_WIDTH: usize = 600;

/// A network that learns nothing from other devices: adapting is training it from random initial
/// values. Latencies are standardised by the mean and deviation of the measurements. It has no
/// intervals.
#[derive(Debug, Clone)]
pub struct TargetOnly {
    name: MethodName,
    regressor: Arc<Regressor>,
    training: SupervisedTraining,
    seed: u64,
    flops: Flops,
}

impl TargetOnly {
    /// `scratch`: the architecture encoder and the header of `help`, without device and modulator.
    /// All measurements are the batch of each of 400 steps of Adam from a rate of 5e-4, falling along
    /// half a cosine; this did best on source devices.
    pub fn scratch(space: Space, seed: u64) -> Self {
        let training = SupervisedTraining { epochs: 400, batch: usize::MAX, rate: 5e-4, weight_decay: 0.0 };
        let regressor = |sizes: Sizes| Regressor::new(sizes, &[sizes.header_width; 2]);
        Self::new(MethodName::Scratch, space, regressor, training, seed)
    }

    /// `brp-nas` (Dudziak et al., 2020): four graph convolutions of 600 units, and a linear layer
    /// on the state of the global node. Architectures that are not read as graphs have four linear
    /// layers of 600 in their place. AdamW from a rate of 8e-4, weight decay 5e-4, as there; but
    /// 100 epochs of batches of 30 in place of at most 250 of 10, so that 900 measurements take half
    /// a minute of one core (on source devices, 60 epochs of 10 were neither better nor faster), no
    /// dropout, and no measurements held back to stop early.
    pub fn brp_nas(space: Space, seed: u64) -> Self {
        let training = SupervisedTraining { epochs: 100, batch: 30, rate: 8e-4, weight_decay: 5e-4 };
        let regressor = |sizes: Sizes| {
            let sizes = Sizes { encoder_width: BRP_NAS_WIDTH, ..sizes };
            match sizes.encoder {
                EncoderKind::Graph => Regressor::new(sizes, &[]),
                EncoderKind::Flat => Regressor::new(sizes, &[BRP_NAS_WIDTH; 2]),
            }
        };
        Self::new(MethodName::BrpNas, space, regressor, training, seed)
    }

    fn new(
        name: MethodName,
        space: Space,
        regressor: impl FnOnce(Sizes) -> Regressor,
        training: SupervisedTraining,
        seed: u64,
    ) -> Self {
        let sizes = with_space!(space, S => S::NETWORK_SIZES);
        Self { name, regressor: Arc::new(regressor(sizes)), training, seed, flops: Flops::new(space) }
    }
}

impl TrainedMethod for TargetOnly {
    fn name(&self) -> MethodName {
        self.name
    }

    fn space(&self) -> Space {
        self.flops.space()
    }

    fn adapt(&self, support: &Support) -> Result<Box<dyn AdaptedMethod>, AdaptError> {
        let space = self.space();
        let other = AdaptError::Space { found: support.space(), expected: space };
        check_space(support, space)?;
        let encoded = network_input(space, &support.architectures()).ok_or(other)?;
        let latencies_ms = support.latencies_ms();
        let standardisation = Standardisation::of(&latencies_ms);
        let targets = standardisation.standardised(&latencies_ms);
        let parameters = self.training.train(&self.regressor, &encoded, &targets, self.seed);
        let network = TrainedRegressor { space, regressor: self.regressor.clone(), parameters };
        Ok(Box::new(AdaptedNetwork { space, network, standardisation }))
    }

    /// Before there are measurements, an architecture is expected to cost its flops.
    fn expected_cost(&self, architectures: &[Architecture]) -> Vec<f64> {
        self.flops.expected_cost(architectures)
    }
}

/// A trained network.
#[derive(Debug, Clone)]
struct TrainedRegressor {
    space: Space,
    regressor: Arc<Regressor>,
    parameters: Vec<f32>,
}

impl Standardised for TrainedRegressor {
    fn standardised(&self, architectures: &[Architecture]) -> Option<Vec<f32>> {
        let encoded = network_input(self.space, architectures)?;
        Some(self.regressor.predictions(&self.parameters, &encoded))
    }
}
