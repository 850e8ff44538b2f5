//! Trained parameters as tensors, named as in the authors' checkpoints.

use safetensors::tensor::{Dtype, SafeTensorError, SafeTensors};

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
}

/// Tensors of the network, of the rates, and of the modulator start with these.
const NETWORK: &str = "model";
const RATES: &str = "task_lr";
const MODULATOR: &str = "inference";

/// Reads a model's parameters.
///
/// # Errors
///
/// Bytes that are no safetensors file, or one that lacks a tensor of the model or has it in
/// another shape.
pub fn read_parameters(model: &Model, bytes: &[u8]) -> Result<Parameters, CheckpointError> {
    let tensors = SafeTensors::deserialize(bytes)?;
    let layers: Vec<&Dense> = model.shape.layers().collect();
    let of_modulator: Vec<&Dense> = model.modulator.iter().flat_map(|one| one.layers()).collect();
    Ok(Parameters {
        network: read_layers(&tensors, NETWORK, &layers)?,
        rates: read_layers(&tensors, RATES, &layers)?,
        modulator: read_layers(&tensors, MODULATOR, &of_modulator)?,
    })
}

/// The parameters of layers in the order in which a flat vector has them.
fn read_layers(tensors: &SafeTensors<'_>, group: &str, layers: &[&Dense]) -> Result<Vec<f32>, CheckpointError> {
    let mut values = Vec::new();
    for (name, expected, _) in layers.iter().flat_map(|layer| layer.slices()) {
        let name = format!("{group}.{name}");
        let tensor = tensors.tensor(&name)?;
        if tensor.dtype() != Dtype::F32 || tensor.shape() != expected {
            let (found_type, found) = (tensor.dtype(), tensor.shape().to_vec());
            return Err(CheckpointError::Tensor { name, found_type, found, expected });
        }
        values.extend(tensor.data().as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)));
    }
    Ok(values)
}
