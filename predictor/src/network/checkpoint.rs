//! Parameters as named tensors in a safetensors file.

use std::collections::HashMap;

use safetensors::tensor::{Dtype, SafeTensorError, SafeTensors, TensorView, serialize};

use super::dense::Dense;

/// Why tensors are no checkpoint of a model.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum CheckpointError {
    #[error("not a whole checkpoint")]
    Broken(#[from] SafeTensorError),
    #[error("tensor `{name}` is of {found_type:?} {found:?}, but this model has F32 {expected:?}")]
    Tensor { name: String, found_type: Dtype, found: Vec<usize>, expected: Vec<usize> },
    #[error("the checkpoint's header cannot be read")]
    Header(#[from] serde_json::Error),
    #[error("no header; this is no checkpoint of a training")]
    NoHeader,
    #[error("checkpoint of format version {found}, newer than {newest}, the newest that this program reads")]
    Newer { found: u32, newest: u32 },
    #[error("a checkpoint of another training: its {what} are others; go on with the same or start anew")]
    Foreign { what: &'static str },
}

/// A named tensor: its name, its shape, and its numbers.
pub(crate) type NamedTensor<'a> = (String, Vec<usize>, &'a [f32]);

/// The tensors of layers, their names starting with that of their group.
pub(crate) fn named_layers<'a>(layers: &[&Dense], values: &'a [f32], group: &str) -> Vec<NamedTensor<'a>> {
    let slices = layers.iter().flat_map(|layer| layer.slices());
    slices.map(|(name, shape, range)| (format!("{group}.{name}"), shape, &values[range])).collect()
}

/// The parameters of layers in the order in which a flat vector has them.
pub(crate) fn read_layers(
    tensors: &SafeTensors<'_>,
    group: &str,
    layers: &[&Dense],
) -> Result<Vec<f32>, CheckpointError> {
    let mut values = Vec::new();
    for (name, expected, _) in layers.iter().flat_map(|layer| layer.slices()) {
        values.extend(read_tensor(tensors, format!("{group}.{name}"), &expected)?);
    }
    Ok(values)
}

/// A tensor of an expected shape.
pub(crate) fn read_tensor(
    tensors: &SafeTensors<'_>,
    name: String,
    expected: &[usize],
) -> Result<Vec<f32>, CheckpointError> {
    let tensor = tensors.tensor(&name)?;
    if tensor.dtype() != Dtype::F32 || tensor.shape() != expected {
        let (found_type, found) = (tensor.dtype(), tensor.shape().to_vec());
        return Err(CheckpointError::Tensor { name, found_type, found, expected: expected.to_vec() });
    }
    Ok(tensor.data().as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
}

/// A safetensors file of these tensors, with one entry of metadata.
pub(crate) fn file(tensors: &[NamedTensor<'_>], entry: (&str, String)) -> Result<Vec<u8>, SafeTensorError> {
    let bytes = |values: &[f32]| -> Vec<u8> { values.iter().flat_map(|value| value.to_le_bytes()).collect() };
    let data: Vec<Vec<u8>> = tensors.iter().map(|(_, _, values)| bytes(values)).collect();
    let views = tensors
        .iter()
        .zip(&data)
        .map(|((name, shape, _), data)| Ok((name.as_str(), TensorView::new(Dtype::F32, shape.clone(), data)?)));
    let views: Vec<_> = views.collect::<Result<_, SafeTensorError>>()?;
    // A map of one entry has one order, so that the bytes are always the same.
    serialize(views, Some(HashMap::from([(entry.0.to_owned(), entry.1)])))
}
