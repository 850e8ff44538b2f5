//! The network: encoders of architecture and device, and the header over both (Table B.1).

use super::buffer::Buffer;
use super::chain::{Backward, Chain, Ways, last};
use super::encoded::Encoded;
use super::matrix::Matrix;
use super::shape::Shape;
use super::stage::{Moving, Pass, Stage};
use super::wide::add;

/// The network over some architectures and one device.
#[derive(Debug, Clone)]
pub(super) struct Network<'a> {
    shape: &'a Shape,
    encoder: Chain<'a>,
    device: Option<Chain<'a>>,
    header: Chain<'a>,
    features: &'a Matrix,
    embedding: Matrix,
}

/// What the network made of its input.
#[derive(Debug, Clone)]
pub(super) struct Forward {
    encoder: Vec<Pass>,
    device: Vec<Pass>,
    /// Embeddings of architecture and device, side by side.
    joined: Matrix,
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
        let stage = |(layer, dense)| match encoded.sums.get(layer) {
            Some(sums) => Stage::convolution(dense, sums),
            None => Stage::rectified(dense),
        };
        let [first, second, output] = &shape.header;
        Self {
            shape,
            encoder: Chain::new(shape.encoder.iter().enumerate().map(stage)),
            device: (!shape.device.is_empty()).then(|| Chain::new(shape.device.iter().map(Stage::rectified))),
            header: Chain::new([Stage::rectified(first), Stage::rectified(second), Stage::linear(output)]),
            features: &encoded.features,
            embedding: Matrix::row_of(embedding.to_vec()),
        }
    }

    pub(super) fn forward(&self, parameters: &[f32]) -> Forward {
        let encoder = self.encoder.forward(parameters, self.features);
        let device = self.device.as_ref().map(|chain| chain.forward(parameters, &self.embedding)).unwrap_or_default();
        let joined = self.join(last(&encoder), last(&device));
        let header = self.header.forward(parameters, &joined);
        Forward { encoder, device, joined, header }
    }

    /// The mean squared error against `targets`, one for each architecture, and its gradient.
    pub(super) fn loss(&self, parameters: &[f32], targets: &[f32]) -> Loss {
        let forward = self.forward(parameters);
        let count = targets.len() as f32;
        let errors: Vec<f32> = forward.predictions().iter().zip(targets).map(|(y, t)| y - t).collect();
        let value = errors.iter().map(|error| error * error).sum::<f32>() / count;
        let by_output = Matrix::column_of(errors.into_iter().map(|error| 2.0 * error / count).collect());
        // Every layer writes its own part.
        let mut gradient = Buffer::arbitrary(self.shape.parameters);
        let of_header = (&forward.joined, forward.header.as_slice());
        let header = self.header.backward(parameters, of_header, by_output, &mut gradient, true);
        let (by_encoder, by_device) = self.split(header.by_input.as_ref());
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
        let moved_encoder = self.encoder.moved_forward(moving, (self.features, encoder), None);
        let moved_device =
            self.device.as_ref().map(|chain| chain.moved_forward(moving, (&self.embedding, device), None));
        let moved_device = moved_device.unwrap_or_default();
        let moved_joined = self.join(last(&moved_encoder), last(&moved_device));
        let moved_header = self.header.moved_forward(moving, (&forward.joined, header), Some(&moved_joined));
        let count = forward.predictions().len() as f32;
        let moved_output = last(&moved_header).map_or(&[][..], Matrix::values);
        let by_output = Matrix::column_of(moved_output.iter().map(|moved| 2.0 * moved / count).collect());

        let mut product = Buffer::arbitrary(self.shape.parameters);
        let ways = Ways { x: &forward.joined, passes: header, backward: &loss.header };
        let moved = (Some(&moved_joined), moved_header.as_slice());
        let by_joined = self.header.moved_backward(moving, ways, moved, by_output, &mut product);
        let (by_encoder, by_device) = self.split(by_joined.as_ref());
        if let (Some(chain), Some(backward)) = (&self.device, &loss.device) {
            let ways = Ways { x: &self.embedding, passes: device, backward };
            chain.moved_backward(moving, ways, (None, &moved_device), by_device, &mut product);
        }
        let ways = Ways { x: self.features, passes: encoder, backward: &loss.encoder };
        self.encoder.moved_backward(moving, ways, (None, &moved_encoder), by_encoder, &mut product);
        product
    }

    /// Each architecture's row with the device's behind it.
    fn join(&self, encoder: Option<&Matrix>, device: Option<&Matrix>) -> Matrix {
        let width = self.shape.sizes.encoder_width;
        let rows = encoder.map_or(0, Matrix::rows);
        let mut joined = Matrix::zeros(rows, self.shape.header[0].inputs);
        for row in 0..rows {
            let (of_architecture, of_device) = joined.row_mut(row).split_at_mut(width);
            if let Some(encoder) = encoder {
                of_architecture.copy_from_slice(encoder.row(row));
            }
            if let Some(device) = device {
                of_device.copy_from_slice(device.values());
            }
        }
        joined
    }

    /// From derivatives by joined rows to those by the architectures' rows and by the device's.
    fn split(&self, by_joined: Option<&Matrix>) -> (Matrix, Matrix) {
        let width = self.shape.sizes.encoder_width;
        let rows = by_joined.map_or(0, Matrix::rows);
        let mut by_encoder = Matrix::zeros(rows, width);
        let mut by_device = Matrix::zeros(1, self.shape.header[0].inputs - width);
        for (row, joined) in by_joined.into_iter().flat_map(Matrix::iter_rows).enumerate() {
            let (of_architecture, of_device) = joined.split_at(width);
            by_encoder.row_mut(row).copy_from_slice(of_architecture);
            add(by_device.values_mut(), of_device);
        }
        (by_encoder, by_device)
    }
}
