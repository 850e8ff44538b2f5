//! A network that is adapted to a device.

use std::fmt::Debug;

use tenshot_onnx_models::{Architecture, Space};

use super::standardisation::Standardisation;
use crate::methods::AdaptedMethod;
use crate::prediction::Prediction;

/// How many architectures are predicted at once: their states fit the cache.
const BLOCK: usize = 1000;

/// What gives standardised latencies of architectures of its space.
pub(super) trait Standardised: Debug + Send + Sync {
    /// One number for each; `None` where they cannot be encoded.
    fn standardised(&self, architectures: &[Architecture]) -> Option<Vec<f32>>;
}

/// A network and the scale of its device's latencies.
#[derive(Debug, Clone)]
pub(super) struct AdaptedNetwork<T> {
    pub(super) space: Space,
    pub(super) network: T,
    pub(super) standardisation: Standardisation,
}

impl<T: Standardised> AdaptedMethod for AdaptedNetwork<T> {
    fn predict(&self, architectures: &[Architecture]) -> Vec<Prediction> {
        let is_own = |one: &Architecture| one.space() == self.space;
        let own: Vec<Architecture> = architectures.iter().copied().filter(is_own).collect();
        let outputs: Vec<f32> =
            own.chunks(BLOCK).filter_map(|block| self.network.standardised(block)).flatten().collect();
        let mut latencies_ms = outputs.into_iter().map(|output| self.standardisation.latency_ms(output));
        let prediction = |one| {
            let mean_ms = if is_own(one) { latencies_ms.next().unwrap_or(f64::NAN) } else { f64::NAN };
            Prediction { mean_ms, interval_ms: None }
        };
        architectures.iter().map(prediction).collect()
    }
}
