//! Training `help` on the devices of a pool.

use tenshot_onnx_models::{Architecture, with_space};

use super::learner::HelpLearner;
use super::method::{Help, HelpSettings};
use super::reference_latencies::reference_latencies;
use super::settings::Settings;
use super::training_pool::{TrainingDevice, TrainingPool};
use crate::meta_training::{AfterValidation, Outcome, TrainingSplit, Validation, encode_training, train};
use crate::network::Sizes;
use crate::pool::PoolDevice;
use crate::sources::{training_architectures, training_latencies};
use crate::spaces::{PredictorSpace, network_input};
use crate::train_error::TrainError;

impl Help {
    /// Trains to the end, for these references, in the order of the hardware embedding. Where the
    /// pool's devices share their architectures, all references must be in the pool. `progress` is
    /// told of every validation.
    ///
    /// # Errors
    /// A space without encoding, no devices, too few training architectures, references that are
    /// not in the pool, a device without hardware embedding, or training that diverges.
    pub fn train(
        split: TrainingSplit<'_>,
        references: &[Architecture],
        settings: Settings,
        progress: &dyn Fn(&Validation),
    ) -> Result<Self, TrainError> {
        Self::train_from(None, split, references, settings, &mut |validation, _| {
            progress(validation);
            Ok(())
        })
    }

    /// The same from a checkpoint where there is one. After every validation `after_validation` is
    /// given it, and a function that makes the bytes of a checkpoint.
    ///
    /// # Errors
    /// What [`Help::train`] refuses, a checkpoint of another training, or an error of
    /// `after_validation`.
    pub fn train_from(
        checkpoint: Option<&[u8]>,
        split: TrainingSplit<'_>,
        references: &[Architecture],
        settings: Settings,
        after_validation: &mut AfterValidation<'_>,
    ) -> Result<Self, TrainError> {
        let space = split.pool.space();
        let no_encoding = || TrainError::Space { space };
        let sizes = Sizes { references: references.len(), ..with_space!(space, S => S::NETWORK_SIZES) };
        let pool = training_pool(split, references)?;
        let learner = HelpLearner::new(sizes, settings, pool);
        let Outcome { parameters, curve } = train(&learner, &split.identity(references), checkpoint, after_validation)?;
        let kept = HelpSettings {
            training: settings,
            references: references.to_vec(),
            mean_embedding: learner.pool.mean_embedding(),
            validation: split.validation_names(),
            curve,
            z_samples: None,
        };
        Self::new(space, learner.model, parameters, kept).ok_or_else(no_encoding)
    }
}

/// What `help` sees of a split.
fn training_pool(split: TrainingSplit<'_>, references: &[Architecture]) -> Result<TrainingPool, TrainError> {
    let TrainingSplit { pool, devices, validation } = split;
    let encoded = network_input(pool.space(), references).ok_or(TrainError::Space { space: pool.space() })?;
    let all = training_devices(split, &[devices, validation].concat(), references)?;
    let (devices, validation) = all.split_at(devices.len());
    TrainingPool::new(encoded, devices, validation)
}

fn training_devices<'a>(
    split: TrainingSplit<'_>,
    devices: &[&'a PoolDevice],
    references: &[Architecture],
) -> Result<Vec<TrainingDevice<'a>>, TrainError> {
    let pool = split.pool;
    let encoded = encode_training(pool, devices).ok_or(TrainError::Space { space: pool.space() })?;
    let references_ms = reference_latencies(pool, devices, references)?;
    let device = |((device, encoded), references_ms): ((&&'a PoolDevice, _), _)| TrainingDevice {
        name: &device.name,
        encoded,
        latencies_ms: training_latencies(pool, device),
        is_reference: training_architectures(pool, device).iter().map(|one| references.contains(one)).collect(),
        references_ms,
    };
    Ok(devices.iter().zip(encoded).zip(references_ms).map(device).collect())
}
