//! What NAS jobs ask: predictor versions, their files, predictions; and models by hash.

use tenshot_measurement::{ModelHash, PredictorId};
use tenshot_onnx_models::Space;

use super::adaptation::parse_all;
use super::devices::known_device;
use super::{Coordinator, ServiceError};
use crate::domain::predictor::{Predicted, PredictorChoice, PredictorSummary};
use crate::store::models;
use crate::store::predictors::{self, Filter};

impl Coordinator {
    /// Predictor versions, newest first.
    ///
    /// # Errors
    /// Where the device is unknown, or the database fails.
    pub fn predictors(&self, filter: &Filter) -> Result<Vec<PredictorSummary>, ServiceError> {
        self.store.read(|tx| {
            if let Some(device) = &filter.device {
                known_device(tx, device)?;
            }
            Ok(predictors::find(tx, filter)?)
        })
    }

    /// The file of a predictor version, with its certificate where it has one.
    ///
    /// # Errors
    /// Where there is no such version, or its file cannot be read.
    pub fn predictor_file(&self, predictor: PredictorId) -> Result<Vec<u8>, ServiceError> {
        let filter = Filter { predictor: Some(predictor), ..Filter::default() };
        let found = self.store.read(|tx| predictors::find(tx, &filter))?;
        let summary = found.first().ok_or_else(|| {
            ServiceError::NotFound(format!(
                "there is no predictor {predictor}: `tenshot predictors list` shows those that there are"
            ))
        })?;
        Ok(self.predictors.get(&summary.sha256)?)
    }

    /// The file of a model.
    ///
    /// # Errors
    /// Where there is no such model, or its file cannot be read.
    pub fn model_file(&self, hash: &ModelHash) -> Result<Vec<u8>, ServiceError> {
        let known = self.store.read(|tx| models::bytes(tx, hash))?;
        known.ok_or_else(|| ServiceError::NotFound(format!("there is no model {hash}")))?;
        Ok(self.models.get(hash)?)
    }

    /// Predicts latencies with the newest version that the choice describes, or the one that it names.
    ///
    /// # Errors
    /// Where no version or more than one target fits, or an architecture is none.
    pub fn predict(&self, choice: &PredictorChoice, architectures: &[String]) -> Result<Predicted, ServiceError> {
        let space: Space = choice.space.parse()?;
        let architectures = parse_all(space, architectures.iter().map(String::as_str))?;
        let filter =
            Filter { device: Some(choice.device.clone()), space: Some(choice.space.clone()), ..Filter::default() };
        let mut fitting = self.predictors(&filter)?.into_iter().filter(|found| choice.fits(found));
        let Some(predictor) = fitting.next() else {
            return Err(ServiceError::NotFound(format!(
                "device `{}` has no such predictor for {}: run a campaign on it, or see `tenshot predictors list`",
                choice.device, choice.space
            )));
        };
        if let Some(other) = fitting.find(|other| other.target != predictor.target) {
            return Err(ServiceError::Conflict(format!(
                "predictors of several targets fit, {} and {} among them: say backend, threads or batch",
                predictor.target, other.target
            )));
        }
        let predictions = self.adapted(&predictor)?.predict(&architectures)?;
        Ok(Predicted { predictor, predictions: architectures.into_iter().zip(predictions).collect() })
    }
}
