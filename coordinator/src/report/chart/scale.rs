//! From values to places along an axis, and round values to mark on it.

/// Larger than anything that is measured; what lies beyond is not drawn.
const LARGEST: f64 = 1e15;

/// Smaller than anything that is measured; what lies below is as good as zero.
const SMALLEST: f64 = 1e-15;

/// From here on values spread too widely for equal steps.
const LOGARITHMIC_FROM_RATIO: f64 = 10.0;

/// Share of the range that stays free at each end.
const MARGIN: f64 = 0.04;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spacing {
    Linear,
    Logarithmic,
}

/// A range of values, laid out evenly by value or by logarithm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::report) struct Scale {
    spacing: Spacing,
    low: f64,
    high: f64,
}

impl Scale {
    /// Holds all these values: logarithmic where they are positive and spread over more than a factor of ten.
    pub(super) fn fitting(values: impl IntoIterator<Item = f64>) -> Self {
        let [low, high] = bounds(values);
        if low > SMALLEST && high / low > LOGARITHMIC_FROM_RATIO {
            Self::logarithmic_between(low, high)
        } else {
            Self::linear_between(low, high)
        }
    }

    /// Holds all these values, at equal steps.
    pub(super) fn linear(values: impl IntoIterator<Item = f64>) -> Self {
        let [low, high] = bounds(values);
        Self::linear_between(low, high)
    }

    /// Holds all these values, logarithmic wherever they are positive.
    pub(super) fn of_ratios(values: impl IntoIterator<Item = f64>) -> Self {
        let [low, high] = bounds(values);
        if low > SMALLEST { Self::logarithmic_between(low, high) } else { Self::linear_between(low, high) }
    }

    /// Reaches from the smallest of these values up to `high` and not beyond, at equal steps.
    pub(super) fn up_to(high: f64, values: impl IntoIterator<Item = f64>) -> Self {
        let [low, _] = bounds(values.into_iter().filter(|value| *value < high).chain([high]));
        Self { high, ..Self::linear_between(low, high) }
    }

    /// Reaches exactly from `low` to `high`, at equal steps.
    pub(super) fn exactly(low: f64, high: f64) -> Self {
        Self { spacing: Spacing::Linear, low, high }
    }

    fn linear_between(low: f64, high: f64) -> Self {
        let magnitude = low.abs().max(high.abs());
        let least = if magnitude > 0.0 { magnitude * 0.01 } else { 0.5 };
        let margin = ((high - low) * MARGIN).max(least);
        // Times and shares that are never negative get no room below zero.
        let floor = if low >= 0.0 { 0.0 } else { f64::NEG_INFINITY };
        Self { spacing: Spacing::Linear, low: (low - margin).max(floor), high: high + margin }
    }

    fn logarithmic_between(low: f64, high: f64) -> Self {
        let margin = (high / low).powf(MARGIN).max(1.01);
        Self { spacing: Spacing::Logarithmic, low: low / margin, high: high * margin }
    }

    /// Whether steps are equal factors.
    pub(super) fn is_logarithmic(&self) -> bool {
        self.spacing == Spacing::Logarithmic
    }

    /// Whether the value lies in the range.
    pub(super) fn contains(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    /// Both ends.
    pub(super) fn ends(&self) -> [f64; 2] {
        [self.low, self.high]
    }

    /// Where the value lies: 0 at the low end, 1 at the high end, at the nearer end where it lies outside.
    ///
    /// None for what is not a number.
    pub(super) fn share(&self, value: f64) -> Option<f64> {
        let value = value.clamp(self.low, self.high);
        let share = match self.spacing {
            Spacing::Linear => (value - self.low) / (self.high - self.low),
            Spacing::Logarithmic => (value / self.low).ln() / (self.high / self.low).ln(),
        };
        share.is_finite().then_some(share.clamp(0.0, 1.0))
    }

    /// Round values inside the range, increasing; about `wanted` of them.
    pub(super) fn ticks(&self, wanted: usize) -> Vec<f64> {
        let factors = match self.spacing {
            Spacing::Linear => Vec::new(),
            Spacing::Logarithmic => self.round_factors(wanted),
        };
        if factors.len() >= wanted.min(3) { factors } else { self.round_steps(wanted) }
    }

    fn round_steps(&self, wanted: usize) -> Vec<f64> {
        let rough = (self.high - self.low) / wanted.max(1) as f64;
        let unit = 10_f64.powf(rough.log10().floor());
        let step =
            unit * [1.0, 2.0, 5.0].into_iter().find(|factor| factor * unit >= rough * (1.0 - 1e-9)).unwrap_or(10.0);
        // An end that is round itself is marked too, whatever the last bit says.
        let snapped = |tick: f64| self.ends().into_iter().find(|end| (end - tick).abs() < step * 1e-9).unwrap_or(tick);
        let first = (self.low / step - 1e-9).ceil();
        let ticks = (0..=wanted.max(1)).map(|index| snapped((first + index as f64) * step));
        ticks.filter(|tick| self.contains(*tick)).collect()
    }

    /// As many round values per decade as are wanted in all, or every n-th decade where one each is too many.
    fn round_factors(&self, wanted: usize) -> Vec<f64> {
        const PER_DECADE: [&[f64]; 3] = [&[1.0, 2.0, 3.0, 5.0, 7.0], &[1.0, 2.0, 5.0], &[1.0]];
        let decades = self.low.log10().floor() as i32..=self.high.log10().ceil() as i32;
        let within = |factors: &&[f64]| -> Vec<f64> {
            let all = decades.clone().flat_map(|decade| factors.iter().map(move |factor| factor * 10_f64.powi(decade)));
            all.filter(|tick| self.contains(*tick)).collect()
        };
        let [fine @ .., decades_only] = PER_DECADE.each_ref().map(within);
        if let Some(ticks) = fine.into_iter().find(|ticks| ticks.len() <= wanted) {
            return ticks;
        }
        let every = decades_only.len().div_ceil(wanted.max(1)).max(1);
        decades_only.into_iter().step_by(every).collect()
    }
}

/// The smallest and the largest of the values that can be drawn; 0 and 1 where there are none.
fn bounds(values: impl IntoIterator<Item = f64>) -> [f64; 2] {
    let drawable = values.into_iter().filter(|value| value.abs() < LARGEST);
    let found = drawable.fold(None, |found: Option<[f64; 2]>, value| {
        Some(found.map_or([value, value], |[low, high]| [low.min(value), high.max(value)]))
    });
    found.unwrap_or([0.0, 1.0])
}

/// A round value as its tick says it: as many digits as it has, no more.
pub(super) fn tick_text(value: f64) -> String {
    // Twelve digits: what multiplying by a step adds beyond them is rounding.
    let rounded: f64 = format!("{value:.11e}").parse().unwrap_or(value);
    let text = rounded.to_string();
    text.strip_prefix('-').map_or_else(|| text.clone(), |magnitude| format!("−{magnitude}"))
}

#[cfg(test)]
mod tests {
    use super::{Scale, tick_text};

