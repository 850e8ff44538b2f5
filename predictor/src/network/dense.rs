//! Dense layers, and where each has its parameters in one flat vector.

use std::ops::Range;

use faer::{MatMut, MatRef};

use super::sizes::EncoderKind;

/// One layer, y = x W + b, and where W and b are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dense {
    /// The name that checkpoints have for it.
    pub(crate) name: String,
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    /// Whether W is stored output by output, as linear layers are by custom, or input by input,
    /// as graph convolutions are.
    by_output: bool,
    start: usize,
    /// The inputs of the whole layer, where this is a part of one.
    whole_inputs: usize,
    /// How many of these come before the part.
    inputs_before: usize,
    has_bias: bool,
}

/// A tensor of a layer, and where it is among the parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ParameterSlice {
    pub(crate) name: String,
    /// The shape as stored.
    pub(crate) shape: Vec<usize>,
    pub(crate) range: Range<usize>,
}

impl Dense {
    /// The layer over some of a linear layer's inputs alone.
    pub(crate) fn part(&self, inputs: Range<usize>, has_bias: bool) -> Self {
        let (whole_inputs, inputs_before) = (self.inputs, inputs.start);
        Self { inputs: inputs.len(), whole_inputs, inputs_before, has_bias, ..self.clone() }
    }

    fn weight_range(&self) -> Range<usize> {
        self.start..self.start + self.whole_inputs * self.outputs
    }

    fn bias_range(&self) -> Range<usize> {
        let start = self.weight_range().end;
        start..start + if self.has_bias { self.outputs } else { 0 }
    }

    /// W, inputs x outputs.
    pub(crate) fn weight<'a>(&self, parameters: &'a [f32]) -> MatRef<'a, f32> {
        let values = &parameters[self.weight_range()];
        let whole = if self.by_output {
            MatRef::from_row_major_slice(values, self.outputs, self.whole_inputs).transpose()
        } else {
            MatRef::from_row_major_slice(values, self.whole_inputs, self.outputs)
        };
        whole.subrows(self.inputs_before, self.inputs)
    }

    pub(crate) fn weight_mut<'a>(&self, parameters: &'a mut [f32]) -> MatMut<'a, f32> {
        let values = &mut parameters[self.weight_range()];
        let whole = if self.by_output {
            MatMut::from_row_major_slice_mut(values, self.outputs, self.whole_inputs).transpose_mut()
        } else {
            MatMut::from_row_major_slice_mut(values, self.whole_inputs, self.outputs)
        };
        whole.subrows_mut(self.inputs_before, self.inputs)
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
    pub(crate) fn is_convolution(&self) -> bool {
        !self.by_output
    }

    /// W and b as files have them.
    pub(crate) fn slices(&self) -> [ParameterSlice; 2] {
        let shape = if self.by_output { vec![self.outputs, self.inputs] } else { vec![self.inputs, self.outputs] };
        [
            ParameterSlice { name: format!("{}.weight", self.name), shape, range: self.weight_range() },
            ParameterSlice { name: format!("{}.bias", self.name), shape: vec![self.outputs], range: self.bias_range() },
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
        Dense {
            name: name.to_owned(),
            inputs,
            outputs,
            by_output,
            start,
            whole_inputs: inputs,
            inputs_before: 0,
            has_bias: true,
        }
    }

    /// How many parameters there are so far.
    pub(crate) fn length(&self) -> usize {
        self.next
    }
}
