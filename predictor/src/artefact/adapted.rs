//! Adapted predictors.

use std::path::Path;
use std::sync::Arc;

use serde_json::Value;
use tenshot_onnx_models::{Architecture, Space};

use super::trained::Method;
use super::{
    Adaptation, ArtefactError, FORMAT_VERSION, FileHeader, ForeignArchitecture, Trained, TrainedHeader, tensors,
};
use crate::certificate::Certificate;
use crate::methods::{AdaptError, AdaptedMethod, TrainedMethod};
use crate::prediction::Prediction;
use crate::support::Support;

/// A predictor that knows a device, with the measurements that it knows it from.
#[derive(Debug, Clone)]
pub struct Adapted {
    trained: Trained,
    adaptation: Adaptation,
    method: Arc<dyn AdaptedMethod>,
}

impl Adapted {
    pub(super) fn new(trained: Trained, support: Support) -> Result<Self, AdaptError> {
        let (method, outliers): (Arc<dyn AdaptedMethod>, _) = match trained.stored() {
            Method::Bayes(bayes) => {
                let adapted = bayes.adapt_to(&support)?;
                let outliers = adapted.outliers().to_vec();
                (Arc::new(adapted), outliers)
            }
            Method::Help(help) => (Arc::new(help.adapt_to(&support)?), Vec::new()),
            Method::Anp(anp) => (Arc::from(anp.adapt(&support)?), Vec::new()),
        };
        let adaptation = Adaptation { device: None, facts: Value::Null, support, outliers, certificate: None };
        Ok(Self { trained, adaptation, method })
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
    ///
    /// A file that cannot be read, is broken or newer, or is of a predictor that is not adapted.
    pub fn read(path: &Path) -> Result<Self, ArtefactError> {
        let bytes = std::fs::read(path).map_err(|source| ArtefactError::Read { path: path.into(), source })?;
        Self::from_bytes(&bytes).map_err(|source| ArtefactError::File { path: path.into(), source: Box::new(source) })
    }

    /// Reads the bytes of a file.
    ///
    /// # Errors
    ///
    /// Bytes that are broken, newer, or of a predictor that is not adapted.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ArtefactError> {
        let (header, method) = tensors::from_bytes(bytes)?;
        let adaptation = header.adaptation.ok_or(ArtefactError::NotAdapted)?;
        let trained = Trained::from_parts(header.trained, method);
        let fresh = Self::new(trained, adaptation.support.clone()).map_err(ArtefactError::Adapt)?;
        Ok(Self { adaptation, ..fresh })
    }

    /// Writes a file.
    ///
    /// # Errors
    ///
    /// A file that cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), ArtefactError> {
        let bytes = self.to_bytes()?;
        tenshot_kit::write_whole(path, &bytes).map_err(|source| ArtefactError::Write { path: path.into(), source })
    }

    /// The bytes of the file; the same for the same predictor. It holds all that predicting needs.
    ///
    /// # Errors
    ///
    /// None that is known.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ArtefactError> {
        let header = FileHeader {
            format_version: FORMAT_VERSION,
            trained: self.trained.header().clone(),
            adaptation: Some(self.adaptation.clone()),
        };
        tensors::to_bytes(&header, self.trained.stored())
    }

    /// What the predictor was adapted to.
    pub fn header(&self) -> &Adaptation {
        &self.adaptation
    }

    /// Where the trained predictor came from.
    pub fn trained_header(&self) -> &TrainedHeader {
        self.trained.header()
    }

    /// The trained predictor.
    pub fn trained(&self) -> &Trained {
        &self.trained
    }

    /// The space.
    pub fn space(&self) -> Space {
        self.trained.space()
    }

    /// The measurements that it was adapted from.
    pub fn support(&self) -> &Support {
        &self.adaptation.support
    }

    /// Predicts mean and 90% interval of each architecture, in milliseconds.
    ///
    /// # Errors
    ///
    /// An architecture of another space.
    pub fn predict(&self, architectures: &[Architecture]) -> Result<Vec<Prediction>, ForeignArchitecture> {
        self.check(architectures)?;
        Ok(self.method.predict(architectures))
    }

    /// Predicts means alone, in milliseconds, which is far faster.
    ///
    /// # Errors
    ///
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
