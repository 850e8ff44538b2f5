//! What a network costs: multiply-accumulates, parameters, bytes and kernels.

mod cost_table;
mod count;
mod kernel;
mod memory;
mod summary;

use serde::{Deserialize, Serialize};

pub use cost_table::CostTable;
pub use kernel::{Kernel, KernelKind};
pub use summary::{CostSummary, KindSummary};

use crate::graph::Graph;
use crate::networks::{self, BlockTable, BuildError, BuildOptions, Context};
use crate::spaces::{Architecture, Space};
use count::count;

/// What one run of a network costs at its batch size, counted node by node on the graph that
/// goes into the ONNX file.
///
/// Conventions. They are those of the benchmark of NAS-Bench-201, whose "FLOPs" are the
/// multiply-accumulates of one image:
///
/// - `macs` counts convolutions and products of matrices, their biases left out. Pooling,
///   normalisation, activation, addition and multiplication by zero count nothing. Operations
///   on edges that never reach the output count, as they run. By this count the cell of 3x3
///   convolutions alone has 220.1 M and index 9930 has 184.7 M.
/// - `parameters` counts what training changes: weights, biases, and the scale and shift of a
///   normalisation, not its running statistics. With batch normalisation kept this is the
///   benchmark's number (1.531546 M for 3x3 convolutions alone); folding merges a scale and a
///   shift into one bias.
/// - `weight_bytes` is 4 bytes for every number that the file stores for the arithmetic.
/// - `activation_bytes` is what all kernels write together; `peak_activation_bytes` is the most
///   that is alive at once when nodes run in their order and a tensor is freed behind its last
///   reader.
/// - `bytes` is what moves between memory and arithmetic if nothing stays in a cache: every
///   element that a kernel reads (inputs and stored weights) or writes.
/// - `kernels` has one entry for every node that computes or moves; a flattening is no kernel.
///
/// Of a file that was read, all stored floats of more than one element count as parameters but
/// the running statistics of normalisations: the file does not tell what was trained. Every
/// element but of 64-bit integer inputs counts 4 bytes, whatever its type. Unknown operators
/// count the bytes that they read and write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Multiply-accumulates.
    pub macs: u64,
    /// Trainable parameters.
    pub parameters: u64,
    /// Bytes of all stored numbers.
    pub weight_bytes: u64,
    /// Bytes written by all kernels.
    pub activation_bytes: u64,
    /// The most bytes of inputs and activations alive at once.
    pub peak_activation_bytes: u64,
    /// Bytes read and written by all kernels.
    pub bytes: u64,
    /// The kernels, in the order in which they run.
    pub kernels: Vec<Kernel>,
}

/// What one node costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NodeCost {
    /// The node's name in the ONNX file.
    pub node: String,
    /// What it computes.
    pub operator: String,
    /// The block that it belongs to, by name.
    pub block: Option<String>,
    /// The shape of what it writes.
    pub output_shape: Vec<usize>,
    /// Multiply-accumulates.
    pub macs: u64,
    /// Trainable parameters.
    pub parameters: u64,
    /// Bytes of its stored numbers.
    pub weight_bytes: u64,
    /// What it launches; nothing where it only renames dimensions, or stores.
    pub kernel: Option<Kernel>,
}

impl Cost {
    /// Counts a graph.
    #[must_use]
    pub fn of(graph: &Graph) -> Self {
        let summary = CostSummary::of(graph);
        let kernels = graph.nodes().iter().filter_map(|node| count(graph, node).kernel);
        Self {
            macs: summary.macs,
            parameters: summary.parameters,
            weight_bytes: summary.weight_bytes,
            activation_bytes: summary.activation_bytes,
            peak_activation_bytes: memory::peak_bytes(graph),
            bytes: summary.bytes,
            kernels: kernels.collect(),
        }
    }
}

/// What a network costs, node by node.
#[must_use]
pub fn node_costs(graph: &Graph) -> Vec<NodeCost> {
    let cost = |node: &crate::graph::Node| {
        let counted = count(graph, node);
        NodeCost {
            node: node.name.clone(),
            operator: node.operator.name().to_owned(),
            block: node.block.as_ref().map(ToString::to_string),
            output_shape: graph.shape(node.output).to_vec(),
            macs: counted.macs,
            parameters: counted.parameters,
            weight_bytes: summary::stored_bytes(&counted),
            kernel: counted.kernel,
        }
    };
    graph.nodes().iter().map(cost).collect()
}

/// What the network of an architecture costs, without building its file. A [`CostTable`] gives
/// the totals of many architectures much faster.
///
/// # Errors
/// When an option is out of its range.
pub fn cost(architecture: &Architecture, options: &BuildOptions) -> Result<Cost, BuildError> {
    Ok(Cost::of(&networks::graph(architecture, options)?))
}

/// For every block of a space, the kernels that any runtime must run for one image or sentence:
/// activations and batch normalisations are fused into the kernels before them. The form is that
/// of [`Space::latency_form`].
///
/// The kernels of the live blocks of an architecture are its kernel list on the simulated devices
/// of the `bayes` predictor.
#[must_use]
pub fn kernel_table(space: Space) -> BlockTable<Vec<Kernel>> {
    let context = Context::default_of(space);
    let context = Context { form: space.latency_form(), ..context };
    BlockTable::new(space, context.form, |block| fused_kernels(&block.graph_in(&context)))
}

