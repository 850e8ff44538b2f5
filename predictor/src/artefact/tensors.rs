//! Between a predictor and the bytes of its file.

use safetensors::tensor::SafeTensors;
use serde::Deserialize;

use super::trained::Method;
use super::{ArtefactError, FORMAT_VERSION, FileHeader, TrainedHeader, bayes};
use crate::baselines::Anp;
use crate::help::Help;

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
    let text = || serde_json::to_string(header).map_err(ArtefactError::broken);
    match method {
        Method::Bayes(bayes) => bayes::to_bytes((HEADER, header), bayes),
        Method::Help(help) => help.to_file((HEADER, text()?)).map_err(ArtefactError::broken),
        Method::Anp(anp) => anp.to_file((HEADER, text()?)).map_err(ArtefactError::broken),
    }
}

/// The header and the trained method of a file.
pub(super) fn from_bytes(bytes: &[u8]) -> Result<(FileHeader, Method), ArtefactError> {
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(ArtefactError::broken)?;
    let header = metadata.metadata().as_ref().and_then(|entries| entries.get(HEADER));
    let header = read_header(header.ok_or_else(|| ArtefactError::broken("no predictor header"))?)?;
    let tensors = SafeTensors::deserialize(bytes).map_err(ArtefactError::broken)?;
    let TrainedHeader { space, bayes, help, anp, .. } = &header.trained;
    let method = match (bayes, help, anp) {
        (_, Some(settings), _) => {
            Method::Help(Help::restore(*space, settings, &tensors).map_err(ArtefactError::checkpoint)?)
        }
        (_, _, Some(facts)) => Method::Anp(Anp::restore(*space, facts, &tensors).map_err(ArtefactError::checkpoint)?),
        (Some(settings), ..) => Method::Bayes(bayes::from_tensors(&header.trained, *settings, &tensors)?),
        (None, None, None) => return Err(ArtefactError::broken("its header lacks what its method keeps")),
    };
    Ok((header, method))
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
