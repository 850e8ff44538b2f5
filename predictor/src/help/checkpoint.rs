//! Parameters as tensors, named as in the authors' checkpoints.

use std::collections::HashMap;

use safetensors::tensor::{Dtype, SafeTensorError, SafeTensors, TensorView, serialize};

use super::model::{Model, Parameters};
use super::shape::Dense;

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

/// Tensors of the network, of the rates, and of the modulator start with these.
const GROUPS: [&str; 3] = ["model", "task_lr", "inference"];

/// A named tensor: its name, its shape, and its numbers.
pub(crate) type NamedTensor<'a> = (String, Vec<usize>, &'a [f32]);

/// Reads a model's parameters, which the authors' checkpoints name alike.
///
/// # Errors
///
/// Bytes that are no safetensors file, or one that lacks a tensor of the model or has it in
/// another shape.
pub fn read_parameters(model: &Model, bytes: &[u8]) -> Result<Parameters, CheckpointError> {
    parameters_of(model, &SafeTensors::deserialize(bytes)?, "")
}

/// The parameters among tensors whose names start with `prefix`.
pub(crate) fn parameters_of(
    model: &Model,
    tensors: &SafeTensors<'_>,
    prefix: &str,
) -> Result<Parameters, CheckpointError> {
    let [network, rates, modulator] = layers(model);
    let [network, rates, modulator] = [(0, network), (1, rates), (2, modulator)]
        .map(|(group, layers)| read_layers(tensors, &format!("{prefix}{}", GROUPS[group]), &layers));
    Ok(Parameters { network: network?, rates: rates?, modulator: modulator? })
}

/// All tensors of some parameters, their names starting with `prefix`.
pub(crate) fn named<'a>(model: &Model, parameters: &'a Parameters, prefix: &str) -> Vec<NamedTensor<'a>> {
    let groups = layers(model).into_iter().zip(parameters.each()).zip(GROUPS);
    groups.flat_map(|((layers, values), group)| named_layers(&layers, values, &format!("{prefix}{group}"))).collect()
}

/// The tensors of layers, their names starting with that of their group.
pub(crate) fn named_layers<'a>(layers: &[&Dense], values: &'a [f32], group: &str) -> Vec<NamedTensor<'a>> {
    let slices = layers.iter().flat_map(|layer| layer.slices());
    slices.map(|(name, shape, range)| (format!("{group}.{name}"), shape, &values[range])).collect()
}

/// The layers of each group.
fn layers(model: &Model) -> [Vec<&Dense>; 3] {
    let network: Vec<&Dense> = model.shape.layers().collect();
    [network.clone(), network, model.modulator.iter().flat_map(|one| one.layers()).collect()]
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
pub(super) fn read_tensor(
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
