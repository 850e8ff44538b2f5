//! What one operator costs, given its shapes.

use super::{Kernel, KernelKind};
use crate::graph::{Convolution, Graph, Node, Operator};

/// Every element is a 32-bit float.
const BYTES_PER_ELEMENT: u64 = 4;

/// The share of one node.
pub(super) struct Counted {
    pub(super) macs: u64,
    pub(super) parameters: u64,
    /// Nothing where the operator only renames dimensions.
    pub(super) kernel: Option<Kernel>,
}

/// What an operator does, in elements.
struct Work {
    kind: KernelKind,
    macs: u64,
    flops: u64,
    parameters: u64,
    /// Elements stored in the file; differs from the parameters where statistics are stored.
    stored: u64,
    window: usize,
}

impl Work {
    const fn elementwise(flops: u64, window: usize) -> Self {
        Self { kind: KernelKind::Elementwise, macs: 0, flops, parameters: 0, stored: 0, window }
    }
}

pub(super) fn count(graph: &Graph, node: &Node) -> Counted {
    let output = elements(graph.shape(node.output));
    let inputs: u64 = node.inputs.iter().map(|&input| elements(graph.shape(input))).sum();
    let input_shape = node.inputs.first().map_or(&[] as &[usize], |&input| graph.shape(input));
    let Some(work) = work(&node.operator, input_shape, inputs, output) else {
        return Counted { macs: 0, parameters: 0, kernel: None };
    };
    let kernel = Kernel {
        kind: work.kind,
        flops: work.flops,
        bytes: BYTES_PER_ELEMENT * (inputs + work.stored + output),
        output_bytes: BYTES_PER_ELEMENT * output,
        kernel_size: u32::try_from(work.window).unwrap_or(u32::MAX),
    };
    Counted { macs: work.macs, parameters: work.parameters, kernel: Some(kernel) }
}

fn work(operator: &Operator, input: &[usize], inputs: u64, output: u64) -> Option<Work> {
    let channels = dimension(input, 1);
    Some(match *operator {
        Operator::Convolution(convolution) => convolution_work(&convolution, channels, output),
        Operator::Linear { features } => {
            let macs = channels * output;
            let parameters = (channels + 1) * features as u64;
            Work { kind: KernelKind::Convolution, macs, flops: 2 * macs, parameters, stored: parameters, window: 1 }
        }
        Operator::BatchNormalization => {
            Work { parameters: 2 * channels, stored: 4 * channels, ..Work::elementwise(output, 1) }
        }
        Operator::Relu | Operator::Add => Work::elementwise(output, 1),
        Operator::MultiplyBy(_) => Work { stored: 1, ..Work::elementwise(output, 1) },
        Operator::AveragePool { kernel, .. } => Work::elementwise(output * (kernel * kernel) as u64, kernel),
        Operator::GlobalAveragePool => Work::elementwise(inputs, input.get(2).copied().unwrap_or(1)),
        Operator::Flatten => return None,
    })
}

fn convolution_work(convolution: &Convolution, channels: u64, output: u64) -> Work {
    let groups = convolution.groups as u64;
    let outputs = convolution.channels as u64;
    // Multiply-accumulates of one output element, which are also the weights of one channel.
    let per_element = channels / groups * (convolution.kernel * convolution.kernel) as u64;
    let macs = per_element * output;
    let bias = if convolution.folded { outputs } else { 0 };
    let parameters = per_element * outputs + bias;
    let kind = match groups {
        1 => KernelKind::Convolution,
        _ if groups == channels => KernelKind::Depthwise,
        _ => KernelKind::Grouped,
    };
    Work { kind, macs, flops: 2 * macs, parameters, stored: parameters, window: convolution.kernel }
}

fn elements(shape: &[usize]) -> u64 {
    shape.iter().map(|&size| size as u64).product()
}

fn dimension(shape: &[usize], axis: usize) -> u64 {
    shape.get(axis).map_or(1, |&size| size as u64)
}
