//! Which devices of the pool a new device is similar to.

use serde::{Deserialize, Serialize};

use crate::methods::{AdaptError, check_space};
use crate::metrics::spearman;
use crate::pool::Platform;
use crate::sources::{SourceFacts, SourceTable};
use crate::support::Support;

/// A device of the pool, compared with a new one over the new one's measurements.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeviceSimilarity {
    /// The device of the pool.
    pub device: String,
    /// Its model.
    pub model: String,
    /// Its kind.
    pub platform: Platform,
    /// Spearman's rank correlation of its latencies with the new device's.
    pub correlation: f64,
    /// Its mean latency divided by the new device's: above 1 it is slower.
    pub relative_latency: f64,
}

/// Compares each device of the pool with the device that made the measurements; the most similar
/// first. A pool device's latencies of the measured architectures are predicted from its own
/// measurements.
///
/// # Errors
/// Measurements of another space than the predictor's.
pub fn device_similarities(sources: &SourceTable, support: &Support) -> Result<Vec<DeviceSimilarity>, AdaptError> {
    check_space(support, sources.space())?;
    let measured = support.latencies_ms();
    let architectures = support.architectures();
    let compare = |(source, facts): (usize, &SourceFacts)| {
        let latencies = sources.relative(source, &architectures);
        let relative_latency = facts.mean_ms * latencies.iter().sum::<f64>() / measured.iter().sum::<f64>();
        DeviceSimilarity {
            device: facts.name.clone(),
            model: facts.model.clone(),
            platform: facts.platform.clone(),
            correlation: spearman(&latencies, &measured),
            relative_latency,
        }
    };
    let mut similarities: Vec<DeviceSimilarity> = sources.facts().iter().enumerate().map(compare).collect();
    similarities.sort_by(|a, b| b.correlation.total_cmp(&a.correlation).then(a.device.cmp(&b.device)));
    Ok(similarities)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;
    use tenshot_onnx_models::Space;

    #[test]
    fn devices_are_ordered_by_similarity_and_know_their_level() {
        let references = Space::NasBench201.sample(4, 12).unwrap();
        let similarities =
            device_similarities(synthetic::trained().sources().unwrap(), &synthetic::support(&references)).unwrap();
        assert_eq!(similarities.len(), 6);
        assert!(similarities.windows(2).all(|pair| pair[0].correlation >= pair[1].correlation));
        let level = |name: &str| similarities.iter().find(|one| one.device == name).unwrap().relative_latency;
        assert!(level("board") > 1.5 && level("gpu_1") < 1.0, "{similarities:?}");
    }
}
