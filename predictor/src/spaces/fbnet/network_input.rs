//! Architectures of FBNet as 22 blocks of six features.

use tenshot_onnx_models::spaces::fbnet::Network;

/// Features of a block: kernel 3 or 5; expansion 1, 1 in two groups, 3, or 6. A skipped block has
/// none of them.
const OF_BLOCK: usize = 6;
pub(super) const FEATURES: usize = Network::POSITIONS * OF_BLOCK;

/// Writes an architecture's ones into a row of zeros.
pub(super) fn encode(network: &Network, row: &mut [f32]) {
    for (choice, features) in network.choices().iter().zip(row.chunks_exact_mut(OF_BLOCK)) {
        let Some(block) = choice.mb_conv() else { continue };
        let expansion = match (block.expansion, block.groups) {
            (1, 1) => 2,
            (1, _) => 3,
            (3, _) => 4,
            _ => 5,
        };
        features[usize::from(block.kernel > 3)] = 1.0;
        features[expansion] = 1.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_block_has_its_kernel_and_its_expansion() {
        let network: Network = "[0,1,2,3,4,5,6,7,8,8,8,8,8,8,8,8,8,8,8,8,8,8]".parse().unwrap();
        let mut row = vec![0.0; FEATURES];
        encode(&network, &mut row);
        let blocks: Vec<String> =
            row.chunks(6).map(|block| block.iter().map(|&one| if one == 1.0 { '1' } else { '.' }).collect()).collect();
        assert_eq!(blocks[..9].join(" "), "1.1... 1..1.. 1...1. 1....1 .11... .1.1.. .1..1. .1...1 ......");
    }
}
