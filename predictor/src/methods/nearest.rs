//! `nearest`: the source device whose hardware embedding is closest, scaled.

use tenshot_onnx_models::{Architecture, Space};

use super::{AdaptError, AdaptedMethod, MethodName, TrainedMethod, check_space};
use crate::embedding::{distance, hardware_embedding};
use crate::prediction::Prediction;
use crate::sources::SourceTable;
use crate::support::Support;

/// Predicts what the closest source device is predicted to take, times the ratio of the mean
/// latencies over the references. Closest is the source whose hardware embedding (Eq. 3) has the
/// least Euclidean distance; a source's latencies at references are those of its own predictor,
/// so that any reference will do. It has no intervals.
#[derive(Debug, Clone)]
pub struct Nearest {
    sources: SourceTable,
}

impl Nearest {
    /// The method over these sources.
    pub fn new(sources: SourceTable) -> Self {
        Self { sources }
    }
}

impl TrainedMethod for Nearest {
    fn name(&self) -> MethodName {
        MethodName::Nearest
    }

    fn space(&self) -> Space {
        self.sources.space()
    }

    fn adapt(&self, support: &Support) -> Result<Box<dyn AdaptedMethod>, AdaptError> {
        check_space(support, self.space())?;
        let measured = support.latencies_ms();
        let target = hardware_embedding(&measured).ok_or(AdaptError::NoEmbedding)?;
        let architectures = support.architectures();
        let candidates = (0..self.sources.count()).filter_map(|source| {
            let latencies = self.sources.relative(source, &architectures);
            let embedding = hardware_embedding(&latencies)?;
            Some((source, distance(&target, &embedding), latencies.iter().sum::<f64>()))
        });
        let nearest = candidates.min_by(|a, b| a.1.total_cmp(&b.1));
        let (source, _, sum) = nearest.ok_or(AdaptError::NoEmbedding)?;
        let scale_ms = measured.iter().sum::<f64>() / f64::max(sum, 1e-6);
        Ok(Box::new(Scaled { sources: self.sources.clone(), source, scale_ms }))
    }

    fn expected_cost(&self, architectures: &[Architecture]) -> Vec<f64> {
        self.sources.mean_relative(architectures)
    }
}

/// One source, scaled.
#[derive(Debug, Clone)]
struct Scaled {
    sources: SourceTable,
    source: usize,
    scale_ms: f64,
}

impl AdaptedMethod for Scaled {
    fn predict(&self, architectures: &[Architecture]) -> Vec<Prediction> {
        let relative = self.sources.relative(self.source, architectures);
        let mean_ms = |relative: f64| f64::max(relative * self.scale_ms, 0.0);
        let prediction = |one| Prediction { mean_ms: mean_ms(one), interval_ms: None };
        relative.into_iter().map(prediction).collect()
    }
}
