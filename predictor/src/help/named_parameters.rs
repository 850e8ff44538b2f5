//! Parameters as tensors, named as in the authors' checkpoints.

use safetensors::tensor::SafeTensors;

use super::model::{Model, Parameters};
use crate::network::{CheckpointError, Dense, NamedTensor, named_layers, read_layers};

/// What the names of tensors start with: those of the network, the rates and the modulator.
const GROUPS: [&str; 3] = ["model", "task_lr", "inference"];

/// A model's parameters among tensors whose names start with `prefix` and are those of the authors'
/// checkpoints.
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

/// The layers of each group.
fn layers(model: &Model) -> [Vec<&Dense>; 3] {
    let network: Vec<&Dense> = model.shape.layers().collect();
    [network.clone(), network, model.modulator.iter().flat_map(|one| one.layers()).collect()]
}
