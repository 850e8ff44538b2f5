//! Architectures of MobileNetV3 as one-hot kernel sizes, expansion ratios and resolution.

use tenshot_onnx_models::spaces::mobilenetv3::Network;

/// Kernel sizes 3, 5 and 7.
const KERNELS: usize = 3;
/// Expansion ratios 3, 4 and 6.
const EXPANSIONS: usize = 3;
/// Resolutions 128 to 224 in steps of 4.
const RESOLUTIONS: usize = 25;
pub(super) const FEATURES: usize = Network::POSITIONS * (KERNELS + EXPANSIONS) + RESOLUTIONS;

/// Writes an architecture's ones into a row of zeros: kernel sizes of all positions, then
/// expansion ratios, then the resolution. A position without block has none.
pub(super) fn encode(network: &Network, row: &mut [f32]) {
    let (kernels, rest) = row.split_at_mut(Network::POSITIONS * KERNELS);
    let (expansions, resolutions) = rest.split_at_mut(Network::POSITIONS * EXPANSIONS);
    for (position, block) in network.blocks() {
        kernels[position * KERNELS + (block.kernel() - 3) / 2] = 1.0;
        expansions[position * EXPANSIONS + block.expansion() / 2 - 1] = 1.0;
    }
    resolutions[(network.resolution() - 128) / 4] = 1.0;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernels_come_first_then_expansions_then_the_resolution() {
        let mut kernels = [7; 20];
        kernels[0] = 3;
        let mut expansions = [6; 20];
        expansions[1] = 4;
        let network = Network::new(132, [2, 4, 4, 4, 4], kernels, expansions).unwrap();
        let mut row = vec![0.0; FEATURES];
        encode(&network, &mut row);
        let text: String = row.iter().map(|&one| if one == 1.0 { '1' } else { '.' }).collect();
        assert_eq!(text[..15], *"1....1........1");
        assert_eq!(text[60..75], *"..1.1.........1");
        assert_eq!(text[120..], *".1.......................");
        assert_eq!(text.matches('1').count(), 18 + 18 + 1);
    }

    #[test]
    fn every_setting_has_a_place() {
        for expansion in [3, 4, 6] {
            for kernel in [3, 5, 7] {
                for resolution in Network::resolutions() {
                    let network = Network::new(resolution, [4; 5], [kernel; 20], [expansion; 20]).unwrap();
                    encode(&network, &mut [0.0; FEATURES]);
                }
            }
        }
    }
}
