//! The network: encoders of architecture and device, and the header over both (Table B.1).

use super::shape::Shape;
use crate::network::{Backward, Buffer, Encoded, Layer, Matrix, Moving, Pass, Sequential, Ways, last, squared_error};

/// The network over some architectures and one device.
#[derive(Debug, Clone)]
pub(super) struct Network<'a> {
    shape: &'a Shape,
    encoder: Sequential<'a>,
    device: Option<Sequential<'a>>,
    header: Sequential<'a>,
    features: &'a Matrix,
    embedding: Matrix,
}

/// What the network made of its input.
#[derive(Debug, Clone)]
pub(super) struct Forward {
    encoder: Vec<Pass>,
    /// The device encoder, and the device's part of the header's first layer.
    device: Vec<Pass>,
    header: Vec<Pass>,
}

impl Forward {
    /// One prediction for each architecture.
    pub(super) fn predictions(&self) -> &[f32] {
        last(&self.header).map_or(&[], Matrix::values)
    }
}

/// A loss at some parameters: its gradient, and all that its curvature needs.
#[derive(Debug, Clone)]
pub(super) struct Loss {
    /// The mean squared error.
    pub(super) value: f32,
    /// Its derivatives by the parameters.
    pub(super) gradient: Buffer,
    forward: Forward,
    encoder: Backward,
    device: Option<Backward>,
    header: Backward,
}

impl<'a> Network<'a> {
    /// The network over these architectures, and a device with this hardware embedding (Eq. 3).
    pub(super) fn new(shape: &'a Shape, encoded: &'a Encoded, embedding: &[f32]) -> Self {
        let [_, second, output] = &shape.header;
        let (first, _) = &shape.header_parts;
        Self {
            shape,
            encoder: Sequential::encoder(&shape.encoder, encoded),
            device: device_chain(shape),
            header: Sequential::new([Layer::rectified(first), Layer::rectified(second), Layer::linear(output)]),
            features: &encoded.features,
            embedding: Matrix::row_of(embedding.to_vec()),
        }
    }

    /// What the encoder makes of the architectures, of whatever device.
    pub(super) fn encode(&self, parameters: &[f32]) -> Vec<Pass> {
        self.encoder.forward(parameters, self.features, None)
    }

    /// What the network makes of a device: last, what is added to the biases of the header's first
    /// layer. Nothing without device condition.
    pub(super) fn device_passes(shape: &Shape, parameters: &[f32], embedding: &[f32]) -> Vec<Pass> {
        let embedding = Matrix::row_of(embedding.to_vec());
        device_chain(shape).map_or_else(Vec::new, |chain| chain.forward(parameters, &embedding, None))
    }

    pub(super) fn forward(&self, parameters: &[f32]) -> Forward {
        self.forward_from(self.encode(parameters), parameters)
    }

    fn forward_from(&self, encoder: Vec<Pass>, parameters: &[f32]) -> Forward {
        let device = self.device.as_ref().map(|chain| chain.forward(parameters, &self.embedding, None));
        let device = device.unwrap_or_default();
        let embedded = last(&encoder).unwrap_or(self.features);
        let header = self.header.forward(parameters, embedded, last(&device));
        Forward { encoder, device, header }
    }

    /// The mean squared error against `targets`, one for each architecture, and its gradient.
    pub(super) fn loss(&self, parameters: &[f32], targets: &[f32]) -> Loss {
        self.loss_from(self.encode(parameters), parameters, targets)
    }

    /// The same where it is known what the encoder makes of the architectures.
    pub(super) fn loss_from(&self, encoder: Vec<Pass>, parameters: &[f32], targets: &[f32]) -> Loss {
        let forward = self.forward_from(encoder, parameters);
        let (value, by_output) = squared_error(forward.predictions(), targets);
        // Every layer writes its own part.
        let mut gradient = Buffer::arbitrary(self.shape.parameters);
        let of_header = (self.embedded(&forward), forward.header.as_slice());
        let mut header = self.header.backward(parameters, of_header, by_output, &mut gradient, true);
        let by_encoder = header.by_input.take().unwrap_or_else(|| Matrix::zeros(0, 0));
        let by_device = self.by_beside(&gradient);
        let of_device = (&self.embedding, forward.device.as_slice());
        let device =
            self.device.as_ref().map(|chain| chain.backward(parameters, of_device, by_device, &mut gradient, false));
        let of_encoder = (self.features, forward.encoder.as_slice());
        let encoder = self.encoder.backward(parameters, of_encoder, by_encoder, &mut gradient, false);
        Loss { value, gradient, forward, encoder, device, header }
    }

    /// The product of the loss's Hessian by the parameters with `direction`, exactly: the
    /// derivative of its gradient along `direction` (Pearlmutter, 1994).
    pub(super) fn hessian_product(&self, parameters: &[f32], loss: &Loss, direction: &[f32]) -> Buffer {
        let moving = Moving { parameters, direction };
        let forward = &loss.forward;
        let (encoder, device, header) = (forward.encoder.as_slice(), forward.device.as_slice(), &forward.header);
        let moved_encoder = self.encoder.moved_forward(moving, (self.features, encoder), (None, None));
        let of_device = (&self.embedding, device);
        let moved_device = self.device.as_ref().map(|chain| chain.moved_forward(moving, of_device, (None, None)));
        let moved_device = moved_device.unwrap_or_default();
        let embedded = self.embedded(forward);
        let moved_embedded = last(&moved_encoder);
        let moved_input = (moved_embedded, last(&moved_device));
        let moved_header = self.header.moved_forward(moving, (embedded, header), moved_input);
        let count = forward.predictions().len() as f32;
        let moved_output = last(&moved_header).map_or(&[][..], Matrix::values);
        let by_output = Matrix::column_of(moved_output.iter().map(|moved| 2.0 * moved / count).collect());

        let mut product = Buffer::arbitrary(self.shape.parameters);
        let ways = Ways { x: embedded, passes: header, backward: &loss.header };
        let moved = (moved_embedded, moved_header.as_slice());
        let by_encoder = self.header.moved_backward(moving, ways, moved, by_output, &mut product);
        let by_encoder = by_encoder.unwrap_or_else(|| Matrix::zeros(0, 0));
        let by_device = self.by_beside(&product);
        if let (Some(chain), Some(backward)) = (&self.device, &loss.device) {
            let ways = Ways { x: &self.embedding, passes: device, backward };
            chain.moved_backward(moving, ways, (None, &moved_device), by_device, &mut product);
        }
        let ways = Ways { x: self.features, passes: encoder, backward: &loss.encoder };
        self.encoder.moved_backward(moving, ways, (None, &moved_encoder), by_encoder, &mut product);
        product
    }

    /// The architectures' embeddings.
    fn embedded<'b>(&'b self, forward: &'b Forward) -> &'b Matrix {
        last(&forward.encoder).unwrap_or(self.features)
    }

    /// Derivatives by the device's part of the header's first layer: what is beside the biases has
    /// the derivatives of the biases.
    fn by_beside(&self, gradient: &[f32]) -> Matrix {
        Matrix::row_of(self.shape.header[0].bias(gradient).to_vec())
    }
}

/// The device encoder, and the device's part of the header's first layer.
fn device_chain(shape: &Shape) -> Option<Sequential<'_>> {
    let of_device = shape.header_parts.1.as_ref()?;
    Some(Sequential::new(shape.device.iter().map(Layer::rectified).chain([Layer::linear(of_device)])))
}
