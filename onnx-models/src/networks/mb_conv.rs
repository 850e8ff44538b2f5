//! The inverted residual block, which mobile networks are made of.

use crate::graph::{Bias, Convolution, GraphBuilder, Operator, Value};

/// A 1x1 convolution to more channels, a depthwise convolution, and a 1x1 convolution to the
/// output's channels, each with batch normalisation and the first two with activation. The input
/// is added where it has the output's shape.
pub(super) struct MbConv {
    /// Channels of the depthwise convolution.
    pub(super) hidden: usize,
    /// Whether the first convolution is there: without it the input has the hidden channels.
    pub(super) expands: bool,
    pub(super) kernel: usize,
    pub(super) stride: usize,
    /// Groups of the 1x1 convolutions. With more than one, channels are shuffled after the first.
    pub(super) groups: usize,
    pub(super) activation: Operator,
    /// Squeeze-excite behind the depthwise convolution.
    pub(super) squeeze_excite: bool,
    /// Channels of the output.
    pub(super) outputs: usize,
}

impl MbConv {
    pub(super) fn append(&self, builder: &mut GraphBuilder, scope: &str, input: Value) -> Value {
        let mut value = input;
        if self.expands {
            value = builder.convolution_batch_norm(&format!("{scope}/expand"), self.pointwise(self.hidden), value);
            value = builder.node(format!("{scope}/expand/activation"), self.activation.clone(), &[value]);
            value = shuffle(builder, &format!("{scope}/shuffle"), self.groups, value);
        }
        let depthwise =
            Convolution { groups: self.hidden, ..Convolution::dense(self.hidden, self.kernel, self.stride) };
        value = builder.convolution_batch_norm(&format!("{scope}/depthwise"), depthwise, value);
        value = builder.node(format!("{scope}/depthwise/activation"), self.activation.clone(), &[value]);
        if self.squeeze_excite {
            value = squeeze_excite(builder, &format!("{scope}/squeeze_excite"), self.hidden, value);
        }
        let residual = self.stride == 1 && builder.shape(input).get(1) == Some(&self.outputs);
        let project = Convolution { residual, ..self.pointwise(self.outputs) };
        value = builder.convolution_batch_norm(&format!("{scope}/project"), project, value);
        if !residual {
            return value;
        }
        builder.node(format!("{scope}/add"), Operator::Add, &[value, input])
    }

    const fn pointwise(&self, channels: usize) -> Convolution {
        Convolution { groups: self.groups, ..Convolution::dense(channels, 1, 1) }
    }
}

/// Deals the channels of every group out over all groups.
fn shuffle(builder: &mut GraphBuilder, scope: &str, groups: usize, input: Value) -> Value {
    let &[batch, channels, height, width] = builder.shape(input) else { return input };
    if groups == 1 {
        return input;
    }
    let grouped = Operator::Reshape(vec![batch, groups, channels / groups, height, width]);
    let value = builder.node(format!("{scope}/group"), grouped, &[input]);
    let value = builder.node(format!("{scope}/transpose"), Operator::Transpose(vec![0, 2, 1, 3, 4]), &[value]);
    builder.node(format!("{scope}/ungroup"), Operator::Reshape(vec![batch, channels, height, width]), &[value])
}

/// Scales every channel by what all channels' means say of it (Hu et al., CVPR 2018), with the
/// gate of MobileNetV3.
fn squeeze_excite(builder: &mut GraphBuilder, scope: &str, channels: usize, input: Value) -> Value {
    let layer =
        |channels| Operator::Convolution(Convolution { bias: Bias::Trained, ..Convolution::dense(channels, 1, 1) });
    let value = builder.node(format!("{scope}/pool"), Operator::GlobalAveragePool, &[input]);
    let value = builder.node(format!("{scope}/reduce"), layer(make_divisible(channels / 4)), &[value]);
    let value = builder.node(format!("{scope}/relu"), Operator::Relu, &[value]);
    let value = builder.node(format!("{scope}/expand"), layer(channels), &[value]);
    let gate = builder.node(format!("{scope}/gate"), Operator::HardSigmoid, &[value]);
    builder.node(format!("{scope}/multiply"), Operator::Multiply, &[input, gate])
}

/// The nearest multiple of 8, but not below nine tenths: how mobile networks round channels.
pub(super) const fn make_divisible(channels: usize) -> usize {
    let nearest = (channels + 4) / 8 * 8;
    if 10 * nearest < 9 * channels || nearest == 0 { nearest + 8 } else { nearest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_rounded_to_eights() {
        let rounded = [1, 8, 11, 12, 18, 19, 27, 28, 36, 96].map(make_divisible);
        assert_eq!(rounded, [8, 8, 16, 16, 24, 24, 32, 32, 40, 96]);
    }
}
