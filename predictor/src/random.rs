//! Seeded random numbers, the same on every platform and in every version.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// A generator of one stream of random numbers.
#[derive(Debug, Clone)]
pub(crate) struct Random(Xoshiro256PlusPlus);

impl Random {
    /// The stream `path` of `seed`: streams of different paths are independent, so that work
    /// may be done in any order, on any number of threads.
    pub(crate) fn stream(seed: u64, path: &[u64]) -> Self {
        let mixed = path.iter().fold(splitmix(seed), |state, &step| splitmix(state ^ splitmix(step)));
        Self(Xoshiro256PlusPlus::seed_from_u64(mixed))
    }

    /// Uniform in [low, high).
    pub(crate) fn uniform(&mut self, low: f64, high: f64) -> f64 {
        let unit = (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
        low + unit * (high - low)
    }

    /// 10 to a power uniform in [low, high).
    pub(crate) fn power_of_ten(&mut self, low: f64, high: f64) -> f64 {
        10f64.powf(self.uniform(low, high))
    }

    /// Log-uniform in [low, high), both positive.
    pub(crate) fn log_uniform(&mut self, low: f64, high: f64) -> f64 {
        self.uniform(low.ln(), high.ln()).exp()
    }

    /// Standard normal (Box-Muller).
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform(0.0, 1.0)).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform(0.0, 1.0)).cos()
    }

    /// A number below `bound`, which is positive.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        // The product's upper half is uniform but for a bias below bound / 2^64.
        ((u128::from(self.0.next_u64()) * bound as u128) >> 64) as usize
    }

    /// `count` different items of `items` in random order; all of them where there are fewer.
    pub(crate) fn choose<T: Copy>(&mut self, items: &[T], count: usize) -> Vec<T> {
        let mut items = items.to_vec();
        let count = count.min(items.len());
        for position in 0..count {
            let other = position + self.below(items.len() - position);
            items.swap(position, other);
        }
        items.truncate(count);
        items
    }
}

/// One step of SplitMix64 (Steele, Lea and Flood, 2014): spreads the bits of a small number.
fn splitmix(value: u64) -> u64 {
    let mut mixed = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_the_same_for_ever_and_differ_from_each_other() {
        let drawn = |path: &[u64]| Random::stream(7, path).choose(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 4);
        insta::assert_debug_snapshot!([drawn(&[]), drawn(&[0]), drawn(&[1]), drawn(&[0, 1])], @r"
        [
            [
                9,
                7,
                6,
                8,
            ],
            [
                3,
                1,
                9,
                0,
            ],
            [
                9,
                4,
                5,
                3,
            ],
            [
                2,
                4,
                6,
                8,
            ],
        ]
        ");
    }

    #[test]
    fn normals_have_mean_zero_and_variance_one() {
        let mut random = Random::stream(1, &[]);
        let values: Vec<f64> = (0..20_000).map(|_| random.normal()).collect();
        let mean = values.iter().sum::<f64>() / 20_000.0;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 20_000.0;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
    }

    #[test]
    fn choosing_takes_each_item_once() {
        let items: Vec<usize> = (0..50).collect();
        let mut chosen = Random::stream(3, &[]).choose(&items, 80);
        chosen.sort_unstable();
        assert_eq!(chosen, items);
    }
}
