//! Training `help` on a pool.

use std::path::PathBuf;

use serde_json::json;
use tenshot_onnx_models::{Architecture, Space};

use super::method::{Help, HelpSettings};
use super::reference_latencies::reference_latencies;
use super::training::{Settings, Training, Validation};
use super::training_pool::{TrainingDevice, TrainingPool, TrainingPoolError};
use crate::meta_training::encode_training;
use crate::network::{CheckpointError, Sizes, encode, sizes};
use crate::pool::{Pool, PoolDevice, latency_hash};
use crate::sources::{TrainError, training_architectures, training_latencies};

/// Which architectures and devices of a pool train `help`.
#[derive(Debug, Clone, Copy)]
pub struct Course<'a> {
    /// The pool.
    pub pool: &'a Pool,
    /// Devices to train on.
    pub devices: &'a [&'a PoolDevice],
    /// Devices that choose the best of the trained; may be none.
    pub validation: &'a [&'a PoolDevice],
    /// The references, in the order of the hardware embedding. Where the pool's devices share their
    /// architectures, all of them must be in the pool.
    pub references: &'a [Architecture],
}

/// Makes the bytes of a checkpoint.
pub type MakeCheckpoint<'a> = dyn Fn() -> Result<Vec<u8>, CheckpointError> + 'a;

/// Why `help` could not be trained.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum HelpError {
    #[error("space {space} has no encoding for `help` yet")]
    Space { space: Space },
    #[error("the pool has no latencies of the reference {architecture}")]
    NoReference { architecture: String },
    #[error(transparent)]
    Pool(#[from] TrainingPoolError),
    #[error("the references' latencies could not be predicted")]
    Sources(#[from] TrainError),
    #[error("training could not be taken up")]
    Checkpoint(#[from] CheckpointError),
    #[error("training diverged by episode {episode}; check that the references' latencies differ on every device")]
    Diverged { episode: u32 },
    #[error("the checkpoint {} could not be written", path.display())]
    Write { path: PathBuf, source: std::io::Error },
}

impl Course<'_> {
    /// What training sees of it.
    ///
    /// # Errors
    ///
    /// A space without encoding, no devices, references that are not in the pool, or a device
    /// without hardware embedding.
    fn training_pool(&self) -> Result<TrainingPool, HelpError> {
        let Self { pool, devices, validation, references } = *self;
        let space = HelpError::Space { space: pool.space() };
        let encoded = encode(pool.space(), references).ok_or(space)?;
        let all = [devices, validation].concat();
        let all = self.training_devices(&all)?;
        let (devices, validation) = all.split_at(devices.len());
        Ok(TrainingPool::new(encoded, devices, validation)?)
    }

    fn training_devices<'b>(&self, devices: &[&'b PoolDevice]) -> Result<Vec<TrainingDevice<'b>>, HelpError> {
        let pool = self.pool;
        let encoded = encode_training(pool, devices).ok_or(HelpError::Space { space: pool.space() })?;
        let references_ms = reference_latencies(pool, devices, self.references)?;
        let device = |((device, encoded), references_ms): ((&&'b PoolDevice, _), _)| TrainingDevice {
            name: &device.name,
            encoded,
            latencies_ms: training_latencies(pool, device),
            is_reference: training_architectures(pool, device)
                .iter()
                .map(|one| self.references.contains(one))
                .collect(),
            references_ms,
        };
        Ok(devices.iter().zip(encoded).zip(references_ms).map(device).collect())
    }

    /// Trains to the end; `progress` is told of every validation.
    ///
    /// # Errors
    ///
    /// A pool that cannot be trained on with these settings.
    pub fn train(&self, settings: Settings, progress: &dyn Fn(&Validation)) -> Result<Help, HelpError> {
        self.train_from(None, settings, &mut |training, _| {
            training.curve().last().into_iter().for_each(progress);
            Ok(())
        })
    }

    /// Trains to the end, from a checkpoint where there is one. After every validation
    /// `checkpointed` is given the training and a function that makes the bytes of a checkpoint.
    ///
    /// # Errors
    ///
    /// A pool that cannot be trained on, a checkpoint of another training, training that diverges,
    /// or an error of `checkpointed`.
    pub fn train_from(
        &self,
        checkpoint: Option<&[u8]>,
        settings: Settings,
        checkpointed: &mut dyn FnMut(&Training, &MakeCheckpoint<'_>) -> Result<(), HelpError>,
    ) -> Result<Help, HelpError> {
        let space = self.pool.space();
        let sizes = sizes(space).ok_or(HelpError::Space { space })?;
        let sizes = Sizes { references: self.references.len(), ..sizes };
        let pool = self.training_pool()?;
        let facts = self.facts();
        let mut training = match checkpoint {
            Some(bytes) => Training::resume(bytes, sizes, settings, &facts)?,
            None => Training::new(sizes, settings),
        };
        while !training.is_done() {
            let seen = training.curve().len();
            training.step(&pool);
            if let Some(last) = training.curve().get(seen) {
                if last.has_diverged() {
                    return Err(HelpError::Diverged { episode: last.episode });
                }
                checkpointed(&training, &|| training.checkpoint(facts.clone()))?;
            }
        }
        self.finish(&training, &pool).ok_or(HelpError::Space { space })
    }

    /// The method of a training.
    fn finish(&self, training: &Training, pool: &TrainingPool) -> Option<Help> {
        let settings = HelpSettings {
            training: training.settings,
            references: self.references.to_vec(),
            mean_embedding: pool.mean_embedding(),
            validation: self.validation.iter().map(|device| device.name.clone()).collect(),
            curve: training.curve().to_vec(),
            z_samples: None,
        };
        Help::new(self.pool.space(), training.model().clone(), training.best().clone(), settings)
    }

    /// Whatever tells this course from another.
    pub(crate) fn facts(&self) -> serde_json::Value {
        let hashes = |devices: &[&PoolDevice]| -> Vec<(String, String)> {
            devices.iter().map(|device| (device.name.clone(), latency_hash(&device.latencies_ms))).collect()
        };
        let Self { pool, devices, validation, references } = self;
        json!({
            "space": pool.space(),
            "training": pool.ranges().training,
            "references": references,
            "devices": hashes(devices),
            "validation": hashes(validation),
        })
    }
}
