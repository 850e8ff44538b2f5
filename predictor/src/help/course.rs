//! Training `help` on a pool.

use std::path::PathBuf;

use serde_json::json;
use tenshot_onnx_models::Space;

use super::checkpoint::CheckpointError;
use super::encode::{encode, sizes};
use super::method::{Help, HelpSettings};
use super::shape::Sizes;
use super::training::{Settings, Training, Validation};
use super::training_pool::{TrainingPool, TrainingPoolError};
use crate::pool::{Pool, PoolDevice, latency_hash};

/// Which architectures and devices of a pool train `help`.
#[derive(Debug, Clone, Copy)]
pub struct Course<'a> {
    /// The pool.
    pub pool: &'a Pool,
    /// Devices to train on.
    pub devices: &'a [&'a PoolDevice],
    /// Devices that choose the best of the trained; may be none.
    pub validation: &'a [&'a PoolDevice],
    /// Places of the references in the pool, in their order.
    pub references: &'a [usize],
}

/// Makes the bytes of a checkpoint.
pub type MakeCheckpoint<'a> = dyn Fn() -> Result<Vec<u8>, CheckpointError> + 'a;

/// Why `help` could not be trained.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum HelpError {
    #[error("space {space} has no encoding for `help` yet")]
    Space { space: Space },
    #[error(transparent)]
    Pool(#[from] TrainingPoolError),
    #[error("training could not be taken up")]
    Checkpoint(#[from] CheckpointError),
    #[error("the checkpoint {} could not be written", path.display())]
    Write { path: PathBuf, source: std::io::Error },
}

impl Course<'_> {
    /// What training sees of it.
    ///
    /// # Errors
    ///
    /// A space without encoding, no devices, or one without hardware embedding.
    fn training_pool(&self) -> Result<TrainingPool, HelpError> {
        let Self { pool, devices, validation, references } = *self;
        let space = pool.space();
        let encoded = encode(space, pool.architectures()).ok_or(HelpError::Space { space })?;
        let training = pool.ranges().training.clone();
        Ok(TrainingPool::new(&encoded, training, references, &latencies_of(devices), &latencies_of(validation))?)
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
    /// A pool that cannot be trained on, a checkpoint of another training, or an error of
    /// `checkpointed`.
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
            if training.curve().len() > seen {
                checkpointed(&training, &|| training.checkpoint(facts.clone()))?;
            }
        }
        Ok(self.finish(&training, &pool))
    }

    /// The method of a training.
    fn finish(&self, training: &Training, pool: &TrainingPool) -> Help {
        let architectures = self.pool.architectures();
        let settings = HelpSettings {
            training: training.settings,
            references: self.references.iter().map(|&one| architectures[one]).collect(),
            mean_embedding: pool.mean_embedding(),
            validation: self.validation.iter().map(|device| device.name.clone()).collect(),
            curve: training.curve().to_vec(),
        };
        Help::new(self.pool.space(), training.model().clone(), training.best().clone(), settings)
    }

    /// Whatever tells this course from another.
    fn facts(&self) -> serde_json::Value {
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

fn latencies_of<'a>(devices: &[&'a PoolDevice]) -> Vec<&'a [f64]> {
    devices.iter().map(|device| device.latencies_ms.as_slice()).collect()
}
