//! `flops`: a line through the cost of an architecture's live operations.

use std::sync::Arc;

use tenshot_onnx_models::{Architecture, BlockTable, Kernel, Space, kernel_table};

use super::latency_line::Line;
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

/// The proxy on a device.
#[derive(Debug, Clone)]
struct AdaptedFlops {
    line: Line,
    flops: Arc<BlockTable<f64>>,
}

impl AdaptedMethod for AdaptedFlops {
    fn predict(&self, architectures: &[Architecture]) -> Vec<Prediction> {
        let mean_ms = |architecture| self.line.at(self.flops.sum_live(architecture));
        let prediction = |one| Prediction { mean_ms: mean_ms(one), interval_ms: None };
        architectures.iter().map(prediction).collect()
    }
}
