//! Mean and deviation of a number over repeats.

use serde::{Deserialize, Serialize};

/// Mean and standard deviation (n - 1) of a number over repeats.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Statistic {
    /// The mean.
    pub mean: f64,
    /// The sample standard deviation; 0 for a single repeat.
    pub sd: f64,
}

impl Statistic {
    /// The statistic of `values`, `None` where there are none.
    pub fn of(values: &[f64]) -> Option<Self> {
        if values.is_empty() {
            return None;
        }
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let sd = if values.len() > 1 { (squares / (count - 1.0)).sqrt() } else { 0.0 };
        Some(Self { mean, sd })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deviation_is_that_of_a_sample() {
        assert_eq!(Statistic::of(&[1.0, 3.0]), Some(Statistic { mean: 2.0, sd: f64::sqrt(2.0) }));
        assert_eq!(Statistic::of(&[4.0]), Some(Statistic { mean: 4.0, sd: 0.0 }));
        assert_eq!(Statistic::of(&[]), None);
    }
}
