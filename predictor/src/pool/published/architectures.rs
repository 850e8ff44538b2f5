//! The published lists of architectures, each space in its own form.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::Path;

use serde::Deserialize;
use tenshot_onnx_models::{Architecture, Space};

use super::{PublishedError, read_file, read_pickle};
use crate::pool::SourceFile;

/// The architectures of a space in their published order, and the file that lists them.
pub(super) fn read(folder: &Path, space: Space) -> Result<(Vec<Architecture>, SourceFile), PublishedError> {
    match space {
        Space::NasBench201 => cells(&folder.join("str_arch2idx.pt")),
        Space::FbNet => fbnet(&folder.join("metainfo.pt")),
        Space::MobileNetV3 => mobilenetv3(&folder.join("ofa_archs.json")),
        _ => Err(PublishedError::Space { space }),
    }
}

fn parse(space: Space, text: &str, path: &Path) -> Result<Architecture, PublishedError> {
    space.parse(text).map_err(|source| PublishedError::Architecture { path: path.into(), source })
}

/// A map from cell to index.
fn cells(path: &Path) -> Result<(Vec<Architecture>, SourceFile), PublishedError> {
    let (indices, file): (HashMap<String, usize>, _) = read_pickle(path, "a map from architecture to index")?;
    let count = indices.len();
    let mut architectures = vec![None; count];
    for (text, index) in indices {
        let architecture = parse(Space::NasBench201, &text, path)?;
        if let Some(slot) = architectures.get_mut(index) {
            *slot = Some(architecture);
        }
    }
    let numbering = || PublishedError::Numbering { path: path.into(), count };
    Ok((architectures.into_iter().collect::<Option<_>>().ok_or_else(numbering)?, file))
}

/// `{"arch": [{"op_idx_list": [7, 8, …], …}, …], …}`.
fn fbnet(path: &Path) -> Result<(Vec<Architecture>, SourceFile), PublishedError> {
    #[derive(Deserialize)]
    struct Metainfo {
        arch: Vec<Listed>,
    }
    #[derive(Deserialize)]
    struct Listed {
        op_idx_list: Vec<u8>,
    }
    let (Metainfo { arch }, file) = read_pickle(path, "a map with a list `arch` of maps with an `op_idx_list`")?;
    let read = |one: Listed| parse(Space::FbNet, &format!("{:?}", one.op_idx_list), path);
    Ok((arch.into_iter().map(read).collect::<Result<_, _>>()?, file))
}

/// `[{"ks": […], "e": […], "d": […], "r": 204}, …]`: what `ofa_archs.pt` holds as numpy numbers.
fn mobilenetv3(path: &Path) -> Result<(Vec<Architecture>, SourceFile), PublishedError> {
    let (bytes, file) = read_file(path).map_err(|error| match error {
        PublishedError::Read { path, source } if source.kind() == ErrorKind::NotFound && has_pickle(&path) => {
            PublishedError::NoJson { path }
        }
        other => other,
    })?;
    let listed: Vec<serde_json::Map<String, serde_json::Value>> =
        serde_json::from_slice(&bytes).map_err(|source| PublishedError::Json { path: path.into(), source })?;
    let read = |one| parse(Space::MobileNetV3, &serde_json::Value::Object(one).to_string(), path);
    Ok((listed.into_iter().map(read).collect::<Result<_, _>>()?, file))
}

fn has_pickle(json: &Path) -> bool {
    json.with_extension("pt").exists()
}
