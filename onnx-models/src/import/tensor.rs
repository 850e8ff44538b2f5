//! What is known of a tensor while a file is read.

use std::rc::Rc;

use crate::graph::{BOOL, DOUBLE, FLOAT, INT32, INT64, STRING, Shape, TensorProto};

/// The most elements of a tensor, so that sums over any file fit into 64 bits.
const MOST_ELEMENTS: usize = 1 << 40;
/// The most dimensions of a tensor.
const MOST_DIMENSIONS: usize = 32;
/// The most elements whose values are followed: shapes and places are short.
pub(super) const MOST_KNOWN: usize = 4096;

/// A shape, and the elements where they follow from the file alone.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tensor {
    pub(super) shape: Shape,
    /// Whether elements are integers: places and sizes, no weights.
    pub(super) integers: bool,
    pub(super) known: Option<Rc<[f64]>>,
}

impl Tensor {
    pub(super) const fn new(shape: Shape) -> Self {
        Self { shape, integers: false, known: None }
    }

    pub(super) const fn integers(shape: Shape) -> Self {
        Self { shape, integers: true, known: None }
    }

    /// With these elements, where they are few and as many as the shape says.
    pub(super) fn with_known(self, known: Option<Vec<f64>>) -> Self {
        let fits = |known: &Vec<f64>| known.len() <= MOST_KNOWN && known.len() == elements(&self.shape);
        Self { known: known.filter(fits).map(Into::into), ..self }
    }

    /// A row of known integers.
    pub(super) fn row(values: &[usize]) -> Self {
        let known = values.iter().map(|&value| value as f64).collect();
        Self::integers(vec![values.len()]).with_known(Some(known))
    }

    /// A tensor of a file; nothing where its shape is none.
    pub(super) fn stored(proto: &TensorProto) -> Option<Self> {
        let shape = proto.dims.iter().map(|&size| usize::try_from(size).ok()).collect::<Option<_>>()?;
        let tensor = Self { shape: within_limit(shape)?, integers: is_integer(proto.data_type), known: None };
        let known = (elements(&tensor.shape) <= MOST_KNOWN).then(|| values(proto)).flatten();
        Some(tensor.with_known(known))
    }

    /// The known elements as integers.
    pub(super) fn known_integers(&self) -> Option<Vec<i64>> {
        self.known.as_ref().map(|known| known.iter().map(|&value| saturated(value)).collect())
    }

    pub(super) fn elements(&self) -> usize {
        elements(&self.shape)
    }
}

/// Types whose elements are places, sizes or choices, and no weights.
pub(super) const fn is_integer(data_type: i32) -> bool {
    matches!(data_type, INT32 | INT64 | BOOL | STRING)
}

/// The product of the dimensions of a shape within limits.
pub(super) fn elements(shape: &[usize]) -> usize {
    shape.iter().product()
}

/// The shape, where its dimensions and elements can be counted.
pub(super) fn within_limit(shape: Shape) -> Option<Shape> {
    let within = |product: usize, &size: &usize| product.checked_mul(size.max(1)).filter(|&it| it <= MOST_ELEMENTS);
    let counted = shape.len() <= MOST_DIMENSIONS && shape.iter().try_fold(1, within).is_some();
    counted.then_some(shape)
}

#[expect(clippy::cast_possible_truncation, reason = "a cast from float to integer saturates")]
pub(super) const fn saturated(value: f64) -> i64 {
    value as i64
}

#[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^53, and the end of a range may be rounded")]
pub(super) const fn float(value: i64) -> f64 {
    value as f64
}

/// The elements of a stored tensor, of the types that shapes are computed in.
fn values(proto: &TensorProto) -> Option<Vec<f64>> {
    let raw = &proto.raw_data;
    Some(match proto.data_type {
        FLOAT if raw.is_empty() => proto.float_data.iter().map(|&value| f64::from(value)).collect(),
        FLOAT => raw.as_chunks().0.iter().map(|&bytes| f64::from(f32::from_le_bytes(bytes))).collect(),
        DOUBLE if raw.is_empty() => proto.double_data.clone(),
        DOUBLE => raw.as_chunks().0.iter().map(|&bytes| f64::from_le_bytes(bytes)).collect(),
        INT64 if raw.is_empty() => proto.int64_data.iter().map(|&value| float(value)).collect(),
        INT64 => raw.as_chunks().0.iter().map(|&bytes| float(i64::from_le_bytes(bytes))).collect(),
        INT32 | BOOL if raw.is_empty() => proto.int32_data.iter().map(|&value| f64::from(value)).collect(),
        INT32 => raw.as_chunks().0.iter().map(|&bytes| f64::from(i32::from_le_bytes(bytes))).collect(),
        BOOL => raw.iter().map(|&byte| f64::from(byte)).collect(),
        _ => return None,
    })
}
