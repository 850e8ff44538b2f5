//! Parameters as named tensors in a safetensors file.

use std::collections::HashMap;

use safetensors::tensor::{Dtype, SafeTensorError, SafeTensors, TensorView, serialize};

use super::dense::{Dense, ParameterSlice};

/// Why a file is no checkpoint of a network, or of this training.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// Bytes that are no safetensors file, or one that lacks a tensor.
    #[error("not a whole checkpoint")]
    Broken(#[from] SafeTensorError),
    /// A tensor of another type or shape than the network's.
    #[error("tensor `{name}` is of {found_type:?} {found:?}, but this model has F32 {expected:?}")]
    Tensor {
        /// The tensor's name.
        name: String,
        /// The type of its numbers.
        found_type: Dtype,
        /// Its shape.
        found: Vec<usize>,
        /// The shape that the network's sizes ask for.
        expected: Vec<usize>,
    },
    /// A header that is no JSON, or not that of this method's training.
    #[error("the checkpoint's header cannot be read")]
    Header(#[from] serde_json::Error),
    /// A safetensors file that no training wrote.
    #[error("no header; this is no checkpoint of a training")]
    NoHeader,
    /// A checkpoint of a newer program.
    #[error("checkpoint of format version {found}, newer than {newest}, the newest that this program reads")]
    Newer {
        /// The checkpoint's version.
        found: u32,
        /// The newest that can be read.
        newest: u32,
    },
    /// A checkpoint of a training with other settings, devices, latencies or references.
    #[error("a checkpoint of another training: its {what} are others; go on with the same or start anew")]
    Foreign {
        /// What differs.
        what: &'static str,
    },
}

/// A tensor as files have it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NamedTensor<'a> {
    pub(crate) name: String,
    pub(crate) shape: Vec<usize>,
    pub(crate) values: &'a [f32],
}

/// The tensors of layers, their names starting with that of their group.
pub(crate) fn named_layers<'a>(layers: &[&Dense], values: &'a [f32], group: &str) -> Vec<NamedTensor<'a>> {
    let slices = layers.iter().flat_map(|layer| layer.slices());
    slices
        .map(|ParameterSlice { name, shape, range }| NamedTensor {
            name: format!("{group}.{name}"),
            shape,
            values: &values[range],
        })
        .collect()
}

/// The parameters of layers in the order in which a flat vector has them.
pub(crate) fn read_layers(
    tensors: &SafeTensors<'_>,
    group: &str,
    layers: &[&Dense],
) -> Result<Vec<f32>, CheckpointError> {
    let mut values = Vec::new();
    for ParameterSlice { name, shape, .. } in layers.iter().flat_map(|layer| layer.slices()) {
        values.extend(read_tensor(tensors, format!("{group}.{name}"), &shape)?);
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
pub(crate) fn tensor_file(tensors: &[NamedTensor<'_>], entry: (&str, String)) -> Result<Vec<u8>, SafeTensorError> {
    let bytes = |values: &[f32]| -> Vec<u8> { values.iter().flat_map(|value| value.to_le_bytes()).collect() };
    let data: Vec<Vec<u8>> = tensors.iter().map(|tensor| bytes(tensor.values)).collect();
    let views = tensors
        .iter()
        .zip(&data)
        .map(|(tensor, data)| Ok((tensor.name.as_str(), TensorView::new(Dtype::F32, tensor.shape.clone(), data)?)));
    let views: Vec<_> = views.collect::<Result<_, SafeTensorError>>()?;
    // A map of one entry has one order, so that the bytes are always the same.
    serialize(views, Some(HashMap::from([(entry.0.to_owned(), entry.1)])))
}
