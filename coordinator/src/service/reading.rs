//! What readers ask: devices, predictors, predictions, files.

use rusqlite::Transaction;
use tenshot_onnx_models::{Architecture, Space};
use tenshot_predictor::Prediction;
use tenshot_predictor::embedding::hardware_embedding;
use tenshot_protocol::ModelHash;
use tenshot_protocol::v1::{
    DeviceDetail, DeviceSummary, EmbeddingView, PredictRequest, PredictResponse, PredictedLatency, PredictorId,
    PredictorSummary, TargetView,
};

use super::adaptation::parse_all;
use super::{Coordinator, ServiceError};
use crate::domain::UnixMillis;
use crate::domain::campaign::enrolled;
use crate::store::devices::DeviceRecord;
use crate::store::predictors::{EmbeddingRecord, Filter};
use crate::store::{devices, models, predictors, targets};

/// Heartbeats that may be lost before a device counts as offline.
const LOST_HEARTBEATS: u64 = 3;

impl Coordinator {
    /// All devices, by name.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn devices(&self, now: UnixMillis) -> Result<Vec<DeviceSummary>, ServiceError> {
        let records = self.store.read(|tx| devices::all(tx))?;
        Ok(records.iter().map(|record| self.device_summary(record, now)).collect())
    }

    /// A device with its targets.
    ///
    /// # Errors
    /// Where there is no such device, or the database fails.
    pub fn device(&self, name: &str, now: UnixMillis) -> Result<DeviceDetail, ServiceError> {
        self.store.read(|tx| {
            let record = known_device(tx, name)?;
            let targets = targets::of_device(tx, record.id)?
                .into_iter()
                .map(|(id, target)| {
                    let filter = Filter { target: Some(id), ..Filter::default() };
                    let embeddings = predictors::embeddings_of(tx, id)?.into_iter().map(embedding_view).collect();
                    Ok(TargetView { target, embeddings, predictors: predictors::find(tx, &filter)? })
                })
                .collect::<Result<_, ServiceError>>()?;
            let summary = self.device_summary(&record, now);
            Ok(DeviceDetail { summary, facts: record.facts, backends: record.backends, targets })
        })
    }

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

    /// The file of a predictor version.
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
        let hash: ModelHash =
            summary.sha256.parse().map_err(|_| crate::store::StoreError::Missing("predictor's hash"))?;
        Ok(self.predictors.get(&hash)?)
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

    /// Predicts latencies with the newest version that the request describes, or the one that it names.
    ///
    /// # Errors
    /// Where no version or more than one target fits, or an architecture is none.
    pub fn predict(&self, request: &PredictRequest) -> Result<PredictResponse, ServiceError> {
        let space: Space = request.space.parse()?;
        let architectures = parse_all(space, request.architectures.iter().map(String::as_str))?;
        let filter =
            Filter { device: Some(request.device.clone()), space: Some(request.space.clone()), ..Filter::default() };
        let fitting: Vec<_> = self.predictors(&filter)?.into_iter().filter(|found| fits(request, found)).collect();
        let Some(predictor) = fitting.first() else {
            return Err(ServiceError::NotFound(format!(
                "device `{}` has no such predictor for {}: run a campaign on it, or see `tenshot predictors list`",
                request.device, request.space
            )));
        };
        if let Some(other) = fitting.iter().find(|other| other.target != predictor.target) {
            return Err(ServiceError::Conflict(format!(
                "predictors of several targets fit, {} and {} among them: say backend, threads or batch",
                predictor.target, other.target
            )));
        }
        let predictions = self.adapted(predictor)?.predict(&architectures)?;
        let predictions = architectures.iter().zip(&predictions).map(predicted_latency).collect();
        Ok(PredictResponse { predictor: predictor.clone(), predictions })
    }

    fn device_summary(&self, record: &DeviceRecord, now: UnixMillis) -> DeviceSummary {
        let silence_ms = now.ms_since(record.last_seen);
        let patience_ms = self.timing.lease_wait_ms.max(LOST_HEARTBEATS.saturating_mul(self.timing.heartbeat_ms));
        DeviceSummary {
            device: record.id,
            name: record.name.clone(),
            agent_version: record.agent_version.clone(),
            last_seen_unix_ms: record.last_seen.on_the_wire(),
            online: record.agent_version.is_some() && silence_ms <= patience_ms,
        }
    }
}

/// A prediction as it goes over the wire.
#[must_use]
pub fn predicted_latency((architecture, prediction): (&Architecture, &Prediction)) -> PredictedLatency {
    PredictedLatency {
        architecture: architecture.to_string(),
        mean_ms: prediction.mean_ms,
        interval_90_ms: prediction.interval_ms.map(|interval| [interval.low, interval.high]),
    }
}

fn known_device(tx: &Transaction, name: &str) -> Result<DeviceRecord, ServiceError> {
    if let Some(record) = devices::by_name(tx, name)? {
        return Ok(record);
    }
    let all = devices::all(tx)?;
    Err(ServiceError::no_device(name, &enrolled(all.iter().map(|device| device.name.as_str()))))
}

fn fits(request: &PredictRequest, found: &PredictorSummary) -> bool {
    fn same<T: PartialEq>(wanted: Option<&T>, has: &T) -> bool {
        wanted.is_none_or(|wanted| wanted == has)
    }
    let target = &found.target;
    same(request.backend.as_ref(), &target.backend)
        && same(request.execution_provider.as_ref(), &target.execution_provider)
        && same(request.threads.as_ref(), &target.threads)
        && same(request.batch.as_ref(), &target.batch)
        && same(request.metric.as_ref(), &target.metric)
        && same(request.version.as_ref(), &found.version)
}

fn embedding_view(record: EmbeddingRecord) -> EmbeddingView {
    let latencies_ms: Vec<f64> = record.points.iter().map(|point| point.latency_ms).collect();
    EmbeddingView {
        space: record.space,
        reference_set: record.reference_set,
        architectures: record.points.iter().map(|point| point.architecture.clone()).collect(),
        standardised: hardware_embedding(&latencies_ms),
        latencies_ms,
        suspect: record.points.iter().map(crate::domain::embedding::Point::suspect).collect(),
        created_at_unix_ms: record.created.on_the_wire(),
    }
}
