//! Blocks that are known by their names alone.

use tenshot_onnx_models::Block;

/// A block's one-hot, by name.
pub(super) fn block_one_hot(block: &Block) -> Vec<(String, f64)> {
    vec![(block.to_string(), 1.0)]
}
