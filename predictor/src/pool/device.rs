//! A device of a pool, and what its name tells: the model and the platform.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tenshot_onnx_models::Architecture;

/// One device of a pool with its latencies.
///
/// As in the paper, each batch size of a GPU is a device of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct PoolDevice {
    /// The device's name, unique in its pool, e.g. `1080ti_32`.
    pub name: String,
    /// Its model, which several devices may have that differ in a setting: `1080ti` for all batch
    /// sizes of that GPU.
    pub model: String,
    /// What kind of machine it is.
    pub platform: Platform,
    /// What else is known of it, e.g. `batch` or `processor`.
    pub facts: BTreeMap<String, String>,
    /// Latencies in milliseconds, in the order of [`Pool::architectures_of`] this device.
    ///
    /// [`Pool::architectures_of`]: super::Pool::architectures_of
    pub latencies_ms: Vec<f64>,
    /// The architectures of this device alone, where its pool shares none.
    pub own_architectures: Option<Vec<Architecture>>,
    /// Spearman's rank correlation of two measurements of its architectures, where it was measured
    /// twice: how far two devices that are the same would agree (paper, the diagonal of Table A.3).
    pub repeat_correlation: Option<f64>,
}

impl PoolDevice {
    /// A device that was measured on its pool's architectures, of which no more is known.
    pub fn new(name: &str, model: &str, platform: Platform, latencies_ms: Vec<f64>) -> Self {
        Self {
            name: name.to_owned(),
            model: model.to_owned(),
            platform,
            facts: BTreeMap::new(),
            latencies_ms,
            own_architectures: None,
            repeat_correlation: None,
        }
    }

    /// A device whose name is known from published pools, or is a model and a platform of its own.
    pub fn named(name: &str, latencies_ms: Vec<f64>) -> Self {
        let (model, platform) = published_facts(name);
        Self::new(name, &model, platform, latencies_ms)
    }
}

/// Kinds of machines. Devices of one kind resemble each other, so an honest test of a predictor
/// leaves out the whole kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Platform {
    /// Graphics processors.
    Gpu,
    /// Server processors.
    ServerCpu,
    /// Phones.
    Phone,
    /// A kind with no other member, named by its model.
    Other(String),
}

/// Names of published GPUs, which precede the batch size in a device's name.
const GPUS: [&str; 7] = ["1080ti", "2080ti", "titanx", "titanxp", "titan_rtx", "titan_xp", "v100"];
/// Beginnings of the names of published server processors.
const SERVER_CPUS: [&str; 2] = ["silver_", "gold_"];
/// Names of published phones.
const PHONES: [&str; 5] = ["pixel2", "pixel3", "essential_ph_1", "samsung_a50", "samsung_s7"];

/// The model and platform of a published device, by its name.
///
/// A name that is not known is a model and a platform of its own.
pub fn published_facts(name: &str) -> (String, Platform) {
    if let Some((model, batch)) = name.rsplit_once('_')
        && GPUS.contains(&model)
        && batch.bytes().all(|byte| byte.is_ascii_digit())
    {
        return (model.to_owned(), Platform::Gpu);
    }
    let platform = if SERVER_CPUS.iter().any(|beginning| name.starts_with(beginning)) {
        Platform::ServerCpu
    } else if PHONES.contains(&name) {
        Platform::Phone
    } else {
        Platform::Other(name.to_owned())
    };
    (name.to_owned(), platform)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batch_sizes_belong_to_gpus_alone() {
        let facts = |name| published_facts(name);
        assert_eq!(facts("1080ti_256"), ("1080ti".to_owned(), Platform::Gpu));
        assert_eq!(facts("titan_rtx_1"), ("titan_rtx".to_owned(), Platform::Gpu));
        assert_eq!(facts("gold_6226"), ("gold_6226".to_owned(), Platform::ServerCpu));
        assert_eq!(facts("essential_ph_1"), ("essential_ph_1".to_owned(), Platform::Phone));
        assert_eq!(facts("raspi4"), ("raspi4".to_owned(), Platform::Other("raspi4".to_owned())));
    }
}