fn fused_kernels(graph: &Graph) -> Vec<Kernel> {
    let nodes = graph.nodes().iter().filter(|node| !node.operator.is_fused());
    nodes.filter_map(|node| count(graph, node).kernel).collect()
}

/// The kernels that any runtime must run for one image or sentence in the form of
/// [`Space::latency_form`]: those of [`kernel_table`] for every block that reaches the output.
///
/// A cell node that n live edges enter has n - 1 additions. A dead cell has no kernels; the fixed
/// rest of the network always has. For many architectures, keep the table.
#[must_use]
pub fn live_kernels(architecture: &Architecture) -> Vec<Kernel> {
    let mut kernels = Vec::new();
    kernel_table(architecture.space()).for_each_live(architecture, |of_block, times| {
        (0..times).for_each(|_| kernels.extend(of_block));
    });
    kernels
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::networks::BatchNorm;
    use crate::spaces::Space;

    const ALL_3X3: &str = "1462";
    const DEAD: &str = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|";

    fn architecture(text: &str) -> Architecture {
        Space::NasBench201.parse(text).unwrap()
    }

    fn counted(text: &str, batch: usize, batch_norm: BatchNorm) -> Cost {
        cost(&architecture(text), &BuildOptions { batch, batch_norm, ..BuildOptions::default() }).unwrap()
    }

    #[test]
    fn macs_are_the_benchmarks_flops() {
        assert_eq!(counted(ALL_3X3, 1, BatchNorm::Kept).macs, 220_119_680);
        assert_eq!(counted("9930", 1, BatchNorm::Folded).macs, 184_730_240);
        // The benchmark gives 113.95 M to index 1, whose pooling would add 1.3 M if it counted.
        assert_eq!(counted("1", 1, BatchNorm::Folded).macs, 113_951_360);
        assert_eq!(counted(DEAD, 1, BatchNorm::Folded).macs, 7_783_040);
    }

    #[test]
    fn parameters_are_the_benchmarks_where_batch_norm_is_kept() {
        assert_eq!(counted(ALL_3X3, 1, BatchNorm::Kept).parameters, 1_531_546);
        assert_eq!(counted("1", 1, BatchNorm::Kept).parameters, 802_426);
        let convolved_channels = 6 * 5 * (16 + 32 + 64) + 16 + 2 * 32 + 2 * 64;
        assert_eq!(counted(ALL_3X3, 1, BatchNorm::Folded).parameters, 1_531_546 - convolved_channels);
    }

    #[test]
    fn only_activations_grow_with_the_batch() {
        let (one, four) = (counted("11982", 1, BatchNorm::Folded), counted("11982", 4, BatchNorm::Folded));
        assert_eq!(four.macs, 4 * one.macs);
        assert_eq!(four.parameters, one.parameters);
        assert!(four.bytes > 3 * one.bytes && four.bytes < 4 * one.bytes);
        assert_eq!(one.bytes, one.kernels.iter().map(|kernel| kernel.bytes).sum::<u64>());
    }

    #[test]
    fn a_kernel_counts_what_it_reads_computes_and_writes() {
        let stem = counted(DEAD, 1, BatchNorm::Folded).kernels[0];
        let (input, weights, output) = (3 * 32 * 32, 3 * 16 * 9 + 16, 16 * 32 * 32);
        assert_eq!(stem.kind, KernelKind::Convolution);
        assert_eq!(stem.flops, 2 * 27 * output);
        assert_eq!(stem.bytes, 4 * (input + weights + output));
        assert_eq!((stem.output_bytes, stem.kernel_size), (4 * output, 3));
    }

    #[test]
    fn live_kernels_of_a_dead_cell_are_those_of_the_skeleton() {
        // Stem, twice (three convolutions, pooling, addition), global pooling, classifier.
        assert_eq!(live_kernels(&architecture(DEAD)).len(), 1 + 2 * 5 + 2);
    }

    #[test]
    fn live_kernels_leave_out_what_never_reaches_the_output() {
        let kernels = |cell: &str| live_kernels(&architecture(cell));
        let one = kernels("|none~0|+|none~0|none~1|+|avg_pool_3x3~0|none~1|none~2|");
        assert_eq!(one, kernels("|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|avg_pool_3x3~0|none~1|none~2|"));
        assert_eq!(one.len(), 13 + 15);
        let pooling = one[1];
        assert_eq!((pooling.kind, pooling.flops, pooling.kernel_size), (KernelKind::Elementwise, 9 * 16 * 1024, 3));
        let chain = kernels("|nor_conv_1x1~0|+|none~0|nor_conv_1x1~1|+|none~0|none~1|skip_connect~2|");
        assert_eq!(chain.len(), 13 + 15 * 2, "one edge into each node: no additions");
        assert_eq!(kernels(ALL_3X3).len(), 13 + 15 * (6 + 3));
    }

    #[test]
    fn options_out_of_range_are_named() {
        let of = |options| cost(&architecture("9"), &options).unwrap_err().to_string();
        insta::assert_snapshot!(of(BuildOptions { batch: 0, ..BuildOptions::default() }), @"batch 0 is out of range, expected 1 to 65536");
        insta::assert_snapshot!(of(BuildOptions { classes: Some(0), ..BuildOptions::default() }), @"0 classes are out of range, expected 1 to 100000");
    }
}
