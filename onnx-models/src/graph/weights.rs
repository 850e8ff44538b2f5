//! Random weights: the same bytes for the same seed on every platform.
//!
//! Nothing but integers, exact products and correctly rounded square roots goes into them;
//! transcendental functions would differ between platforms in their last bits. Weights are
//! uniform with He's variance, so that activations keep their size through a deep network, and
//! the statistics of batch normalisations are near those of a trained network.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// Added to a variance before its root is taken, as in the benchmark.
pub(super) const EPSILON: f32 = 1e-5;

/// Deals out the weights of a network, layer by layer.
pub(super) struct Weights {
    seeds: Xoshiro256PlusPlus,
}

/// A batch normalisation's statistics, one of each per channel.
pub(super) struct Statistics {
    pub(super) scale: Vec<f32>,
    pub(super) shift: Vec<f32>,
    pub(super) mean: Vec<f32>,
    pub(super) variance: Vec<f32>,
}

impl Weights {
    pub(super) fn new(seed: u64) -> Self {
        Self { seeds: Xoshiro256PlusPlus::seed_from_u64(seed) }
    }

    /// Each layer draws from a generator of its own, so that a folded batch normalisation is
    /// the same function as a kept one: its statistics are drawn after the convolution's
    /// weights there, together with them here.
    pub(super) fn layer(&mut self) -> Uniform {
        Uniform { generator: Xoshiro256PlusPlus::seed_from_u64(self.seeds.next_u64()) }
    }

    pub(super) fn statistics(&mut self, channels: usize) -> Statistics {
        let mut layer = self.layer();
        let mut vector = |centre, radius| layer.vector(channels, centre, radius);
        Statistics {
            scale: vector(1.0, 0.25),
            shift: vector(0.0, 0.25),
            mean: vector(0.0, 0.25),
            variance: vector(1.0, 0.25),
        }
    }
}

impl Statistics {
    /// Normalisation as `factor * x + offset`, per channel.
    pub(super) fn factors_and_offsets(&self) -> (Vec<f32>, Vec<f32>) {
        let factors: Vec<f32> = self
            .scale
            .iter()
            .zip(&self.variance)
            .map(|(scale, variance)| scale / (variance + EPSILON).sqrt())
            .collect();
        let centred = self.mean.iter().zip(&factors).map(|(mean, factor)| mean * factor);
        let offsets = self.shift.iter().zip(centred).map(|(shift, mean)| shift - mean).collect();
        (factors, offsets)
    }
}

/// How much smaller weights are whose outputs are added to a stream of residuals. With weights of
/// full size the stream grows with every block, until the gates of squeeze-excite are all shut or
/// open and a rounding error decides which.
pub(super) const RESIDUAL_GAIN: f32 = 0.25;

/// The largest weight of a layer with `fan_in` inputs: U(-b, b) has the variance 2 / `fan_in`.
pub(super) fn he_bound(fan_in: usize) -> f32 {
    (6.0 / fan_in as f32).sqrt()
}

/// Uniform numbers of one layer.
pub(super) struct Uniform {
    generator: Xoshiro256PlusPlus,
}

impl Uniform {
    /// `length` numbers, at most `radius` from `centre`.
    pub(super) fn vector(&mut self, length: usize, centre: f32, radius: f32) -> Vec<f32> {
        (0..length.div_ceil(2)).flat_map(|_| self.pair()).take(length).map(|unit| centre + radius * unit).collect()
    }

    /// Appends `length` numbers in [-bound, bound) as little-endian bytes.
    pub(super) fn append(&mut self, bytes: &mut Vec<u8>, length: usize, bound: f32) {
        let start = bytes.len();
        bytes.resize(start + 4 * length, 0);
        let (pairs, last) = bytes[start..].as_chunks_mut::<8>();
        for bytes in pairs {
            *bytes = self.pair_as_bytes(bound);
        }
        if !last.is_empty() {
            last.copy_from_slice(&self.pair_as_bytes(bound)[..4]);
        }
    }

    fn pair_as_bytes(&mut self, bound: f32) -> [u8; 8] {
        let [first, second] = self.pair().map(|unit| u64::from((bound * unit).to_bits()));
        (first | second << 32).to_le_bytes()
    }

    /// Two numbers in [-1, 1), multiples of 2^-23: each from 24 bits, exactly.
    fn pair(&mut self) -> [f32; 2] {
        let draw = self.generator.next_u64();
        let unit = |bits: u64| ((bits & 0xff_ffff) as i32 - (1 << 23)) as f32 / (1 << 23) as f32;
        [unit(draw >> 40), unit(draw >> 16)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_uniform_with_hes_variance() {
        let bound = he_bound(16 * 9);
        let weights = Weights::new(1).layer().vector(100_001, 0.0, bound);
        let mean = weights.iter().sum::<f32>() / 1e5;
        let variance = weights.iter().map(|weight| weight * weight).sum::<f32>() / 1e5;
        assert!(weights.iter().all(|weight| weight.abs() <= bound));
        assert!(mean.abs() < 1e-3, "{mean}");
        assert!((variance * 16.0 * 9.0 - 2.0).abs() < 0.03, "{variance}");
    }

    #[test]
    fn layers_differ_and_repeat() {
        let layer = |weights: &mut Weights| weights.layer().vector(8, 0.0, 1.0);
        let mut weights = Weights::new(1);
        let (first, second) = (layer(&mut weights), layer(&mut weights));
        assert_ne!(first, second);
        assert_ne!(first, layer(&mut Weights::new(2)));
        assert_eq!(first, layer(&mut Weights::new(1)));
    }

    #[test]
    fn numbers_are_the_same_on_every_platform() {
        let statistics = Weights::new(0).statistics(2);
        let (factors, offsets) = statistics.factors_and_offsets();
        let bits: Vec<_> = factors.iter().chain(&offsets).map(|number| format!("{:08x}", number.to_bits())).collect();
        insta::assert_snapshot!(bits.join(" "), @"3f8d7327 3f8deadf 3e58bf11 be80a396");
    }

    #[test]
    fn bytes_and_vectors_hold_the_same_numbers() {
        let mut bytes = Vec::new();
        Weights::new(3).layer().append(&mut bytes, 5, 2.0);
        let numbers = Weights::new(3).layer().vector(5, 0.0, 2.0);
        assert_eq!(bytes, numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<_>>());
    }
}
