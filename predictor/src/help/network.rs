//! The network: encoders of architecture and device, and the header over both (Table B.1).

use super::shape::Shape;
use crate::network::{
    Activations, Backward, BackwardTrace, Buffer, Direction, Encoded, ForwardTrace, InputTangents, Layer, Matrix,
    Sequential, output_of, squared_error,
};

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
    encoder: Vec<Activations>,
    /// The device encoder, and the device's part of the header's first layer.
    device: Vec<Activations>,
    header: Vec<Activations>,
}

impl Forward {
    /// One prediction for each architecture.
    pub(super) fn predictions(&self) -> &[f32] {
        output_of(&self.header).map_or(&[], Matrix::values)
    }
}

/// A loss at some parameters, its gradient, and what Hessian products need.
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
        let first = &shape.header_on_architecture;
        Self {
            shape,
            encoder: Sequential::encoder(&shape.encoder, encoded),
            device: device_layers(shape),
            header: Sequential::new([Layer::rectified(first), Layer::rectified(second), Layer::linear(output)]),
            features: &encoded.features,
            embedding: Matrix::row_of(embedding.to_vec()),
        }
    }

    /// The activations of the architecture encoder, which depend on no device.
    pub(super) fn encode(&self, parameters: &[f32]) -> Vec<Activations> {
        self.encoder.forward(parameters, self.features, None)
    }

    /// The activations of the device encoder, of which the last are added to the biases of the
    /// header's first layer; empty without device condition.
    pub(super) fn device_activations(shape: &Shape, parameters: &[f32], embedding: &[f32]) -> Vec<Activations> {
        let embedding = Matrix::row_of(embedding.to_vec());
        device_layers(shape).map_or_else(Vec::new, |layers| layers.forward(parameters, &embedding, None))
    }

    pub(super) fn forward(&self, parameters: &[f32]) -> Forward {
        self.forward_from(self.encode(parameters), parameters)
    }

    fn forward_from(&self, encoder: Vec<Activations>, parameters: &[f32]) -> Forward {
        let device = self.device.as_ref().map(|layers| layers.forward(parameters, &self.embedding, None));
        let device = device.unwrap_or_default();
        let embedded = output_of(&encoder).unwrap_or(self.features);
        let header = self.header.forward(parameters, embedded, output_of(&device));
        Forward { encoder, device, header }
    }

    /// The mean squared error against `targets`, one for each architecture, and its gradient.
    pub(super) fn loss(&self, parameters: &[f32], targets: &[f32]) -> Loss {
        self.loss_from(self.encode(parameters), parameters, targets)
    }

    /// The same, given the activations of the architecture encoder.
    pub(super) fn loss_from(&self, encoder: Vec<Activations>, parameters: &[f32], targets: &[f32]) -> Loss {
        let forward = self.forward_from(encoder, parameters);
        let (value, by_output) = squared_error(forward.predictions(), targets);
        // Every layer writes its own part.
        let mut gradient = Buffer::arbitrary(self.shape.parameters);
        let of_header = self.header_trace(&forward);
        let mut header = self.header.backward(parameters, of_header, by_output, &mut gradient, true);
        let by_encoder = header.by_input.take().unwrap_or_else(|| Matrix::zeros(0, 0));
        let by_device = self.by_added_bias(&gradient);
        let of_device = self.device_trace(&forward);
        let device =
            self.device.as_ref().map(|layers| layers.backward(parameters, of_device, by_device, &mut gradient, false));
        let of_encoder = self.encoder_trace(&forward);
        let encoder = self.encoder.backward(parameters, of_encoder, by_encoder, &mut gradient, false);
        Loss { value, gradient, forward, encoder, device, header }
    }

    /// The product of the loss's Hessian by the parameters with `direction`, exactly: the
    /// derivative of its gradient along `direction` (Pearlmutter, 1994).
    pub(super) fn hessian_product(&self, parameters: &[f32], loss: &Loss, direction: &[f32]) -> Buffer {
        let along = Direction { parameters, direction };
        let Loss { forward, encoder, device, header, .. } = loss;
        let unchanged = InputTangents::default();
        let of_encoder = self.encoder_trace(forward);
        let encoder_tangents = self.encoder.forward_tangent(along, of_encoder, unchanged);
        let of_device = self.device_trace(forward);
        let device_tangents = self.device.as_ref().map(|layers| layers.forward_tangent(along, of_device, unchanged));
        let device_tangents = device_tangents.unwrap_or_default();
        let of_header = self.header_trace(forward);
        let embedded_tangent = output_of(&encoder_tangents);
        let given = InputTangents { input: embedded_tangent, added_bias: output_of(&device_tangents) };
        let header_tangents = self.header.forward_tangent(along, of_header, given);
        let count = forward.predictions().len() as f32;
        let predictions_tangent = output_of(&header_tangents).map_or(&[][..], Matrix::values);
        let by_output = Matrix::column_of(predictions_tangent.iter().map(|tangent| 2.0 * tangent / count).collect());

        let mut product = Buffer::arbitrary(self.shape.parameters);
        let trace =
            |forward, backward, input_tangent, tangents| BackwardTrace { forward, backward, input_tangent, tangents };
        let of_header = trace(of_header, header, embedded_tangent, &header_tangents);
        let by_encoder = self.header.backward_tangent(along, of_header, by_output, &mut product);
        let by_encoder = by_encoder.unwrap_or_else(|| Matrix::zeros(0, 0));
        let by_device = self.by_added_bias(&product);
        if let (Some(layers), Some(device)) = (&self.device, device) {
            layers.backward_tangent(along, trace(of_device, device, None, &device_tangents), by_device, &mut product);
        }
        let of_encoder = trace(of_encoder, encoder, None, &encoder_tangents);
        self.encoder.backward_tangent(along, of_encoder, by_encoder, &mut product);
        product
    }

    fn encoder_trace<'b>(&'b self, forward: &'b Forward) -> ForwardTrace<'b> {
        ForwardTrace { input: self.features, activations: &forward.encoder }
    }

    fn device_trace<'b>(&'b self, forward: &'b Forward) -> ForwardTrace<'b> {
        ForwardTrace { input: &self.embedding, activations: &forward.device }
    }

    /// The header reads the architectures' embeddings.
    fn header_trace<'b>(&'b self, forward: &'b Forward) -> ForwardTrace<'b> {
        let embedded = output_of(&forward.encoder).unwrap_or(self.features);
        ForwardTrace { input: embedded, activations: &forward.header }
    }

    /// Derivatives by what the device adds to the biases of the header's first layer: they are those
    /// by the biases.
    fn by_added_bias(&self, gradient: &[f32]) -> Matrix {
        Matrix::row_of(self.shape.header[0].bias(gradient).to_vec())
    }
}

/// The device encoder, and the device's part of the header's first layer.
fn device_layers(shape: &Shape) -> Option<Sequential<'_>> {
    let of_device = shape.header_on_device.as_ref()?;
    Some(Sequential::new(shape.device.iter().map(Layer::rectified).chain([Layer::linear(of_device)])))
}
