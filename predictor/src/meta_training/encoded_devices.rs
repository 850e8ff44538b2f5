//! The training architectures of a pool's devices as networks read them.

use std::sync::Arc;

use crate::network::Encoded;
use crate::pool::{Pool, PoolDevice};
use crate::sources::training_architectures;
use crate::spaces::network_input;

/// The training architectures of each of a pool's devices; `None` where the space has no encoding
/// yet. Where all devices share them, they are there once.
pub(crate) fn encode_training(pool: &Pool, devices: &[&PoolDevice]) -> Option<Vec<Arc<Encoded>>> {
    let of = |device: &&PoolDevice| Some(Arc::new(network_input(pool.space(), training_architectures(pool, device))?));
    match devices.first() {
        Some(first) if pool.is_shared() => Some(vec![of(first)?; devices.len()]),
        _ => devices.iter().map(of).collect(),
    }
}
