//! Checkpoints of a training: it is taken up from one as if it had never stopped.

use safetensors::tensor::SafeTensors;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::learner::{Learner, Parameters};
use super::training::{State, Training};
use super::validation::Validation;
use crate::network::{Adam, CheckpointError, NamedTensor, read_tensor, tensor_file};

/// The entry of a file's metadata that has the header.
const HEADER: &str = "tenshot_training";
const FORMAT_VERSION: u32 = 1;
/// The prefix of the best parameters so far.
const BEST: &str = "best.";
const MOMENTS: [&str; 2] = ["first", "second"];

/// The version of a checkpoint's format.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct CheckpointVersion {
    format_version: u32,
}

/// What a checkpoint says of the training beside its tensors.
#[derive(Debug, Serialize, Deserialize)]
struct Header<S> {
    #[serde(flatten)]
    version: CheckpointVersion,
    settings: S,
    /// [`TrainingSplit::identity`](super::TrainingSplit::identity).
    #[serde(rename = "course")]
    split: serde_json::Value,
    episode: u32,
    sums: [f32; 2],
    curve: Vec<Validation>,
    best: Option<Validation>,
}

impl<'a, L: Learner> Training<'a, L> {
    /// The bytes of a checkpoint of training on this split.
    pub(crate) fn checkpoint(&self, split: &serde_json::Value) -> Result<Vec<u8>, CheckpointError> {
        let State { parameters, adam, episode, sums, curve, best } = &self.state;
        let header = Header {
            version: CheckpointVersion { format_version: FORMAT_VERSION },
            settings: self.learner.settings(),
            split: split.clone(),
            episode: *episode,
            sums: *sums,
            curve: curve.clone(),
            best: best.as_ref().map(|(validation, _)| *validation),
        };
        let mut tensors = self.learner.tensors(parameters, "");
        if let Some((_, best)) = best {
            tensors.extend(self.learner.tensors(best, BEST));
        }
        for (adam, group) in adam.iter().zip(self.learner.groups()) {
            for (name, moments) in moment_names(group.name).into_iter().zip([&adam.first, &adam.second]) {
                tensors.push(NamedTensor { name, shape: vec![moments.len()], values: moments });
            }
        }
        Ok(tensor_file(&tensors, (HEADER, serde_json::to_string(&header)?))?)
    }

    /// Takes training on this split up from a checkpoint: of the same settings and split, and no
    /// newer than this program.
    pub(crate) fn resume(learner: &'a L, split: &serde_json::Value, bytes: &[u8]) -> Result<Self, CheckpointError> {
        let header: Header<L::Settings> = read_header(bytes)?;
        if header.settings != *learner.settings() {
            return Err(CheckpointError::Foreign { what: "settings" });
        }
        if header.split != *split {
            return Err(CheckpointError::Foreign { what: "devices, latencies or references" });
        }
        let tensors = SafeTensors::deserialize(bytes)?;
        let parameters = learner.read(&tensors, "")?;
        let groups = learner.groups().iter().zip(parameters.groups());
        let adam = groups.map(|(group, values)| read_adam(&tensors, group.name, values.len()));
        let adam = adam.collect::<Result<_, _>>()?;
        let best = header.best.map(|validation| Ok::<_, CheckpointError>((validation, learner.read(&tensors, BEST)?)));
        let Header { episode, sums, curve, .. } = header;
        Ok(Self { learner, state: State { parameters, adam, episode, sums, curve, best: best.transpose()? } })
    }
}

/// The header of a checkpoint; a newer one is refused.
fn read_header<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CheckpointError> {
    let (_, metadata) = SafeTensors::read_metadata(bytes)?;
    let entries = metadata.metadata().as_ref();
    let text = entries.and_then(|entries| entries.get(HEADER)).ok_or(CheckpointError::NoHeader)?;
    let CheckpointVersion { format_version: found } = serde_json::from_str(text)?;
    if found > FORMAT_VERSION {
        return Err(CheckpointError::Newer { found, newest: FORMAT_VERSION });
    }
    Ok(serde_json::from_str(text)?)
}

/// Adam's moments of a group with so many parameters.
fn read_adam(tensors: &SafeTensors<'_>, group: &str, parameters: usize) -> Result<Adam, CheckpointError> {
    let [first, second] = moment_names(group).map(|name| read_tensor(tensors, name, &[parameters]));
    Ok(Adam { first: first?, second: second? })
}

fn moment_names(group: &str) -> [String; 2] {
    MOMENTS.map(|moment| format!("adam.{group}.{moment}"))
}
