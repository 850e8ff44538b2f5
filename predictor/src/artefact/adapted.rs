//! Adapted predictors.

use std::path::Path;
use std::sync::Arc;

use serde_json::Value;
use tenshot_onnx_models::{Architecture, Space};

use super::header::LAST_WITHOUT_POSTERIOR;
use super::methods::kind_of;
use super::stored_method::{StoredAdaptation, StoredAdapted};
use super::tensors::TensorFile;
use super::{
    Adaptation, ArtefactError, FORMAT_VERSION, FileHeader, ForeignArchitecture, PlainPredictor, Trained, TrainedHeader,
    file,
};
use crate::certificate::Certificate;
use crate::methods::AdaptError;
use crate::prediction::Prediction;
use crate::sources::SourceTable;
use crate::support::Support;

/// A predictor that knows a device, with the measurements that it knows it from. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Adapted {
    trained: Arc<TrainedHeader>,
    adaptation: Adaptation,
    method: Arc<dyn StoredAdapted>,
}

impl Trained {
    /// Adapts to the device that made these measurements.
    ///
    /// # Errors
    /// Measurements of another space, or that lack references which the predictor needs.
    pub fn adapt(&self, support: &Support) -> Result<Adapted, AdaptError> {
        Adapted::new(self, support.clone())
    }
}

impl Adapted {
    fn new(trained: &Trained, support: Support) -> Result<Self, AdaptError> {
        let method = trained.stored().adapt_stored(&support)?;
        let adaptation = Adaptation {
            device: None,
            facts: Value::Null,
            outliers: method.outliers().to_vec(),
            support,
            certificate: None,
            code_version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            posterior: Value::Null,
        };
        Ok(Self { trained: trained.shared_header(), adaptation, method })
    }

    /// The same, its header naming the device that it is for, with what is known of it.
    pub fn for_device(mut self, name: &str, facts: Value) -> Self {
        self.adaptation.device = Some(name.to_owned());
        self.adaptation.facts = facts;
        self
    }

    /// The same, its header telling what probes said of it.
    pub fn with_certificate(mut self, certificate: Certificate) -> Self {
        self.adaptation.certificate = Some(certificate);
        self
    }

    /// Reads a file.
    ///
    /// # Errors
    /// A file that cannot be read, is broken or newer, or is of a predictor that is not adapted.
    pub fn read(path: &Path) -> Result<Self, ArtefactError> {
        let bytes = std::fs::read(path).map_err(|source| ArtefactError::Read { path: path.into(), source })?;
        Self::from_bytes(&bytes).map_err(|source| ArtefactError::File { path: path.into(), source: Box::new(source) })
    }

    /// Reads the bytes of a file.
    ///
    /// # Errors
    /// Bytes that are broken, newer, or of a predictor that is not adapted.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ArtefactError> {
        let (FileHeader { format_version, trained, adaptation }, tensors) = file::from_bytes(bytes)?;
        let mut adaptation = adaptation.ok_or(ArtefactError::NotAdapted)?;
        if format_version <= LAST_WITHOUT_POSTERIOR {
            let trained = Trained::from_parts(trained, &tensors)?;
            let fitted = Self::new(&trained, adaptation.support.clone()).map_err(ArtefactError::Adapt)?;
            return Ok(Self { adaptation, ..fitted });
        }
        let stored = StoredAdaptation { trained: &trained, adaptation: &adaptation, tensors: &tensors };
        let method = (kind_of(trained.method)?.read_adapted)(&stored)?;
        adaptation.posterior = Value::Null;
        Ok(Self { trained: Arc::new(trained), adaptation, method })
    }

    /// Writes a file.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), ArtefactError> {
        let bytes = self.to_bytes()?;
        tenshot_kit::write_whole(path, &bytes).map_err(|source| ArtefactError::Write { path: path.into(), source })
    }

    /// The bytes of the file; the same for the same predictor. It holds all that predicting needs.
    ///
    /// # Errors
    /// Numbers that a file cannot hold.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ArtefactError> {
        let mut tensors = TensorFile::default();
        let posterior = self.method.write(&mut tensors)?;
        let header = FileHeader {
            format_version: FORMAT_VERSION,
            trained: TrainedHeader::clone(&self.trained),
            adaptation: Some(Adaptation { posterior, ..self.adaptation.clone() }),
        };
        file::to_bytes(&header, &tensors)
    }

    /// What the predictor was adapted to.
    pub fn header(&self) -> &Adaptation {
        &self.adaptation
    }

    /// Where the trained predictor came from.
    pub fn trained_header(&self) -> &TrainedHeader {
        &self.trained
    }

    /// The devices that it was trained on, with their predicted latencies, where the method keeps
    /// them.
    pub fn sources(&self) -> Option<&SourceTable> {
        self.method.sources()
    }

    /// What it predicts as a plain computation; `None` where it cannot be told so.
    pub(crate) fn plain(&self) -> Option<PlainPredictor<'_>> {
        self.method.plain()
    }

    /// The space.
    pub fn space(&self) -> Space {
        self.trained.space
    }

    /// The measurements that it was adapted from.
    pub fn support(&self) -> &Support {
        &self.adaptation.support
    }

    /// Predicts mean and 90% interval of each architecture, in milliseconds.
    ///
    /// # Errors
    /// An architecture of another space.
    pub fn predict(&self, architectures: &[Architecture]) -> Result<Vec<Prediction>, ForeignArchitecture> {
        self.check(architectures)?;
        Ok(self.method.predict(architectures))
    }

    /// Predicts means alone, in milliseconds, which is far faster.
    ///
    /// # Errors
    /// An architecture of another space.
    pub fn means_ms(&self, architectures: &[Architecture]) -> Result<Vec<f64>, ForeignArchitecture> {
        self.check(architectures)?;
        Ok(self.method.means_ms(architectures))
    }

    fn check(&self, architectures: &[Architecture]) -> Result<(), ForeignArchitecture> {
        let expected = self.space();
        match architectures.iter().find(|one| one.space() != expected) {
            None => Ok(()),
            Some(foreign) => {
                Err(ForeignArchitecture { architecture: foreign.to_string(), found: foreign.space(), expected })
            }
        }
    }
}
