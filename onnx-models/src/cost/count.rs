//! What one operator costs, given its shapes.

use super::{Kernel, KernelKind};
use crate::graph::{Arithmetic, Bias, Convolution, Element, Graph, Imported, Node, Operator, Value};

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
    let Some(work) = work(&node.operator, &graph.input_shapes(node), output) else {
        let (parameters, stored) = match &node.operator {
            Operator::Imported(imported) => (imported.stored.trained, imported.stored.all),
            _ => (0, 0),
        };
        return Counted { macs: 0, parameters, stored, kernel: None };
    };
    let read = if copies(&node.operator) {
        BYTES_PER_ELEMENT * output
    } else {
        node.inputs.iter().map(|&input| bytes(graph, input)).sum::<u64>() + BYTES_PER_ELEMENT * work.stored
    };
    let kernel = Kernel {
        kind: work.kind,
        flops: work.flops,
        bytes: read + BYTES_PER_ELEMENT * output,
        output_bytes: BYTES_PER_ELEMENT * output,
        kernel_size: u32::try_from(work.window).unwrap_or(u32::MAX),
    };
    // What is stored once is counted once, and read every time.
    let (parameters, stored) = if node.reuses.is_some() { (0, 0) } else { (work.parameters, work.stored) };
    Counted { macs: work.macs, parameters, stored, kernel: Some(kernel) }
}

/// Whether an operator reads no more than it writes: the rows of a table, a range.
fn copies(operator: &Operator) -> bool {
    match operator {
        Operator::Lookup | Operator::Slice { .. } => true,
        Operator::Imported(imported) => imported.arithmetic == Arithmetic::Copy,
        _ => false,
    }
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
        Operator::Imported(ref imported) => return imported_work(imported, first, output),
    })
}

fn imported_work(imported: &Imported, first: &[usize], output: u64) -> Option<Work> {
    let largest = |window: &[usize]| window.iter().copied().max().unwrap_or(1);
    let work = match &imported.arithmetic {
        Arithmetic::Convolution { window, groups } => {
            let macs = dimension(first, 1) / *groups as u64 * elements(window) * output;
            Work { kind: convolution_kind(*groups as u64, first), window: largest(window), ..Work::dense(macs, 0) }
        }
        Arithmetic::TransposedConvolution { window, groups } => {
            let channels = dimension(&imported.shape, 1);
            let macs = channels / *groups as u64 * elements(window) * elements(first);
            Work { kind: convolution_kind(*groups as u64, first), window: largest(window), ..Work::dense(macs, 0) }
        }
        &Arithmetic::Product { depth } => Work::dense(depth as u64 * output, 0),
        Arithmetic::Elementwise => Work::elementwise(output, 1),
        Arithmetic::Pool { window } => Work::elementwise(elements(window) * output, largest(window)),
        Arithmetic::Reduction => Work::elementwise(elements(first), 1),
        Arithmetic::Move | Arithmetic::Copy | Arithmetic::Unknown => Work::elementwise(0, 1),
        Arithmetic::Rename | Arithmetic::Store => return None,
    };
    Some(Work { parameters: imported.stored.trained, stored: imported.stored.all, ..work })
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
    let kind = convolution_kind(groups, input);
    Work { kind, macs, flops: 2 * macs, parameters, stored: parameters, window: convolution.kernel }
}

fn convolution_kind(groups: u64, input: &[usize]) -> KernelKind {
    match groups {
        1 if input.get(2..) == Some(&[1, 1]) => KernelKind::SqueezeExcite,
        1 => KernelKind::Convolution,
        _ if groups == dimension(input, 1) => KernelKind::Depthwise,
        _ => KernelKind::Grouped,
    }
}

fn elements(shape: &[usize]) -> u64 {
    shape.iter().map(|&size| size as u64).product()
}

fn dimension(shape: &[usize], axis: usize) -> u64 {
    shape.get(axis).map_or(1, |&size| size as u64)
}