    fn texts(scale: Scale, wanted: usize) -> String {
        scale.ticks(wanted).into_iter().map(tick_text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(texts(Scale::fitting([3.1, 25.3]), 5), "5 10 15 20 25");
        assert_eq!(texts(Scale::fitting([0.5, 40.0]), 6), "0.5 1 2 5 10 20");
        assert_eq!(texts(Scale::fitting([1e-3, 1e7]), 5), "0.001 1 1000 1000000");
        assert_eq!(texts(Scale::of_ratios([0.9, 1.3]), 4), "1 1.2");
        assert_eq!(texts(Scale::exactly(-0.3, 0.3), 6), "−0.3 −0.2 −0.1 0 0.1 0.2 0.3");
    }

    #[test]
    fn ticks_lie_in_the_range_and_increase() {
        let mut tried = 0;
        for exponent in -12..12 {
            for factor in [1.0, 1.0 + 1e-12, 1.003, 1.4, 7.7, 42.0, 1e3, 1e9] {
                for wanted in 1..9 {
                    let low = 1.37 * 10_f64.powi(exponent);
                    let high = low * factor;
                    let values = [low, high];
                    for scale in [Scale::fitting(values), Scale::up_to(high, values), Scale::of_ratios(values)] {
                        let ticks = scale.ticks(wanted);
                        assert!(!ticks.is_empty() || wanted < 3, "{scale:?}: no ticks of {wanted}");
                        assert!(ticks.len() <= wanted + 2, "{scale:?}: {ticks:?}");
                        assert!(ticks.iter().all(|tick| scale.contains(*tick)), "{scale:?}: {ticks:?}");
                        assert!(ticks.is_sorted_by(|a, b| a < b), "{scale:?}: {ticks:?}");
                        tried += 1;
                    }
                }
            }
        }
        assert_eq!(tried, 24 * 8 * 8 * 3);
    }

    #[test]
    fn values_keep_their_order_and_stay_between_the_ends() {
        for scale in [Scale::fitting([2.0, 3.0]), Scale::fitting([0.1, 500.0])] {
            let shares: Vec<f64> =
                [-1.0, 0.1, 2.1, 2.5, 2.9, 500.0, 1e9].into_iter().filter_map(|v| scale.share(v)).collect();
            assert_eq!(shares.len(), 7);
            assert!(shares.is_sorted());
            assert_eq!((shares[0], shares[6]), (0.0, 1.0));
        }
        assert_eq!(Scale::fitting([0.0, 1.0]).share(f64::NAN), None);
    }

    #[test]
    fn every_input_makes_a_range() {
        let nothing: [&[f64]; 3] = [&[], &[f64::NAN], &[f64::INFINITY, 1e300]];
        let one: [&[f64]; 2] = [&[0.0], &[5.0, 5.0]];
        let far: [&[f64]; 3] = [&[-3.0, 3.0], &[f64::MIN_POSITIVE, 1.0], &[f64::MIN_POSITIVE, 1e14]];
        for input in nothing.into_iter().chain(one).chain(far) {
            for scale in
                [Scale::fitting(input.to_vec()), Scale::up_to(1.0, input.to_vec()), Scale::of_ratios(input.to_vec())]
            {
                let [low, high] = scale.ends();
                assert!(low.is_finite() && high.is_finite() && low < high, "{input:?}: {scale:?}");
                assert!(!scale.ticks(4).is_empty(), "{input:?}: {scale:?}");
            }
        }
    }
}
