//! The layers of the network, and where each has its parameters in one flat vector.

use crate::network::{Dense, Layout, Sizes};

/// Layers of the header.
pub(super) const HEADER_LAYERS: usize = 3;

/// The layers of the network whose parameters the inner steps adapt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) sizes: Sizes,
    pub(super) encoder: Vec<Dense>,
    /// None without device condition.
    pub(super) device: Vec<Dense>,
    pub(super) header: [Dense; HEADER_LAYERS],
    /// The header's first layer over the architecture's embedding alone.
    pub(super) header_on_architecture: Dense,
    /// The same over the device's embedding, which all architectures have in common: without a bias,
    /// and none without device condition.
    pub(super) header_on_device: Option<Dense>,
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
        let header_on_device = (!device.is_empty()).then(|| header[0].part(width..2 * width, false));
        let header_on_architecture = header[0].part(0..width, true);
        Self { sizes, encoder, device, header, header_on_architecture, header_on_device, parameters: layout.length() }
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
