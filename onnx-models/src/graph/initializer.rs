//! Stored tensors, drawn only when they are written, straight into the file.

use prost::Message;
use prost::encoding::{WireType, encode_key, encode_varint, encoded_len_varint};

use super::onnx::{FLOAT, INT64, TensorProto, signed};
use super::weights::Uniform;

/// The tag of `TensorProto.raw_data`.
const RAW_DATA: u32 = 9;

pub(super) struct Initializer {
    pub(super) name: String,
    pub(super) shape: Vec<usize>,
    pub(super) content: Content,
}

pub(super) enum Content {
    /// The elements themselves.
    Values(Vec<f32>),
    /// Shapes and places.
    Integers(Vec<usize>),
    /// Elements in [-bound, bound), for the rows of the first dimension in turn.
    Uniform { layer: Uniform, bounds: Vec<f32> },
}

impl Initializer {
    /// The length of its `TensorProto`.
    pub(super) fn encoded_len(&self) -> usize {
        self.header().encoded_len() + 1 + encoded_len_varint(self.raw_len() as u64) + self.raw_len()
    }

    /// Appends its `TensorProto`.
    pub(super) fn append_to(self, file: &mut Vec<u8>) {
        file.extend(self.header().encode_to_vec());
        encode_key(RAW_DATA, WireType::LengthDelimited, file);
        encode_varint(self.raw_len() as u64, file);
        let row: usize = self.shape.iter().skip(1).product();
        match self.content {
            Content::Values(values) => file.extend(values.iter().flat_map(|value| value.to_le_bytes())),
            Content::Integers(values) => file.extend(values.into_iter().flat_map(|value| signed(value).to_le_bytes())),
            Content::Uniform { mut layer, bounds } => {
                bounds.into_iter().for_each(|bound| layer.append(file, row, bound));
            }
        }
    }

    /// All but the elements.
    fn header(&self) -> TensorProto {
        let dims = self.shape.iter().map(|&size| signed(size)).collect();
        let data_type = if self.is_integers() { INT64 } else { FLOAT };
        TensorProto { dims, data_type, name: self.name.clone(), ..TensorProto::default() }
    }

    fn raw_len(&self) -> usize {
        let element = if self.is_integers() { size_of::<i64>() } else { size_of::<f32>() };
        element * self.shape.iter().product::<usize>()
    }
    const fn is_integers(&self) -> bool {
        matches!(self.content, Content::Integers(_))
    }
}
