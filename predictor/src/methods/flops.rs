//! `flops`: a line through the cost of an architecture's live operations.

use std::sync::Arc;

use tenshot_onnx_models::{Architecture, BlockTable, Kernel, Space, kernel_table};

use super::{AdaptError, AdaptedMethod, MethodName, TrainedMethod, check_space};
use crate::prediction::Prediction;
use crate::support::Support;

/// The cost proxy: latency = a + b x flops, where flops are those of all kernels that a runtime
/// must run, and a and b are the least-squares line through the measurements, b at least zero.
/// It learns nothing from other devices and has no intervals.
#[derive(Debug, Clone)]
pub struct Flops {
    flops: Arc<BlockTable<f64>>,
}

impl Flops {
    /// The proxy for a space in its default form.
    pub fn new(space: Space) -> Self {
        let flops = |kernels: Vec<Kernel>| kernels.iter().map(|kernel| kernel.flops as f64).sum();
        Self { flops: Arc::new(kernel_table(space).map(flops)) }
    }
}

impl TrainedMethod for Flops {
    fn name(&self) -> MethodName {
        MethodName::Flops
    }

    fn space(&self) -> Space {
        self.flops.space()
    }

    fn adapt(&self, support: &Support) -> Result<Box<dyn AdaptedMethod>, AdaptError> {
        check_space(support, self.space())?;
        let costs = self.expected_cost(&support.architectures());
        let line = Line::through(&costs, &support.latencies_ms());
        Ok(Box::new(AdaptedFlops { line, flops: self.flops.clone() }))
    }

    fn expected_cost(&self, architectures: &[Architecture]) -> Vec<f64> {
        architectures.iter().map(|architecture| self.flops.sum_live(architecture)).collect()
    }
}

/// A line over flops.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Line {
    intercept_ms: f64,
    slope_ms: f64,
}

impl Line {
    /// The least-squares line, its slope at least zero.
    fn through(costs: &[f64], latencies_ms: &[f64]) -> Self {
        let count = costs.len() as f64;
        let (mean_cost, mean_ms) = (costs.iter().sum::<f64>() / count, latencies_ms.iter().sum::<f64>() / count);
        let covariance: f64 = costs.iter().zip(latencies_ms).map(|(c, ms)| (c - mean_cost) * (ms - mean_ms)).sum();
        let variance: f64 = costs.iter().map(|cost| (cost - mean_cost).powi(2)).sum();
        let slope_ms = if variance > 0.0 { (covariance / variance).max(0.0) } else { 0.0 };
        Self { intercept_ms: mean_ms - slope_ms * mean_cost, slope_ms }
    }
}

/// The proxy on a device.
#[derive(Debug, Clone)]
struct AdaptedFlops {
    line: Line,
    flops: Arc<BlockTable<f64>>,
}

impl AdaptedMethod for AdaptedFlops {
    fn predict(&self, architectures: &[Architecture]) -> Vec<Prediction> {
        let Line { intercept_ms, slope_ms } = self.line;
        let mean_ms = |architecture| intercept_ms + slope_ms * self.flops.sum_live(architecture);
        let prediction = |one| Prediction { mean_ms: f64::max(mean_ms(one), 0.0), interval_ms: None };
        architectures.iter().map(prediction).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_fits_and_never_falls() {
        let line = Line::through(&[1.0, 2.0, 3.0], &[5.0, 7.0, 9.0]);
        assert_eq!(line, Line { intercept_ms: 3.0, slope_ms: 2.0 });
        let falling = Line::through(&[1.0, 2.0, 3.0], &[9.0, 7.0, 5.0]);
        assert_eq!(falling, Line { intercept_ms: 7.0, slope_ms: 0.0 });
        assert_eq!(Line::through(&[1.0, 1.0], &[2.0, 4.0]).intercept_ms, 3.0);
    }
}
