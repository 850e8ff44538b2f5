//! Quantiles of a mixture of Gaussians.

use std::sync::LazyLock;

/// One Gaussian of a mixture. The weights of a mixture sum to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Component {
    pub(crate) weight: f64,
    pub(crate) mean: f64,
    pub(crate) inverse_sd: f64,
}

/// The value below which `probability` of the mixture lies, within 1e-5 of probability.
pub(crate) fn quantile(components: &[Component], probability: f64) -> f64 {
    let mean: f64 = components.iter().map(|one| one.weight * one.mean).sum();
    let variance: f64 = components
        .iter()
        .map(|one| one.weight * ((one.mean - mean).powi(2) + (one.inverse_sd * one.inverse_sd).recip()))
        .sum();
    let sd = variance.sqrt();
    let table = &*NORMAL;
    // Newton's method, kept within a bracket that every step narrows.
    let (mut low, mut high) = (mean - 12.0 * sd, mean + 12.0 * sd);
    let mut value = mean + sd * if probability < 0.5 { -1.645 } else { 1.645 };
    for _ in 0..STEPS {
        let (mut below, mut density) = (0.0, 0.0);
        for one in components {
            let (cumulative, normal) = table.at((value - one.mean) * one.inverse_sd);
            below += one.weight * cumulative;
            density += one.weight * one.inverse_sd * normal;
        }
        let excess = below - probability;
        if excess > 0.0 {
            high = value;
        } else {
            low = value;
        }
        let newton = value - excess / density;
        let is_within = newton > low && newton < high;
        value = if is_within { newton } else { f64::midpoint(low, high) };
        // Newton's error is squared by a step. Deviations of the whole say nothing of how near it is:
        // a component far away makes them large.
        if is_within && excess.abs() < CLOSE {
            break;
        }
    }
    value
}

/// Steps at most: enough to halve the bracket down to a narrow component of a wide mixture.
const STEPS: usize = 60;
/// An error of probability that one more step of Newton's makes as good as none.
const CLOSE: f64 = 2e-4;

/// Steps of the table per deviation.
const RESOLUTION: f64 = 128.0;
/// Beyond, a normal is taken as 0 or 1.
const REACH: f64 = 7.0;

/// The normal distribution by linear interpolation, within 2e-6.
struct NormalTable {
    /// Cumulative probability and density at each step.
    steps: Vec<(f64, f64)>,
}

static NORMAL: LazyLock<NormalTable> = LazyLock::new(NormalTable::new);

impl NormalTable {
    fn new() -> Self {
        let count = (2.0 * REACH * RESOLUTION) as usize + 2;
        let density = |z: f64| (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt();
        let mut cumulative = 0.0;
        let steps = (0..count).map(|step| {
            let z = step as f64 / RESOLUTION - REACH;
            let here = (cumulative, density(z));
            // Simpson's rule over the step.
            let width = 1.0 / RESOLUTION;
            cumulative += width / 6.0 * (density(z) + 4.0 * density(z + width / 2.0) + density(z + width));
            here
        });
        Self { steps: steps.collect() }
    }

    /// Cumulative probability and density.
    #[inline]
    fn at(&self, z: f64) -> (f64, f64) {
        let place = ((z + REACH) * RESOLUTION).clamp(0.0, 2.0 * REACH * RESOLUTION);
        let step = place as usize;
        let part = place - step as f64;
        let (a, b) = (self.steps[step], self.steps[step + 1]);
        (a.0 + part * (b.0 - a.0), a.1 + part * (b.1 - a.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_gaussian_has_its_known_quantiles() {
        let one = [Component { weight: 1.0, mean: 5.0, inverse_sd: 0.5 }];
        assert!((quantile(&one, 0.95) - (5.0 + 2.0 * 1.644_854)).abs() < 1e-3);
        assert!((quantile(&one, 0.05) - (5.0 - 2.0 * 1.644_854)).abs() < 1e-3);
    }

    #[test]
    fn two_far_gaussians_split_the_tails() {
        let two = [
            Component { weight: 0.9, mean: 0.0, inverse_sd: 1.0 },
            Component { weight: 0.1, mean: 1000.0, inverse_sd: 1.0 },
        ];
        // The upper 5% are the upper half of the second one, the lower 5% are 1/18 of the first.
        assert!((quantile(&two, 0.95) - 1000.0).abs() < 2e-3, "{}", quantile(&two, 0.95));
        assert!((quantile(&two, 0.05) + 1.5932).abs() < 2e-3, "{}", quantile(&two, 0.05));
    }

    #[test]
    fn a_part_far_away_does_not_move_the_ends_of_a_narrow_one() {
        let two = [
            Component { weight: 0.927, mean: 10.0, inverse_sd: 0.3_f64.recip() },
            Component { weight: 0.073, mean: 9010.0, inverse_sd: 9000.0_f64.recip() },
        ];
        // 0.0384 of the narrow part and 0.1587 of the wide one lie below.
        assert!((quantile(&two, 0.05) - 9.4797).abs() < 1e-3, "{}", quantile(&two, 0.05));
    }

    #[test]
    fn a_narrow_part_inside_a_wide_one_converges() {
        let two = [
            Component { weight: 0.5, mean: 0.0, inverse_sd: 1e4 },
            Component { weight: 0.5, mean: 0.0, inverse_sd: 1.0 },
        ];
        // Half of the mass is at 0: 5% above is 10% above in the wide part.
        assert!((quantile(&two, 0.95) - 1.2816).abs() < 2e-3, "{}", quantile(&two, 0.95));
    }
}
