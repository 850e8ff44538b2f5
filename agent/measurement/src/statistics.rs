//! Statistics of the timed samples.

use crate::confidence::trimmed_mean_interval;

/// Statistics of the timed samples, in milliseconds of one inference of the whole batch.
#[derive(Debug, Clone, PartialEq)]
pub struct LatencyStatistics {
    /// Mean after `trimmed_runs` samples were removed at each end: the latency that goes further.
    pub trimmed_mean: f64,
    /// Mean of all samples.
    pub mean: f64,
    /// Median.
    pub median: f64,
    /// Median absolute deviation from the median, unscaled.
    pub mad: f64,
    /// Coefficient of variation: standard deviation divided by mean, of all samples.
    pub cv: f64,
    /// Smallest sample.
    pub min: f64,
    /// Largest sample.
    pub max: f64,
    /// 90th percentile; none where there are too few samples for one.
    pub p90: Option<f64>,
    /// Bootstrap 95% confidence interval of the trimmed mean.
    pub ci95: [f64; 2],
    /// Share of the samples removed at each end.
    pub trim_fraction: f64,
    /// Samples removed at each end.
    pub trimmed_runs: u32,
}

/// Samples beyond a percentile, without which it is refused: with fewer, one outlier more or less
/// moves it to another neighbour.
const BEYOND_A_PERCENTILE: f64 = 5.0;

/// Samples in order of size, and what was asked to be removed.
#[derive(Debug, Clone)]
pub struct Statistics {
    /// Milliseconds, ascending; at least one.
    sorted: Vec<f64>,
    trim_fraction: f64,
    trimmed: usize,
}

impl Statistics {
    /// Of samples in nanoseconds; `trim_fraction` of them is removed at each end, rounded down, at
    /// least one being left. None where there is no sample.
    #[must_use]
    pub fn of(samples_ns: &[u64], trim_fraction: f64) -> Option<Self> {
        let most = samples_ns.len().checked_sub(1)? / 2;
        // Latencies stay far below 2^53 ns.
        let mut sorted: Vec<f64> = samples_ns.iter().map(|&ns| ns as f64 / 1e6).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        // The small addition: 0.1 * 50 must be 5 however it is rounded.
        let trimmed = (sorted.len() as f64 * trim_fraction + 1e-9).floor().max(0.0) as usize;
        Some(Self { sorted, trim_fraction, trimmed: trimmed.min(most) })
    }

    /// All of them, in milliseconds.
    #[must_use]
    pub fn summary(&self) -> LatencyStatistics {
        let median = median(&self.sorted);
        let mean = mean(&self.sorted);
        LatencyStatistics {
            trimmed_mean: self.trimmed_mean(),
            mean,
            median,
            mad: self.deviation_from(median),
            cv: standard_deviation(&self.sorted) / mean,
            min: self.at(0),
            max: self.at(self.sorted.len() - 1),
            p90: percentile(&self.sorted, 0.9),
            ci95: trimmed_mean_interval(&self.sorted, self.trimmed),
            trim_fraction: self.trim_fraction,
            trimmed_runs: u32::try_from(self.trimmed).unwrap_or(u32::MAX),
        }
    }

    /// The mean of what trimming leaves, in milliseconds.
    #[must_use]
    pub fn trimmed_mean(&self) -> f64 {
        mean(self.sorted.get(self.trimmed..self.sorted.len() - self.trimmed).unwrap_or_default())
    }

    /// Winsorised standard deviation divided by the trimmed mean: what trimming would remove is
    /// drawn in to its nearest neighbour that stays, so that outliers which do not reach the trimmed
    /// mean do not count either.
    #[must_use]
    pub fn winsorised_cv(&self) -> f64 {
        let (low, high) = (self.at(self.trimmed), self.at(self.sorted.len() - 1 - self.trimmed));
        let winsorised: Vec<f64> = self.sorted.iter().map(|value| value.clamp(low, high)).collect();
        standard_deviation(&winsorised) / self.trimmed_mean()
    }

    /// Median absolute deviation from `centre`, unscaled.
    fn deviation_from(&self, centre: f64) -> f64 {
        let mut deviations: Vec<f64> = self.sorted.iter().map(|value| (value - centre).abs()).collect();
        deviations.sort_unstable_by(f64::total_cmp);
        median(&deviations)
    }

    fn at(&self, index: usize) -> f64 {
        self.sorted.get(index).copied().unwrap_or(f64::NAN)
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// With n - 1 in the denominator; 0 for a single value.
fn standard_deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / (values.len() as f64 - 1.0).max(1.0)).sqrt()
}

/// Of values in ascending order.
pub(crate) fn median(sorted: &[f64]) -> f64 {
    let upper = sorted.len() / 2;
    let lower = sorted.len().saturating_sub(1) / 2;
    match (sorted.get(lower), sorted.get(upper)) {
        (Some(low), Some(high)) => f64::midpoint(*low, *high),
        _ => f64::NAN,
    }
}

