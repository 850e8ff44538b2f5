//! The network's layers, and where each has its parameters in one flat vector.

use std::ops::Range;

use faer::{MatMut, MatRef};

/// How architectures are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EncoderKind {
    /// Four graph convolutions; the embedding is the state of the global node.
    Graph,
    /// Two linear layers.
    Flat,
}

impl EncoderKind {
    /// The number of layers.
    pub const fn layers(self) -> usize {
        match self {
            Self::Graph => 4,
            Self::Flat => 2,
        }
    }
}

/// Sizes of the network (Table B.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// How architectures are read.
    pub encoder: EncoderKind,
    /// Features per node or architecture.
    pub features: usize,
    /// Reference latencies in the hardware embedding.
    pub references: usize,
    /// Width of both encoders.
    pub encoder_width: usize,
    /// Width of the header.
    pub header_width: usize,
    /// Whether the header is given the device.
    pub device_condition: bool,
}

impl Sizes {
    /// The paper's.
    pub const fn paper(encoder: EncoderKind, features: usize) -> Self {
        Self { encoder, features, references: 10, encoder_width: 100, header_width: 200, device_condition: true }
    }
}

/// Layers of the header.
pub(super) const HEADER_LAYERS: usize = 3;

/// One layer, y = x W + b, and where W and b are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dense {
    /// The name that checkpoints have for it.
    pub(super) name: String,
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    /// Whether W is stored output by output, as linear layers are by custom, or input by input,
    /// as graph convolutions are.
    by_output: bool,
    start: usize,
    /// The inputs of the whole layer that this is some of, and how many come before.
    part_of: (usize, usize),
    has_bias: bool,
}

impl Dense {
    /// The layer over some of a linear layer's inputs alone.
    fn part(&self, inputs: Range<usize>, has_bias: bool) -> Self {
        Self { inputs: inputs.len(), part_of: (self.inputs, inputs.start), has_bias, ..self.clone() }
    }

    fn weight_range(&self) -> Range<usize> {
        self.start..self.start + self.part_of.0 * self.outputs
    }

    fn bias_range(&self) -> Range<usize> {
        let start = self.weight_range().end;
        start..start + if self.has_bias { self.outputs } else { 0 }
    }

    /// W, inputs x outputs.
    pub(crate) fn weight<'a>(&self, parameters: &'a [f32]) -> MatRef<'a, f32> {
        let values = &parameters[self.weight_range()];
        let (inputs, before) = self.part_of;
        let whole = if self.by_output {
            MatRef::from_row_major_slice(values, self.outputs, inputs).transpose()
        } else {
            MatRef::from_row_major_slice(values, inputs, self.outputs)
        };
        whole.subrows(before, self.inputs)
    }

    pub(crate) fn weight_mut<'a>(&self, parameters: &'a mut [f32]) -> MatMut<'a, f32> {
        let values = &mut parameters[self.weight_range()];
        let (inputs, before) = self.part_of;
        let whole = if self.by_output {
            MatMut::from_row_major_slice_mut(values, self.outputs, inputs).transpose_mut()
        } else {
            MatMut::from_row_major_slice_mut(values, inputs, self.outputs)
        };
        whole.subrows_mut(before, self.inputs)
    }

    /// The numbers of W as they are stored: for linear layers all that belong to one output, then
    /// the next.
    pub(crate) fn weight_values<'a>(&self, parameters: &'a [f32]) -> &'a [f32] {
        &parameters[self.weight_range()]
    }

    pub(crate) fn weight_values_mut<'a>(&self, parameters: &'a mut [f32]) -> &'a mut [f32] {
        &mut parameters[self.weight_range()]
    }

    /// b; empty where there is none.
    pub(crate) fn bias<'a>(&self, parameters: &'a [f32]) -> &'a [f32] {
        &parameters[self.bias_range()]
    }

    pub(crate) fn bias_mut<'a>(&self, parameters: &'a mut [f32]) -> &'a mut [f32] {
        &mut parameters[self.bias_range()]
    }

    /// Whether it is a graph convolution.
    pub(super) fn is_convolution(&self) -> bool {
        !self.by_output
    }

    /// Names, shapes as stored, and places of W and b.
    pub(super) fn slices(&self) -> [(String, Vec<usize>, Range<usize>); 2] {
        let shape = if self.by_output { vec![self.outputs, self.inputs] } else { vec![self.inputs, self.outputs] };
        [
            (format!("{}.weight", self.name), shape, self.weight_range()),
            (format!("{}.bias", self.name), vec![self.outputs], self.bias_range()),
        ]
    }
}

/// Lays layers out one after another.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    next: usize,
}

impl Layout {
    pub(crate) fn linear(&mut self, name: &str, inputs: usize, outputs: usize) -> Dense {
        self.dense(name, inputs, outputs, true)
    }

    /// The layers of an encoder of architectures.
    pub(crate) fn encoder(&mut self, kind: EncoderKind, features: usize, width: usize) -> Vec<Dense> {
        let layer = |layer: usize| {
            let inputs = if layer == 1 { features } else { width };
            match kind {
                EncoderKind::Graph => self.dense(&format!("gc{layer}"), inputs, width, false),
                EncoderKind::Flat => self.linear(&format!("fc{layer}"), inputs, width),
            }
        };
        (1..=kind.layers()).map(layer).collect()
    }

    fn dense(&mut self, name: &str, inputs: usize, outputs: usize, by_output: bool) -> Dense {
        let start = self.next;
        self.next += (inputs + 1) * outputs;
        Dense { name: name.to_owned(), inputs, outputs, by_output, start, part_of: (inputs, 0), has_bias: true }
    }

    /// How many parameters there are so far.
    pub(crate) fn length(&self) -> usize {
        self.next
    }
}

/// The layers of the network whose parameters the inner steps adapt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) sizes: Sizes,
    pub(super) encoder: Vec<Dense>,
    /// None without device condition.
    pub(super) device: Vec<Dense>,
    pub(super) header: [Dense; HEADER_LAYERS],
    /// The header's first layer over the architecture's embedding, and over the device's, which is
    /// the same for all architectures: without a bias, and none without device condition.
    pub(super) header_parts: (Dense, Option<Dense>),
    pub(super) parameters: usize,
}

impl Shape {
    /// The layers of a network of these sizes.
    pub(super) fn new(sizes: Sizes) -> Self {
        let Sizes { features, references, encoder_width: width, header_width, .. } = sizes;
        let mut layout = Layout::default();
        let encoder = layout.encoder(sizes.encoder, features, width);
        let device = if sizes.device_condition {
            vec![layout.linear("fc_hw1", references, width), layout.linear("fc_hw2", width, width)]
        } else {
            Vec::new()
        };
        let header_inputs = if device.is_empty() { width } else { 2 * width };
        let header = [
            layout.linear("fc3", header_inputs, header_width),
            layout.linear("fc4", header_width, header_width),
            layout.linear("fc5", header_width, 1),
        ];
        let of_device = (!device.is_empty()).then(|| header[0].part(width..2 * width, false));
        let header_parts = (header[0].part(0..width, true), of_device);
        Self { sizes, encoder, device, header, header_parts, parameters: layout.length() }
    }

    /// All layers in the order of their parameters.
    pub(super) fn layers(&self) -> impl Iterator<Item = &Dense> {
        self.encoder.iter().chain(&self.device).chain(&self.header)
    }

    /// How many numbers modulate the header: one for each input of each of its layers, and one
    /// for each layer's biases.
    pub(super) fn modulations(&self) -> usize {
        self.header.iter().map(|layer| layer.inputs).sum::<usize>() + HEADER_LAYERS
    }
}
