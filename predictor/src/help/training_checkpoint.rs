//! Checkpoints of a training: it is taken up from one as if it had never stopped.

use safetensors::tensor::SafeTensors;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::model::Parameters;
use super::named_parameters::{named, parameters_of};
use super::training::{Settings, Training, Validation};
use crate::network::{Adam, CheckpointError, Sizes, file, read_tensor};

/// The entry of a file's metadata that has the header.
const HEADER: &str = "tenshot_training";
const FORMAT_VERSION: u32 = 1;

/// The version of a checkpoint's format.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct CheckpointVersion {
    format_version: u32,
}

impl CheckpointVersion {
    /// That which this program writes.
    pub(crate) const CURRENT: Self = Self { format_version: FORMAT_VERSION };
}

/// What a checkpoint says of the training beside its tensors.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    #[serde(flatten)]
    version: CheckpointVersion,
    settings: Settings,
    /// Whatever tells one pool from another.
    course: serde_json::Value,
    episode: u32,
    sums: [f32; 2],
    curve: Vec<Validation>,
    best: Option<Validation>,
}

/// The prefix of the best parameters so far.
const BEST: &str = "best.";
/// The names of Adam's moments, of the network, the rates and the modulator.
const MOMENTS: [[&str; 2]; 3] = [
    ["adam.network.first", "adam.network.second"],
    ["adam.rates.first", "adam.rates.second"],
    ["adam.modulator.first", "adam.modulator.second"],
];

impl Training {
    /// The bytes of a checkpoint. `course` is whatever tells this pool from another.
    ///
    /// # Errors
    ///
    /// None that is known.
    pub fn checkpoint(&self, course: serde_json::Value) -> Result<Vec<u8>, CheckpointError> {
        let header = Header {
            version: CheckpointVersion::CURRENT,
            settings: self.settings,
            course,
            episode: self.episode,
            sums: self.sums,
            curve: self.curve.clone(),
            best: self.best.as_ref().map(|(validation, _)| *validation),
        };
        let mut tensors = named(&self.model, &self.parameters, "");
        if let Some((_, best)) = &self.best {
            tensors.extend(named(&self.model, best, BEST));
        }
        for (adam, [first, second]) in self.adam.iter().zip(MOMENTS) {
            tensors.push((first.to_owned(), vec![adam.first.len()], &adam.first));
            tensors.push((second.to_owned(), vec![adam.second.len()], &adam.second));
        }
        Ok(file(&tensors, (HEADER, serde_json::to_string(&header)?))?)
    }

    /// Takes a training up from a checkpoint.
    ///
    /// # Errors
    ///
    /// A checkpoint that is broken or newer, or of other settings or another course.
    pub fn resume(
        bytes: &[u8],
        sizes: Sizes,
        settings: Settings,
        course: &serde_json::Value,
    ) -> Result<Self, CheckpointError> {
        let header: Header = read_header(bytes, HEADER)?;
        if header.settings != settings {
            return Err(CheckpointError::Foreign { what: "settings" });
        }
        if header.course != *course {
            return Err(CheckpointError::Foreign { what: "devices, latencies or references" });
        }
        let tensors = SafeTensors::deserialize(bytes)?;
        let mut training = Self::new(sizes, settings);
        training.parameters = parameters_of(&training.model, &tensors, "")?;
        for (adam, names) in training.adam.iter_mut().zip(MOMENTS) {
            *adam = read_adam(&tensors, names, adam.first.len())?;
        }
        let best = |validation: Validation| -> Result<(Validation, Parameters), CheckpointError> {
            Ok((validation, parameters_of(&training.model, &tensors, BEST)?))
        };
        training.best = header.best.map(best).transpose()?;
        training.episode = header.episode;
        training.sums = header.sums;
        training.curve = header.curve;
        Ok(training)
    }
}

/// The header of a checkpoint, the entry `key` of its metadata; a newer one is refused.
pub(crate) fn read_header<T: DeserializeOwned>(bytes: &[u8], key: &str) -> Result<T, CheckpointError> {
    let (_, metadata) = SafeTensors::read_metadata(bytes)?;
    let entries = metadata.metadata().as_ref();
    let text = entries.and_then(|entries| entries.get(key)).ok_or(CheckpointError::NoHeader)?;
    let CheckpointVersion { format_version: found } = serde_json::from_str(text)?;
    if found > FORMAT_VERSION {
        return Err(CheckpointError::Newer { found, newest: FORMAT_VERSION });
    }
    Ok(serde_json::from_str(text)?)
}

/// Adam's moments, of so many parameters.
pub(crate) fn read_adam(
    tensors: &SafeTensors<'_>,
    [first, second]: [&str; 2],
    parameters: usize,
) -> Result<Adam, CheckpointError> {
    let read = |name: &str| read_tensor(tensors, name.to_owned(), &[parameters]);
    Ok(Adam { first: read(first)?, second: read(second)? })
}
