//! The scale of latencies: the affine map of the hardware embedding (Eq. 3), and back.

/// The affine map that takes a device's reference latencies to [0, 1].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    least_ms: f64,
    range_ms: f64,
}

impl Scale {
    /// The map of these reference latencies; `None` where all are equal.
    pub(super) fn of(references_ms: &[f64]) -> Option<Self> {
        let least_ms = references_ms.iter().copied().fold(f64::INFINITY, f64::min);
        let range_ms = references_ms.iter().copied().fold(f64::NEG_INFINITY, f64::max) - least_ms;
        (range_ms > 0.0).then_some(Self { least_ms, range_ms })
    }

    /// Scaled latencies; those of the references are the hardware embedding.
    pub(super) fn scaled(&self, latencies_ms: &[f64]) -> Vec<f32> {
        latencies_ms.iter().map(|latency| ((latency - self.least_ms) / self.range_ms) as f32).collect()
    }
}
