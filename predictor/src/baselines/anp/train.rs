//! Training `anp` on the devices of a pool.

use tenshot_onnx_models::with_space;

use super::learner::{AnpLearner, MeasuredDevice};
use super::method::{Anp, AnpFacts};
use super::neural_process::NeuralProcess;
use super::settings::AnpSettings;
use crate::meta_training::{AfterValidation, Outcome, TrainingSplit, Validation, encode_training, train};
use crate::pool::PoolDevice;
use crate::sources::training_latencies;
use crate::spaces::PredictorSpace;
use crate::train_error::TrainError;

impl Anp {
    /// Trains to the end. `progress` is told of every validation.
    ///
    /// # Errors
    /// A space without encoding, no devices, too few training architectures, or training that
    /// diverges.
    pub fn train(
        split: TrainingSplit<'_>,
        settings: AnpSettings,
        progress: &dyn Fn(&Validation),
    ) -> Result<Self, TrainError> {
        Self::train_from(None, split, settings, &mut |validation, _| {
            progress(validation);
            Ok(())
        })
    }

    /// The same from a checkpoint where there is one. After every validation `after_validation` is
    /// given it, and a function that makes the bytes of a checkpoint.
    ///
    /// # Errors
    /// What [`Anp::train`] refuses, a checkpoint of another training, or an error of
    /// `after_validation`.
    pub fn train_from(
        checkpoint: Option<&[u8]>,
        split: TrainingSplit<'_>,
        settings: AnpSettings,
        after_validation: &mut AfterValidation<'_>,
    ) -> Result<Self, TrainError> {
        let learner = learner(split, settings)?;
        let Outcome { parameters, curve } = train(&learner, &split.identity(&[]), checkpoint, after_validation)?;
        let facts = AnpFacts { training: settings, validation: split.validation_names(), curve };
        Ok(Self::new(split.pool.space(), learner.network, parameters, facts))
    }
}

fn learner(split: TrainingSplit<'_>, settings: AnpSettings) -> Result<AnpLearner<'_>, TrainError> {
    let TrainingSplit { pool, devices, validation } = split;
    let no_encoding = || TrainError::Space { space: pool.space() };
    let network = NeuralProcess::new(with_space!(pool.space(), S => S::NETWORK_SIZES));
    let (found, shots) = (pool.ranges().training.len(), settings.shots);
    if found <= shots {
        return Err(TrainError::TooFew { found, fewest: shots + 1 });
    }
    if devices.is_empty() {
        return Err(TrainError::NoDevices);
    }
    let measured = |devices| measured(split, devices).ok_or_else(no_encoding);
    Ok(AnpLearner { network, settings, devices: measured(devices)?, validation: measured(validation)? })
}

/// What devices of the pool measured; `None` where the space has no encoding yet.
fn measured<'a>(split: TrainingSplit<'_>, devices: &[&'a PoolDevice]) -> Option<Vec<MeasuredDevice<'a>>> {
    let encoded = encode_training(split.pool, devices)?.into_iter();
    let latencies_ms = devices.iter().map(|device| training_latencies(split.pool, device));
    let device = |(encoded, latencies_ms)| MeasuredDevice { encoded, latencies_ms };
    Some(encoded.zip(latencies_ms).map(device).collect())
}
