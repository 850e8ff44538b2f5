//! The published lists of architectures, in their three forms.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};
use tenshot_onnx_models::{Architecture, Space};

use super::{PublishedError, read_file, read_pickle};
use crate::pool::SourceFile;
use crate::pool::pickle::{self, WholeNumber};
use crate::spaces::ArchitectureList;

/// The architectures of a space in their published order, and the file that lists them.
pub(super) fn read(
    folder: &Path,
    list: ArchitectureList,
    space: Space,
) -> Result<(Vec<Architecture>, SourceFile), PublishedError> {
    match list {
        ArchitectureList::Places => by_place(space, &folder.join("str_arch2idx.pt")),
        ArchitectureList::Choices => by_choices(space, &folder.join("metainfo.pt")),
        ArchitectureList::Settings => by_settings(space, &folder.join("ofa_archs.pt")),
    }
}

fn parse(space: Space, text: &str, path: &Path) -> Result<Architecture, PublishedError> {
    space.parse(text).map_err(|source| PublishedError::Architecture { path: path.into(), source })
}

/// A map from cell to index.
fn by_place(space: Space, path: &Path) -> Result<(Vec<Architecture>, SourceFile), PublishedError> {
    let (indices, file): (HashMap<String, usize>, _) = read_pickle(path, "a map from architecture to index")?;
    let count = indices.len();
    let mut architectures = vec![None; count];
    for (text, index) in indices {
        let architecture = parse(space, &text, path)?;
        if let Some(slot) = architectures.get_mut(index) {
            *slot = Some(architecture);
        }
    }
    let numbering = || PublishedError::Numbering { path: path.into(), count };
    Ok((architectures.into_iter().collect::<Option<_>>().ok_or_else(numbering)?, file))
}

/// `{"arch": [{"op_idx_list": [7, 8, …], …}, …], …}`.
fn by_choices(space: Space, path: &Path) -> Result<(Vec<Architecture>, SourceFile), PublishedError> {
    #[derive(Deserialize)]
    struct Metainfo {
        arch: Vec<Listed>,
    }
    #[derive(Deserialize)]
    struct Listed {
        op_idx_list: Vec<u8>,
    }
    let (Metainfo { arch }, file) = read_pickle(path, "a map with a list `arch` of maps with an `op_idx_list`")?;
    let read = |one: Listed| parse(space, &format!("{:?}", one.op_idx_list), path);
    Ok((arch.into_iter().map(read).collect::<Result<_, _>>()?, file))
}

/// `{"arch": [{"ks": […], "e": […], "d": […], "r": 204}, …], …}`, where some numbers are numpy's.
/// Where that file is missing, the list as JSON beside it.
fn by_settings(space: Space, path: &Path) -> Result<(Vec<Architecture>, SourceFile), PublishedError> {
    #[derive(Deserialize)]
    struct Published {
        arch: Vec<BTreeMap<String, Setting>>,
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Setting {
        Each(Vec<WholeNumber>),
        All(WholeNumber),
    }
    let json = path.with_extension("json");
    if !path.exists() && json.exists() {
        return by_settings_json(space, &json);
    }
    let (bytes, file) = read_file(path)?;
    let Published { arch } = pickle::read_with_numpy(&bytes, "a map with a list `arch` of maps of whole numbers")
        .map_err(|source| PublishedError::Pickle { path: path.into(), source })?;
    let value = |setting| match setting {
        Setting::Each(numbers) => numbers.into_iter().map(|number| number.0).collect(),
        Setting::All(number) => Value::from(number.0),
    };
    let object = |one: BTreeMap<_, _>| one.into_iter().map(|(key, setting)| (key, value(setting))).collect();
    Ok((arch.into_iter().map(|one| parse_object(space, object(one), path)).collect::<Result<_, _>>()?, file))
}

/// `[{"ks": […], "e": […], "d": […], "r": 204}, …]`.
fn by_settings_json(space: Space, path: &Path) -> Result<(Vec<Architecture>, SourceFile), PublishedError> {
    let (bytes, file) = read_file(path)?;
    let listed: Vec<Map<String, Value>> =
        serde_json::from_slice(&bytes).map_err(|source| PublishedError::Json { path: path.into(), source })?;
    Ok((listed.into_iter().map(|one| parse_object(space, one, path)).collect::<Result<_, _>>()?, file))
}

fn parse_object(space: Space, object: Map<String, Value>, path: &Path) -> Result<Architecture, PublishedError> {
    parse(space, &Value::Object(object).to_string(), path)
}
