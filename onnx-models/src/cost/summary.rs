//! Totals that add up: over nodes, blocks and networks.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use super::count::{Counted, count};
use super::{Cost, Kernel, KernelKind};
use crate::graph::Graph;

/// What all kernels of one kind do together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct KindSummary {
    /// How many there are.
    pub count: u64,
    /// Their arithmetic operations.
    pub flops: u64,
    /// The bytes that they read and write.
    pub bytes: u64,
}

/// The totals of a [`Cost`](super::Cost), and of its kernels by kind. The summary of a network is
/// the sum of its blocks'.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CostSummary {
    /// Multiply-accumulates.
    pub macs: u64,
    /// Trainable parameters.
    pub parameters: u64,
    /// Bytes of all stored numbers.
    pub weight_bytes: u64,
    /// Bytes written by all kernels.
    pub activation_bytes: u64,
    /// Bytes read and written by all kernels.
    pub bytes: u64,
    /// The kernels by kind, in the order of [`KernelKind::ALL`].
    pub kinds: [KindSummary; KernelKind::ALL.len()],
}

impl CostSummary {
    /// Counts a graph.
    #[must_use]
    pub fn of(graph: &Graph) -> Self {
        let mut summary = Self::default();
        for node in graph.nodes() {
            let counted = count(graph, node);
            summary.macs += counted.macs;
            summary.parameters += counted.parameters;
            summary.weight_bytes += stored_bytes(&counted);
            if let Some(kernel) = counted.kernel {
                summary.add_kernel(&kernel);
            }
        }
        summary
    }

    /// The kernels of a kind.
    #[must_use]
    pub const fn kind(&self, kind: KernelKind) -> &KindSummary {
        &self.kinds[kind as usize]
    }

    /// Adds another so many times.
    pub fn add_times(&mut self, other: &Self, times: u64) {
        self.macs += times * other.macs;
        self.parameters += times * other.parameters;
        self.weight_bytes += times * other.weight_bytes;
        self.activation_bytes += times * other.activation_bytes;
        self.bytes += times * other.bytes;
        for (ours, theirs) in self.kinds.iter_mut().zip(&other.kinds) {
            ours.count += times * theirs.count;
            ours.flops += times * theirs.flops;
            ours.bytes += times * theirs.bytes;
        }
    }

    fn add_kernel(&mut self, kernel: &Kernel) {
        self.activation_bytes += kernel.output_bytes;
        self.bytes += kernel.bytes;
        let kind = &mut self.kinds[kernel.kind as usize];
        kind.count += 1;
        kind.flops += kernel.flops;
        kind.bytes += kernel.bytes;
    }
}

impl From<&Cost> for CostSummary {
    fn from(cost: &Cost) -> Self {
        let mut summary =
            Self { macs: cost.macs, parameters: cost.parameters, weight_bytes: cost.weight_bytes, ..Self::default() };
        cost.kernels.iter().for_each(|kernel| summary.add_kernel(kernel));
        summary
    }
}

impl AddAssign<&Self> for CostSummary {
    fn add_assign(&mut self, other: &Self) {
        self.add_times(other, 1);
    }
}

/// 4 bytes for every stored number.
pub(super) const fn stored_bytes(counted: &Counted) -> u64 {
    4 * counted.stored
}