/// The value below which `share` of the ascending `sorted` lies, between neighbours in proportion
/// (Hyndman and Fan's definition 7); refused where too few samples lie beyond it.
#[must_use]
pub fn percentile(sorted: &[f64], share: f64) -> Option<f64> {
    let count = sorted.len() as f64;
    if !(0.0..=1.0).contains(&share) || count * share.min(1.0 - share) + 1e-9 < BEYOND_A_PERCENTILE {
        return None;
    }
    let position = (count - 1.0) * share;
    let (low, high) = (sorted.get(position.floor() as usize)?, sorted.get(position.ceil() as usize)?);
    Some(low + (high - low) * position.fract())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::{Statistics, percentile};

    fn samples(values_ms: impl IntoIterator<Item = u64>) -> Vec<u64> {
        values_ms.into_iter().map(|ms| ms * 1_000_000).collect()
    }

    #[test]
    fn of_known_samples() {
        let summary = Statistics::of(&samples((1..=9).chain([100])), 0.1).unwrap().summary();
        insta::assert_debug_snapshot!(summary, @r"
        LatencyStatistics {
            trimmed_mean: 5.5,
            mean: 14.5,
            median: 5.5,
            mad: 2.5,
            cv: 2.0794752226809425,
            min: 1.0,
            max: 100.0,
            p90: None,
            ci95: [
                3.5,
                29.75,
            ],
            trim_fraction: 0.1,
            trimmed_runs: 1,
        }
        ");
    }

    #[test]
    fn the_papers_protocol_removes_five_of_fifty_at_each_end() {
        let summary = Statistics::of(&samples(1..=50), 0.1).unwrap().summary();
        assert_eq!(summary.trimmed_runs, 5);
        assert!(summary.p90.is_some());
        // numpy.percentile(range(1, 51), 90)
        assert!((summary.p90.unwrap() - 45.1).abs() < 1e-9);
    }

    #[test]
    fn a_percentile_of_too_few_samples_is_refused() {
        let sorted: Vec<f64> = (0..49).map(f64::from).collect();
        assert_eq!(percentile(&sorted, 0.9), None);
        assert!(percentile(&sorted, 0.5).is_some());
        assert_eq!(percentile(&sorted, 1.5), None);
    }

    #[test]
    fn a_single_sample_is_its_own_statistics() {
        let summary = Statistics::of(&samples([7]), 0.4).unwrap().summary();
        assert_eq!((summary.trimmed_mean, summary.cv, summary.mad), (7.0, 0.0, 0.0));
        assert_eq!(summary.ci95, [7.0, 7.0]);
        assert!(Statistics::of(&[], 0.1).is_none());
    }

    #[test]
    fn outliers_that_are_trimmed_do_not_spread() {
        let calm = Statistics::of(&samples((1..=18).map(|_| 10).chain([10, 10])), 0.1).unwrap();
        let outliers = Statistics::of(&samples((1..=18).map(|_| 10).chain([90, 90])), 0.1).unwrap();
        let too_many = Statistics::of(&samples((1..=17).map(|_| 10).chain([90, 90, 90])), 0.1).unwrap();
        assert_eq!((calm.winsorised_cv(), outliers.winsorised_cv()), (0.0, 0.0));
        assert!(too_many.winsorised_cv() > 0.5);
    }

    proptest! {
        #[test]
        fn every_centre_lies_between_smallest_and_largest(
            samples_ns in proptest::collection::vec(1_000_u64..1_000_000_000, 1..80), trim in 0.0..0.5_f64,
        ) {
            let summary = Statistics::of(&samples_ns, trim).unwrap().summary();
            let slack = summary.max * 1e-12;
            for centre in [summary.trimmed_mean, summary.mean, summary.median] {
                prop_assert!(summary.min - slack <= centre && centre <= summary.max + slack);
            }
            prop_assert!(summary.mad <= summary.max - summary.min + slack);
            prop_assert!(2 * (summary.trimmed_runs as usize) < samples_ns.len());
        }

        #[test]
        fn the_order_of_the_samples_does_not_matter(
            mut samples_ns in proptest::collection::vec(1_000_u64..1_000_000_000, 1..80),
        ) {
            let summary = Statistics::of(&samples_ns, 0.1).unwrap().summary();
            samples_ns.reverse();
            prop_assert_eq!(summary, Statistics::of(&samples_ns, 0.1).unwrap().summary());
        }

        #[test]
        fn a_slower_clock_scales_everything(
            samples_ns in proptest::collection::vec(1_000_u64..1_000_000, 2..80), factor in 2_u64..1_000,
        ) {
            let summary = Statistics::of(&samples_ns, 0.1).unwrap().summary();
            let slower: Vec<u64> = samples_ns.iter().map(|ns| ns * factor).collect();
            let scaled = Statistics::of(&slower, 0.1).unwrap().summary();
            let close = |a: f64, b: f64| (a * factor as f64 - b).abs() <= 1e-9 * b.abs().max(1e-6);
            prop_assert!(close(summary.trimmed_mean, scaled.trimmed_mean));
            prop_assert!(close(summary.median, scaled.median) && close(summary.mad, scaled.mad));
            prop_assert!(close(summary.ci95[0], scaled.ci95[0]) && close(summary.ci95[1], scaled.ci95[1]));
            prop_assert!((summary.cv - scaled.cv).abs() < 1e-9);
        }
    }
}
