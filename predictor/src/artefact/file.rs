//! Between a header with tensors and the bytes of a file.

use safetensors::tensor::SafeTensors;
use serde::Deserialize;

use super::tensors::{StoredTensors, TensorFile};
use super::{ArtefactError, FORMAT_VERSION, FileHeader};

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

/// The bytes of a file.
pub(super) fn to_bytes(header: &FileHeader, tensors: &TensorFile) -> Result<Vec<u8>, ArtefactError> {
    tensors.to_bytes(HEADER, serde_json::to_string(header).map_err(ArtefactError::broken)?)
}

/// The header and the tensors of a file.
pub(super) fn from_bytes(bytes: &[u8]) -> Result<(FileHeader, StoredTensors<'_>), ArtefactError> {
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(ArtefactError::broken)?;
    let header = metadata.metadata().as_ref().and_then(|entries| entries.get(HEADER));
    let header = read_header(header.ok_or_else(|| ArtefactError::broken("no predictor header"))?)?;
    let tensors = SafeTensors::deserialize(bytes).map_err(ArtefactError::broken)?;
    Ok((header, StoredTensors(tensors)))
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
