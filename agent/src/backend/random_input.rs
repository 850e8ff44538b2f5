//! Pseudo-random numbers to fill inputs with.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// So many numbers, even over -1..1: of the size that normalised images have, and never so small
/// that arithmetic slows down on them.
pub(crate) fn random_floats(seed: u64, count: usize) -> Vec<f32> {
    let mut generator = Xoshiro256PlusPlus::seed_from_u64(seed);
    // 24 bits fit a float exactly.
    (0..count).map(|_| ((generator.next_u32() >> 8) as f32 + 0.5) / (1 << 23) as f32 - 1.0).collect()
}

#[cfg(test)]
mod tests {
    use super::random_floats;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        assert_eq!(random_floats(7, 100), random_floats(7, 100));
        assert_ne!(random_floats(7, 100), random_floats(8, 100));
    }

    #[test]
    fn the_numbers_fill_the_range_evenly() {
        let floats = random_floats(1, 10_000);
        assert!(floats.iter().all(|x| (-1.0..=1.0).contains(x) && *x != 0.0));
        let mean = floats.iter().sum::<f32>() / 10_000.0;
        assert!(mean.abs() < 0.03, "{mean}");
        let beyond_half = floats.iter().filter(|x| x.abs() > 0.5).count();
        assert!((4_800..5_200).contains(&beyond_half), "{beyond_half}");
    }
}
