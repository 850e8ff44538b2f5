//! A bootstrap confidence interval of the trimmed mean.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// Resamples: the ends of a 95% interval are then the 50th smallest and largest, which the choice
/// of the seed moves by about a tenth of the interval's width.
const RESAMPLES: usize = 2_000;

/// Resamples that very long measurements get at least.
const FEWEST_RESAMPLES: usize = 200;

/// Draws in all, so that an interval over many samples costs milliseconds.
const DRAWS: usize = 2_000_000;

/// The same samples give the same interval everywhere.
const SEED: u64 = 0x7e57_05e7;

/// The 95% percentile-bootstrap interval of the mean after `trimmed` samples are removed at each
/// end, in the samples' unit. The samples are taken to be independent of each other.
///
/// `sorted` must be in ascending order and hold more than `2 * trimmed` samples.
#[must_use]
pub fn trimmed_mean_interval(sorted: &[f64], trimmed: usize) -> [f64; 2] {
    let count = sorted.len();
    let resamples = (DRAWS / count.max(1)).clamp(FEWEST_RESAMPLES, RESAMPLES);
    let mut generator = Xoshiro256PlusPlus::seed_from_u64(SEED);
    let mut draws = vec![0_u32; count];
    let mut means: Vec<f64> = (0..resamples)
        .map(|_| {
            resample(&mut generator, &mut draws);
            trimmed_mean_of_draws(sorted, &draws, trimmed)
        })
        .collect();
    means.sort_unstable_by(f64::total_cmp);
    let tail = resamples / 40;
    let end = |index: usize| means.get(index).copied().unwrap_or(f64::NAN);
    [end(tail), end(resamples - 1 - tail)]
}

/// How often each of the samples is drawn in one resample.
fn resample(generator: &mut Xoshiro256PlusPlus, draws: &mut [u32]) {
    draws.fill(0);
    for _ in 0..draws.len() {
        // The high part of a product of 32 bits each: an even choice, to within 2^-32 a sample.
        let index = (u64::from(generator.next_u32()) * draws.len() as u64) >> 32;
        if let Some(times) = draws.get_mut(index as usize) {
            *times += 1;
        }
    }
}

/// The trimmed mean of a resample, without sorting it: it is in order already.
fn trimmed_mean_of_draws(sorted: &[f64], draws: &[u32], trimmed: usize) -> f64 {
    let kept = sorted.len() - 2 * trimmed;
    let (mut skip, mut left, mut sum) = (trimmed, kept, 0.0);
    for (value, &times) in sorted.iter().zip(draws) {
        let times = times as usize;
        let skipped = times.min(skip);
        skip -= skipped;
        let taken = (times - skipped).min(left);
        left -= taken;
        sum += value * taken as f64;
    }
    sum / kept as f64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, proptest};

    use super::{trimmed_mean_interval, trimmed_mean_of_draws};

    #[test]
    fn a_resample_is_trimmed_like_its_sorted_list() {
        // Drawn: 1 1 1 3 4 4; without the outer two: 1 1 3 4, and without four: 1 3.
        let (sorted, draws) = ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [3, 0, 1, 2, 0, 0]);
        assert_eq!(trimmed_mean_of_draws(&sorted, &draws, 1), 9.0 / 4.0);
        assert_eq!(trimmed_mean_of_draws(&sorted, &draws, 2), 4.0 / 2.0);
    }

    #[test]
    fn the_interval_has_the_width_that_theory_gives() {
        // A uniform distribution over 0..1: the mean of 300 has a standard error of 1/60.
        let sorted: Vec<f64> = (0..300).map(|i| f64::from(i) / 299.0).collect();
        let [low, high] = trimmed_mean_interval(&sorted, 0);
        let expected = 2.0 * 1.96 / 60.0;
        assert!(((high - low) / expected - 1.0).abs() < 0.1, "{low} to {high}, expected a width of {expected}");
    }

    #[test]
    fn equal_samples_leave_no_doubt() {
        assert_eq!(trimmed_mean_interval(&[2.0; 20], 2), [2.0, 2.0]);
    }

    proptest! {
        #[test]
        fn the_interval_lies_within_the_samples(mut samples in proptest::collection::vec(1.0..1e3_f64, 5..60)) {
            samples.sort_unstable_by(f64::total_cmp);
            let [low, high] = trimmed_mean_interval(&samples, samples.len() / 10);
            let slack = 1e-9 * samples[samples.len() - 1];
            prop_assert!(samples[0] - slack <= low && low <= high && high <= samples[samples.len() - 1] + slack);
        }
    }
}
