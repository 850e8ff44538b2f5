//! Which devices of a pool train, and which validate.

use serde_json::json;
use tenshot_onnx_models::Architecture;

use crate::pool::{Pool, PoolDevice, latency_hash};

/// A pool's devices for training and for validation.
#[derive(Debug, Clone, Copy)]
pub struct TrainingSplit<'a> {
    /// The pool.
    pub pool: &'a Pool,
    /// Devices to train on.
    pub devices: &'a [&'a PoolDevice],
    /// Devices that choose the best of the trained parameters; there may be none, and then the last
    /// ones are taken.
    pub validation: &'a [&'a PoolDevice],
}

impl TrainingSplit<'_> {
    /// The names of the validation devices.
    pub(crate) fn validation_names(&self) -> Vec<String> {
        self.validation.iter().map(|device| device.name.clone()).collect()
    }

    /// What tells this split, with these references, from every other: a checkpoint is taken up
    /// by the training that it came from alone.
    pub(crate) fn identity(&self, references: &[Architecture]) -> serde_json::Value {
        let hashes = |devices: &[&PoolDevice]| -> Vec<(String, String)> {
            devices.iter().map(|device| (device.name.clone(), latency_hash(&device.latencies_ms))).collect()
        };
        let Self { pool, devices, validation } = self;
        json!({
            "space": pool.space(),
            "training": pool.ranges().training,
            "references": references,
            "devices": hashes(devices),
            "validation": hashes(validation),
        })
    }
}
