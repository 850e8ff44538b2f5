//! Between a predictor and the bytes of its file.

use std::collections::HashMap;

use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use serde::Deserialize;

use super::trained::Method;
use super::{ArtefactError, BayesSettings, FORMAT_VERSION, FileHeader, TrainedHeader};
use crate::bayes::{Bayes, Stored};
use crate::help::Help;
use crate::sources::SourceTable;

const HEADER: &str = "tenshot_predictor";

/// What even a newer or foreign header has.
#[derive(Deserialize)]
struct Outline {
    format_version: u32,
    trained: TrainedOutline,
}

#[derive(Deserialize)]
struct TrainedOutline {
    space: String,
    method: String,
}

/// The file of a predictor.
pub(super) fn to_bytes(header: &FileHeader, method: &Method) -> Result<Vec<u8>, ArtefactError> {
    match method {
        Method::Bayes(bayes) => bayes_to_bytes(header, bayes),
        Method::Help(help) => {
            let header = serde_json::to_string(header).map_err(ArtefactError::broken)?;
            help.to_file((HEADER, header)).map_err(ArtefactError::broken)
        }
    }
}

fn bayes_to_bytes(header: &FileHeader, bayes: &Bayes) -> Result<Vec<u8>, ArtefactError> {
    let stored = bayes.store();
    let sources = header.trained.pool.len();
    let relative = bytes_of(&stored.relative, |value: &f32| value.to_le_bytes());
    let simulated = bytes_of(&stored.simulated_mean, |value: &f32| value.to_le_bytes());
    let training = bytes_of(&stored.training, |&row: &usize| (row as u32).to_le_bytes());
    let weights = bytes_of(&stored.template_weights, |value: &f32| value.to_le_bytes());
    let rows = stored.simulated_mean.len();
    let view = |dtype, shape, data| TensorView::new(dtype, shape, data).map_err(ArtefactError::broken);
    let tensors = vec![
        ("relative_latency", view(Dtype::F32, vec![rows, sources], &relative)?),
        ("simulated_mean", view(Dtype::F32, vec![rows], &simulated)?),
        ("template_weights", view(Dtype::F32, vec![stored.template_weights.len()], &weights)?),
        ("training", view(Dtype::U32, vec![stored.training.len()], &training)?),
    ];
    // A map of one entry has one order, so that the bytes are always the same.
    let header = serde_json::to_string(header).map_err(ArtefactError::broken)?;
    serialize(tensors, Some(HashMap::from([(HEADER.to_owned(), header)]))).map_err(ArtefactError::broken)
}

/// The header and the trained method of a file.
pub(super) fn from_bytes(bytes: &[u8]) -> Result<(FileHeader, Method), ArtefactError> {
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(ArtefactError::broken)?;
    let header = metadata.metadata().as_ref().and_then(|entries| entries.get(HEADER));
    let header = read_header(header.ok_or_else(|| ArtefactError::broken("no predictor header"))?)?;
    let tensors = SafeTensors::deserialize(bytes).map_err(ArtefactError::broken)?;
    let method = match (&header.trained.bayes, &header.trained.help) {
        (_, Some(settings)) => {
            Method::Help(Help::restore(header.trained.space, settings, &tensors).map_err(ArtefactError::checkpoint)?)
        }
        (Some(settings), _) => Method::Bayes(bayes_of(&header.trained, *settings, &tensors)?),
        (None, None) => return Err(ArtefactError::broken("its header lacks what its method keeps")),
    };
    Ok((header, method))
}

fn bayes_of(
    header: &TrainedHeader,
    settings: BayesSettings,
    tensors: &SafeTensors<'_>,
) -> Result<Bayes, ArtefactError> {
    let sources = header.pool.clone();
    let relative = numbers(tensors, "relative_latency", Dtype::F32, f32::from_le_bytes)?;
    let misfit = || ArtefactError::broken("its tensors do not fit its header");
    let sources = SourceTable::from_parts(header.space, sources, relative.clone()).ok_or_else(misfit)?;
    let BayesSettings { interval_factor, simulated_variance } = settings;
    let stored = Stored {
        relative,
        simulated_mean: numbers(tensors, "simulated_mean", Dtype::F32, f32::from_le_bytes)?,
        simulated_variance,
        training: numbers(tensors, "training", Dtype::U32, |bytes| u32::from_le_bytes(bytes) as usize)?,
        template_weights: numbers(tensors, "template_weights", Dtype::F32, f32::from_le_bytes)?,
        seed: header.seed,
        interval_factor,
    };
    Bayes::restore(sources, stored).ok_or_else(misfit)
}

fn read_header(text: &str) -> Result<FileHeader, ArtefactError> {
    let outline: Outline = serde_json::from_str(text).map_err(ArtefactError::broken)?;
    if outline.format_version > FORMAT_VERSION {
        return Err(ArtefactError::Newer { found: outline.format_version });
    }
    let TrainedOutline { space, method } = outline.trained;
    if space.parse::<tenshot_onnx_models::Space>().is_err() {
        return Err(ArtefactError::Unknown { found: space });
    }
    if method.parse::<crate::methods::MethodName>().is_err() {
        return Err(ArtefactError::Unknown { found: method });
    }
    serde_json::from_str(text).map_err(ArtefactError::broken)
}

fn bytes_of<T, const N: usize>(values: &[T], bytes: impl Fn(&T) -> [u8; N]) -> Vec<u8> {
    values.iter().flat_map(bytes).collect()
}

fn numbers<T, const N: usize>(
    tensors: &SafeTensors<'_>,
    name: &str,
    dtype: Dtype,
    number: impl Fn([u8; N]) -> T,
) -> Result<Vec<T>, ArtefactError> {
    let tensor = tensors.tensor(name).map_err(ArtefactError::broken)?;
    if tensor.dtype() != dtype {
        return Err(ArtefactError::broken(format!("tensor {name} is {:?}, not {dtype:?}", tensor.dtype())));
    }
    Ok(tensor.data().as_chunks::<N>().0.iter().map(|bytes| number(*bytes)).collect())
}
