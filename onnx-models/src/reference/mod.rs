//! Reference sets: the architectures whose latencies describe a device.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::model::Model;
use crate::networks::BuildOptions;
use crate::spaces::{Architecture, ArchitectureError, SampleError, SearchSpace, Space};
use crate::with_space;

/// An ordered set of architectures. The order matters: a hardware embedding lists their
/// latencies in it.
///
/// In JSON: `{"space": "nasbench201", "name": "paper", "architectures": ["|none~0|+|…|", …]}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct ReferenceSet {
    /// The space of all of them.
    pub space: Space,
    /// How the set is called; free, but the same for the same architectures.
    pub name: String,
    /// The architectures.
    pub architectures: Vec<Architecture>,
}

impl ReferenceSet {
    /// The paper's ten, in the order of its published files.
    ///
    /// # Errors
    /// When the paper has none for the space.
    pub fn paper(space: Space) -> Result<Self, NoPaperSet> {
        let architectures = with_space!(space, S => {
            S::paper_references().map(|paper| paper.into_iter().map(Architecture::from).collect())
        });
        let architectures = architectures.ok_or(NoPaperSet { space })?;
        Ok(Self { space, name: "paper".into(), architectures })
    }

    /// `count` architectures drawn by [`Space::sample`].
    ///
    /// # Errors
    /// When the space has fewer than `count` architectures.
    pub fn random(space: Space, seed: u64, count: usize) -> Result<Self, SampleError> {
        Ok(Self { space, name: format!("random-{count}-{seed}"), architectures: space.sample(seed, count)? })
    }
}

/// The paper has no reference set for a space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "the paper has no reference set for space {space}: its latencies are of other architectures on every device; choose a random or a designed set"
)]
pub struct NoPaperSet {
    /// The space.
    pub space: Space,
}

/// A reference set with the models that boards run: what `tenshot models references` writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReferenceModels {
    /// The set.
    #[serde(flatten)]
    pub set: ReferenceSet,
    /// How the models are built.
    pub options: BuildOptions,
    /// The models, in the order of the architectures.
    pub models: Vec<ReferenceModel>,
}

/// One model of a reference set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReferenceModel {
    /// The SHA-256 of its file in lower hex, which is also the file's name before `.onnx`.
    pub sha256: String,
    /// Multiply-accumulates.
    pub macs: u64,
}

impl From<&Model> for ReferenceModel {
    fn from(model: &Model) -> Self {
        Self { sha256: model.sha256.clone(), macs: model.cost.macs }
    }
}

#[derive(Serialize, Deserialize)]
struct Written {
    space: Space,
    name: String,
    architectures: Vec<String>,
}

impl From<ReferenceSet> for Written {
    fn from(set: ReferenceSet) -> Self {
        let architectures = set.architectures.iter().map(ToString::to_string).collect();
        Self { space: set.space, name: set.name, architectures }
    }
}

impl TryFrom<Written> for ReferenceSet {
    type Error = ArchitectureError;

    fn try_from(written: Written) -> Result<Self, ArchitectureError> {
        let Written { space, name, architectures } = written;
        let architectures = architectures.iter().map(|text| space.parse(text)).collect::<Result<_, _>>()?;
        Ok(Self { space, name, architectures })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::spaces::nasbench201::{Cell, PAPER_INDICES};
    use crate::spaces::{fbnet, mobilenetv3};

    use super::*;

    #[test]
    fn the_papers_set_has_its_published_order() {
        let set = ReferenceSet::paper(Space::NasBench201).unwrap();
        let indices: Vec<_> = set.architectures.iter().filter_map(Architecture::as_cell).map(Cell::index).collect();
        assert_eq!(indices, PAPER_INDICES);
    }

    #[test]
    fn the_papers_sets_are_whole() {
        for (space, list) in
            [(Space::FbNet, fbnet::PAPER_REFERENCES), (Space::MobileNetV3, mobilenetv3::PAPER_REFERENCES)]
        {
            let lines: Vec<_> =
                ReferenceSet::paper(space).unwrap().architectures.iter().map(ToString::to_string).collect();
            assert_eq!(lines, list.lines().collect::<Vec<_>>());
            assert_eq!(lines.len(), 10);
        }
    }

    #[test]
    fn the_papers_sets_are_the_published_ones() {
        let Some(shared) = std::env::var_os("TENSHOT_SHARED") else {
            eprintln!("skipped: TENSHOT_SHARED is not set");
            return;
        };
        let folder = Path::new(&shared).join("data/help");
        let metainfo: Metainfo = pickle(&folder.join("fbnet/metainfo.pt"));
        let fbnet: Vec<_> = metainfo.arch.iter().map(|published| published.arch_str.join(",")).collect();
        let json = std::fs::read_to_string(folder.join("ofa/ofa_archs.json")).unwrap();
        let json: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
        let mobilenetv3 = json.iter().map(ToString::to_string).collect();
        for (space, name, list) in [(Space::FbNet, "fbnet", fbnet), (Space::MobileNetV3, "ofa", mobilenetv3)] {
            let indices: Vec<usize> = pickle(&folder.join(name).join("hardware_embedding_index.pt"));
            let published = indices.iter().map(|&index| space.parse(&list[index]).unwrap());
            assert_eq!(ReferenceSet::paper(space).unwrap().architectures, published.collect::<Vec<_>>());
        }
    }

    #[derive(Deserialize)]
    struct Metainfo {
        arch: Vec<Published>,
    }

    #[derive(Deserialize)]
    struct Published {
        arch_str: Vec<String>,
    }

    /// The value in a published `.pt` file.
    fn pickle<T: serde::de::DeserializeOwned>(path: &Path) -> T {
        let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
        let pickle = archive.by_name("archive/data.pkl").unwrap();
        serde_pickle::from_reader(pickle, serde_pickle::DeOptions::new()).unwrap()
    }

    #[test]
    fn a_set_is_written_and_read() {
        let set = ReferenceSet::random(Space::NasBench201, 3, 2).unwrap();
        let json = serde_json::to_string(&set).unwrap();
        insta::assert_snapshot!(json, @r#"{"space":"nasbench201","name":"random-2-3","architectures":["|none~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|avg_pool_3x3~0|nor_conv_3x3~1|none~2|","|none~0|+|nor_conv_3x3~0|nor_conv_1x1~1|+|none~0|nor_conv_1x1~1|none~2|"]}"#);
        assert_eq!(serde_json::from_str::<ReferenceSet>(&json).unwrap(), set);
    }

    #[test]
    fn a_set_may_be_written_by_index() {
        let json = r#"{"space": "nasbench201", "name": "mine", "architectures": ["9", "15625"]}"#;
        let error = serde_json::from_str::<ReferenceSet>(json).unwrap_err();
        insta::assert_snapshot!(error, @"cell index 15625 is out of range, expected 0 to 15624");
        let json = json.replace("15625", "55");
        assert_eq!(serde_json::from_str::<ReferenceSet>(&json).unwrap().architectures.len(), 2);
    }
}
