//! From a target's reference measurements to the points of its hardware embedding.

use serde::{Deserialize, Serialize};
use tenshot_measurement::Reason;

use super::attempts::Measured;

/// A measurement that was never trusted counts as this much noisier than its own interval says, relative to its latency.
///
/// Suspect measurements are off by drift or by other programs, which their interval does not show;
/// a tenth is what separates trusted from suspect passes of one model on one board.
pub const SUSPECT_NOISE: f64 = 0.1;

/// Two passes over one model that differ by more than this, relative to their mean, are suspect.
pub const PASSES_MAY_DIFFER: f64 = 0.1;

/// One reference: its latency, how far to trust it, and where it comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// The architecture, as the space writes it.
    pub architecture: String,
    /// Mean over the passes of the trimmed means, in milliseconds.
    pub latency_ms: f64,
    /// Standard deviation to add to the predictor's noise, relative to the latency; zero where all passes are trusted.
    pub extra_noise: f64,
    /// The reasons why it is suspect; none where it is trusted.
    pub reasons: Vec<Reason>,
    /// Rows of the measurements.
    pub measurements: Vec<i64>,
}

impl Point {
    /// Whether some pass was never trusted, or the passes disagree.
    #[must_use]
    pub fn suspect(&self) -> bool {
        !self.reasons.is_empty()
    }

    /// Joins the passes over one model; none where there are none.
    #[must_use]
    pub fn of_passes(architecture: &str, passes: &[(i64, Measured)]) -> Option<Self> {
        let latencies = || passes.iter().map(|(_, measured)| measured.latency_ms);
        let count = passes.len();
        if count == 0 {
            return None;
        }
        let latency_ms = latencies().sum::<f64>() / count as f64;
        let mut reasons: Vec<Reason> =
            passes.iter().flat_map(|(_, measured)| measured.reasons.iter().cloned()).collect();
        let spread = latencies().fold(0.0, f64::max) - latencies().fold(f64::INFINITY, f64::min);
        let difference = spread / latency_ms;
        if difference > PASSES_MAY_DIFFER {
            reasons.push(Reason::PassesDisagree { difference, bound: PASSES_MAY_DIFFER });
        }
        let noise = passes.iter().map(|(_, measured)| measured.noise).fold(0.0, f64::max);
        let extra_noise = if reasons.is_empty() { 0.0 } else { SUSPECT_NOISE.max(noise).max(difference / 2.0) };
        Some(Self {
            architecture: architecture.to_owned(),
            latency_ms,
            extra_noise,
            reasons,
            measurements: passes.iter().map(|(row, _)| *row).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use tenshot_measurement::Reason;

    use super::{Measured, Point, SUSPECT_NOISE};

    fn measured(latency_ms: f64, reasons: Vec<Reason>) -> Measured {
        Measured { latency_ms, noise: 0.01, trusted: reasons.is_empty(), reasons }
    }

    #[test]
    fn trusted_passes_are_averaged() {
        let point = Point::of_passes("a", &[(1, measured(10.0, vec![])), (2, measured(10.5, vec![]))]).unwrap();
        assert_eq!((point.latency_ms, point.extra_noise, point.suspect()), (10.25, 0.0, false));
        assert_eq!(point.measurements, [1, 2]);
    }

    #[test]
    fn a_suspect_pass_widens_the_noise() {
        let point = Point::of_passes("a", &[(1, measured(10.0, vec![Reason::Throttled]))]).unwrap();
        assert!(point.suspect());
        assert_eq!(point.extra_noise, SUSPECT_NOISE);
    }

    #[test]
    fn passes_that_disagree_are_suspect() {
        let point = Point::of_passes("a", &[(1, measured(10.0, vec![])), (2, measured(15.0, vec![]))]).unwrap();
        assert!(matches!(point.reasons[..], [Reason::PassesDisagree { .. }]));
        assert_eq!(point.extra_noise, 0.2);
    }

    #[test]
    fn no_pass_is_no_point() {
        assert_eq!(Point::of_passes("a", &[]), None);
    }
}
