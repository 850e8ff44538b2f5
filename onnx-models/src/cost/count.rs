//! What one operator costs, given its shapes.

use super::{Kernel, KernelKind};
use crate::graph::{Bias, Convolution, Element, Graph, Node, Operator, Value};

/// Bytes of an element of a tensor that nodes write.
const BYTES_PER_ELEMENT: u64 = 4;

/// The share of one node.
pub(super) struct Counted {
    pub(super) macs: u64,
    pub(super) parameters: u64,
    /// Elements stored in the file; differs from the parameters where statistics are stored.
    pub(super) stored: u64,
    /// Nothing where the operator only renames dimensions, or stores.
    pub(super) kernel: Option<Kernel>,
}

/// What an operator does, in elements.
struct Work {
    kind: KernelKind,
    macs: u64,
    flops: u64,
    parameters: u64,
    stored: u64,
    window: usize,
}

impl Work {
    const fn elementwise(flops: u64, window: usize) -> Self {
        Self { kind: KernelKind::Elementwise, macs: 0, flops, parameters: 0, stored: 0, window }
    }

    /// A dense product of matrices.
    const fn dense(macs: u64, parameters: u64) -> Self {
        Self { kind: KernelKind::Convolution, macs, flops: 2 * macs, parameters, stored: parameters, window: 1 }
    }
}

pub(super) fn count(graph: &Graph, node: &Node) -> Counted {
    if let Operator::Table { rows, features } = node.operator {
        let stored = if node.reuses.is_some() { 0 } else { (rows * features) as u64 };
        return Counted { macs: 0, parameters: stored, stored, kernel: None };
    }
    let output = elements(graph.shape(node.output));
    let read = node.inputs.iter().map(|&input| bytes(graph, input)).sum::<u64>();
    let Some(work) = work(&node.operator, &graph.input_shapes(node), output) else {
        return Counted { macs: 0, parameters: 0, stored: 0, kernel: None };
    };
    // A lookup touches the rows that it copies, not the table.
    let read = if node.operator == Operator::Lookup { BYTES_PER_ELEMENT * output } else { read };
    let kernel = Kernel {
        kind: work.kind,
        flops: work.flops,
        bytes: read + BYTES_PER_ELEMENT * (work.stored + output),
        output_bytes: BYTES_PER_ELEMENT * output,
        kernel_size: u32::try_from(work.window).unwrap_or(u32::MAX),
    };
    // What is stored once is counted once, and read every time.
    let (parameters, stored) = if node.reuses.is_some() { (0, 0) } else { (work.parameters, work.stored) };
    Counted { macs: work.macs, parameters, stored, kernel: Some(kernel) }
}

/// The size of a tensor in bytes.
pub(super) fn bytes(graph: &Graph, value: Value) -> u64 {
    let is_index = graph.inputs().iter().any(|input| input.value == value && input.element == Element::Index);
    elements(graph.shape(value)) * if is_index { 8 } else { BYTES_PER_ELEMENT }
}

fn work(operator: &Operator, inputs: &[&[usize]], output: u64) -> Option<Work> {
    let first = inputs.first().copied().unwrap_or_default();
    let channels = dimension(first, 1);
    Some(match *operator {
        Operator::Convolution(convolution) => convolution_work(&convolution, first, output),
        Operator::Linear { features } => Work::dense(channels * output, (channels + 1) * features as u64),
        Operator::Projection => Work::dense(channels * output, 0),
        Operator::MatrixProduct => Work::dense(first.last().map_or(1, |&size| size as u64) * output, 0),
        Operator::BatchNormalization => {
            Work { parameters: 2 * channels, stored: 4 * channels, ..Work::elementwise(output, 1) }
        }
        Operator::LayerNormalization => {
            let stored = 2 * first.last().map_or(1, |&size| size as u64);
            Work { parameters: stored, stored, ..Work::elementwise(output, 1) }
        }
        Operator::Relu
        | Operator::HardSwish
        | Operator::HardSigmoid
        | Operator::Softmax
        | Operator::Add
        | Operator::Multiply => Work::elementwise(output, 1),
        Operator::MultiplyBy(_) => Work { stored: 1, ..Work::elementwise(output, 1) },
        Operator::AveragePool { kernel, .. } => Work::elementwise(output * (kernel * kernel) as u64, kernel),
        Operator::GlobalAveragePool => Work::elementwise(elements(first), first.get(2).copied().unwrap_or(1)),
        // They move elements and compute nothing.
        Operator::Lookup | Operator::Transpose(_) | Operator::Concatenate { .. } | Operator::Slice { .. } => {
            Work::elementwise(0, 1)
        }
        Operator::Flatten | Operator::Reshape(_) | Operator::Table { .. } => return None,
    })
}

fn convolution_work(convolution: &Convolution, input: &[usize], output: u64) -> Work {
    let channels = dimension(input, 1);
    let groups = convolution.groups as u64;
    let outputs = convolution.channels as u64;
    // Multiply-accumulates of one output element, which are also the weights of one channel.
    let per_element = channels / groups * (convolution.kernel * convolution.kernel) as u64;
    let macs = per_element * output;
    let bias = if convolution.bias == Bias::None { 0 } else { outputs };
    let parameters = per_element * outputs + bias;
    let kind = match groups {
        1 if input.get(2..) == Some(&[1, 1]) => KernelKind::SqueezeExcite,
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
