//! Parameters before training.

use super::model::{Model, Parameters};
use crate::network::draw_initial;
use crate::random::Random;

const INITIAL_STREAM: u64 = 32;

/// Initial values of all layers; all rates are `rate`.
pub(super) fn initial(model: &Model, rate: f32, seed: u64) -> Parameters {
    let mut random = Random::stream(seed, &[INITIAL_STREAM]);
    let mut network = vec![0.0; model.shape.parameters];
    model.shape.layers().for_each(|layer| draw_initial(&mut random, layer, &mut network));
    let mut modulator = Vec::new();
    if let Some(one) = &model.modulator {
        modulator = vec![0.0; one.parameters];
        one.layers().iter().for_each(|layer| draw_initial(&mut random, layer, &mut modulator));
    }
    Parameters { rates: vec![rate; network.len()], network, modulator }
}
