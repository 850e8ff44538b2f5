//! What source predictors know of a block of MobileNetV3.

use tenshot_onnx_models::networks::mobilenetv3::Block;

/// A one-hot of the block without its size, and again times its area.
pub(super) fn block_features(block: Block) -> Vec<(String, f64)> {
    let (name, size) = match block {
        Block::Stem(size) => ("stem".to_owned(), size),
        Block::Chosen(position, block, size) => (format!("{position}/{block:?}"), size),
        Block::Head(size) => ("head".to_owned(), size),
    };
    // Stages differ in size by powers of two, blocks of one position by less than a half.
    let pixels = size.pixels() as f64;
    let largest = (pixels / 7.0).log2().ceil().exp2() * 7.0;
    vec![(name.clone(), 1.0), (format!("{name}/area"), (pixels / largest).powi(2))]
}
