//! Trained predictors.

use std::path::Path;
use std::sync::Arc;

use tenshot_onnx_models::{Architecture, Space};

use super::header::TRAINED_FORMAT_VERSION;
use super::methods::{anp, bayes, help, kind_of, layerwise};
use super::stored_method::{StoredMethod, TrainedParts};
use super::tensors::{StoredTensors, TensorFile};
use super::{ArtefactError, FileHeader, TrainedHeader, file};
use crate::baselines::Anp;
use crate::help::Help;
use crate::meta_training::TrainingSplit;
use crate::methods::TrainedMethod;
use crate::pool::{Pool, PoolDevice};
use crate::sources::SourceTable;
use crate::train_error::TrainError;

/// A trained predictor: what it learned from a pool, and where that came from. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Trained {
    header: Arc<TrainedHeader>,
    method: Arc<dyn StoredMethod>,
}

impl Trained {
    /// Trains `bayes` on some of a pool's devices. The same pool, devices and seed give the same
    /// predictor on any number of threads.
    ///
    /// # Errors
    /// No devices, or too few training architectures.
    pub fn train(pool: &Pool, devices: &[&PoolDevice], seed: u64) -> Result<Self, TrainError> {
        bayes::train(pool, devices, seed).map(Self::from)
    }

    /// A trained `help`, `meta-sgd` or `maml`, and the devices that it was trained on.
    pub fn of_help(help: Help, split: TrainingSplit<'_>) -> Self {
        help::parts(help, split).into()
    }

    /// A trained `anp`, and the devices that it was trained on.
    pub fn of_anp(anp: Anp, split: TrainingSplit<'_>) -> Self {
        anp::parts(anp, split).into()
    }

    /// `layerwise` for a space. It learns from no device: before a target is measured, it knows what
    /// every block computes, and nothing else.
    pub fn layerwise(space: Space) -> Self {
        layerwise::parts(space).into()
    }

    /// The same, its header telling how long training took.
    pub fn with_training_seconds(mut self, seconds: f64) -> Self {
        Arc::make_mut(&mut self.header).training_seconds = Some(seconds);
        self
    }

    /// Reads a file.
    ///
    /// # Errors
    /// A file that cannot be read, is broken or newer, or is of an adapted predictor.
    pub fn read(path: &Path) -> Result<Self, ArtefactError> {
        let bytes = std::fs::read(path).map_err(|source| ArtefactError::Read { path: path.into(), source })?;
        Self::from_bytes(&bytes).map_err(|source| ArtefactError::File { path: path.into(), source: Box::new(source) })
    }

    /// Reads the bytes of a file.
    ///
    /// # Errors
    /// Bytes that are broken, newer, or of an adapted predictor.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ArtefactError> {
        let (header, tensors) = file::from_bytes(bytes)?;
        if header.adaptation.is_some() {
            return Err(ArtefactError::AlreadyAdapted);
        }
        Self::from_parts(header.trained, &tensors)
    }

    /// Writes a file.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), ArtefactError> {
        let bytes = self.to_bytes()?;
        tenshot_kit::write_whole(path, &bytes).map_err(|source| ArtefactError::Write { path: path.into(), source })
    }

    /// The bytes of the file; the same for the same predictor.
    ///
    /// # Errors
    /// Numbers that a file cannot hold.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ArtefactError> {
        let header = FileHeader {
            format_version: TRAINED_FORMAT_VERSION,
            trained: TrainedHeader::clone(&self.header),
            adaptation: None,
        };
        let mut tensors = TensorFile::default();
        self.method.write(&mut tensors);
        file::to_bytes(&header, &tensors)
    }

    /// Where the predictor came from.
    pub fn header(&self) -> &TrainedHeader {
        &self.header
    }

    /// The space.
    pub fn space(&self) -> Space {
        self.header.space
    }

    /// The devices that it was trained on, with their predicted latencies, where the method keeps
    /// them.
    pub fn sources(&self) -> Option<&SourceTable> {
        self.method.sources()
    }

    /// The method.
    pub fn method(&self) -> &dyn TrainedMethod {
        &*self.method
    }

    pub(super) fn stored(&self) -> &dyn StoredMethod {
        &*self.method
    }

    pub(super) fn shared_header(&self) -> Arc<TrainedHeader> {
        Arc::clone(&self.header)
    }

    /// From the header and the tensors of a file.
    pub(super) fn from_parts(header: TrainedHeader, tensors: &StoredTensors<'_>) -> Result<Self, ArtefactError> {
        let method = (kind_of(header.method)?.read_trained)(&header, tensors)?;
        Ok(Self { header: Arc::new(header), method })
    }
}

/// `count` reference architectures whose measurements tell most of a new device, the most telling
/// first. No device but those of the pool has a say. A predictor that was trained for certain
/// references has those alone; `anp` and `layerwise`, which any will do for, have random ones.
pub fn design(trained: &Trained, count: usize, seed: u64) -> Vec<Architecture> {
    trained.method.design(count, seed)
}

impl From<TrainedParts> for Trained {
    fn from(TrainedParts { header, method }: TrainedParts) -> Self {
        Self { header: Arc::new(header), method }
    }
}
