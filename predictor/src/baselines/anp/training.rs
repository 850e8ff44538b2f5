//! Meta-training of `anp` that has got somewhere: it is taken up as if it had never stopped.

use safetensors::tensor::SafeTensors;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::neural_process::{GROUP, NeuralProcess};
use super::settings::AnpSettings;
use super::tasks::Lessons;
use crate::help::{CheckpointVersion, Validation, read_adam, read_header};
use crate::network::{Adam, CheckpointError, file, named_layers, read_layers};
use crate::random::Random;

const INITIAL_STREAM: u64 = 49;
/// The entry of a checkpoint's metadata that has the header.
const HEADER: &str = "tenshot_anp_training";
/// The prefix of the best parameters so far.
const BEST: &str = "best.";
/// The names of Adam's moments.
const MOMENTS: [&str; 2] = ["adam.first", "adam.second"];

#[derive(Debug, Clone)]
pub(super) struct AnpTraining {
    pub(super) network: NeuralProcess,
    pub(super) parameters: Vec<f32>,
    adam: Adam,
    state: State,
    /// The parameters with the best validation so far.
    best: Option<Vec<f32>>,
}

/// All but the parameters.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct State {
    settings: AnpSettings,
    /// Whatever tells one pool from another.
    course: Value,
    /// Episodes that are done.
    episode: u32,
    /// The sum of the episodes' errors since the last validation.
    error: f32,
    curve: Vec<Validation>,
    /// The best validation so far.
    best: Option<f64>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Header {
    #[serde(flatten)]
    version: CheckpointVersion,
    #[serde(flatten)]
    state: State,
}

impl AnpTraining {
    /// Before the first episode.
    pub(super) fn new(network: NeuralProcess, settings: AnpSettings, course: Value) -> Self {
        let parameters = network.initial(&mut Random::stream(settings.seed, &[INITIAL_STREAM]));
        let adam = Adam::new(parameters.len());
        let state = State { settings, course, episode: 0, error: 0.0, curve: Vec::new(), best: None };
        Self { network, parameters, adam, state, best: None }
    }

    pub(super) fn is_done(&self) -> bool {
        self.state.episode >= self.state.settings.episodes
    }

    /// All validations so far.
    pub(super) fn curve(&self) -> &[Validation] {
        &self.state.curve
    }

    /// The parameters that did best in validation, or the last ones.
    pub(super) fn best(self) -> Vec<f32> {
        self.best.unwrap_or(self.parameters)
    }

    /// Does one episode, and a validation where one is due.
    pub(super) fn step(&mut self, lessons: &Lessons<'_>) {
        self.state.episode += 1;
        let State { episode, settings, .. } = self.state;
        let (error, gradient) = lessons.loss(&self.network, &self.parameters, episode);
        self.state.error += error;
        self.adam.step(&mut self.parameters, &gradient, settings.rate, episode);
        if episode.is_multiple_of(settings.validate_every) || self.is_done() {
            self.validate(lessons.score(&self.network, &self.parameters));
        }
    }

    fn validate(&mut self, spearman: Option<f64>) {
        let State { episode, error, curve, best, .. } = &mut self.state;
        let since = *episode - curve.last().map_or(0, |last| last.episode);
        let error = std::mem::take(error) / since as f32;
        curve.push(Validation { episode: *episode, error, divergence: 0.0, spearman });
        if spearman.is_some_and(|spearman| best.is_none_or(|best| spearman > best)) {
            *best = spearman;
            self.best = Some(self.parameters.clone());
        }
    }

    /// The bytes of a checkpoint.
    pub(super) fn checkpoint(&self) -> Result<Vec<u8>, CheckpointError> {
        let layers = self.network.layers();
        let mut tensors = named_layers(&layers, &self.parameters, GROUP);
        if let Some(best) = &self.best {
            tensors.extend(named_layers(&layers, best, &format!("{BEST}{GROUP}")));
        }
        for (name, moments) in MOMENTS.into_iter().zip([&self.adam.first, &self.adam.second]) {
            tensors.push((name.to_owned(), vec![moments.len()], moments));
        }
        let header = Header { version: CheckpointVersion::CURRENT, state: self.state.clone() };
        Ok(file(&tensors, (HEADER, serde_json::to_string(&header)?))?)
    }

    /// Takes a training up: `fresh`, which has not begun, says what settings and course it is to have.
    pub(super) fn resume(fresh: Self, bytes: &[u8]) -> Result<Self, CheckpointError> {
        let Header { state, .. } = read_header(bytes, HEADER)?;
        if state.settings != fresh.state.settings {
            return Err(CheckpointError::Foreign { what: "settings" });
        }
        if state.course != fresh.state.course {
            return Err(CheckpointError::Foreign { what: "devices or latencies" });
        }
        let tensors = SafeTensors::deserialize(bytes)?;
        let layers = fresh.network.layers();
        let parameters = read_layers(&tensors, GROUP, &layers)?;
        let best = state.best.map(|_| read_layers(&tensors, &format!("{BEST}{GROUP}"), &layers)).transpose()?;
        let adam = read_adam(&tensors, MOMENTS, parameters.len())?;
        Ok(Self { network: fresh.network.clone(), parameters, adam, state, best })
    }
}
