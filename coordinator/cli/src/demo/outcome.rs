//! What a campaign gave: gathered from the coordinator as any client would, and made into a report.

use std::time::Instant;

use tenshot_measurement::{BoardFacts, Measurement, Outcome as Measured};
use tenshot_onnx_models::{Architecture, Space};
use tenshot_predictor::{Adapted, Certificate, DeviceSimilarity, Prediction, device_similarities};
use tenshot_protocol::v2::{CampaignProgress, PredictorSummary, TaskRole, TaskView};

use crate::client::Client;
use crate::{Exit, Failure, FailureContext};
use tenshot_coordinator::domain::UnixMillis;
use tenshot_coordinator::report::{MeasuredModel, PoolDevice, ProbeResult, Report, Scores, Seconds};

/// What there is to tell.
pub(super) struct Outcome {
    predictor: PredictorSummary,
    facts: Option<BoardFacts>,
    attempts: Vec<Attempt>,
    /// The predictor's file.
    pub(super) predictor_file: Vec<u8>,
}

/// One attempt of the campaign with its samples.
struct Attempt {
    task: TaskView,
    received: UnixMillis,
    used: bool,
    outcome: Measured,
}

impl From<tenshot_protocol::v2::CampaignAttempt> for Attempt {
    fn from(attempt: tenshot_protocol::v2::CampaignAttempt) -> Self {
        Self {
            task: attempt.task,
            received: UnixMillis(i64::try_from(attempt.received_at_unix_ms).unwrap_or(i64::MAX)),
            used: attempt.used,
            outcome: attempt.outcome.into(),
        }
    }
}

impl Outcome {
    /// Gathers what a complete campaign on one target gave.
    pub(super) async fn gather(client: &Client, campaign: &CampaignProgress) -> Result<Self, Failure> {
        let target = campaign.targets.first().ok_or_else(|| Failure::unexpected("the campaign has no target"))?;
        let device = &target.target.device;
        let predictors = client.predictors(Some(device), Some(&campaign.summary.space)).await?;
        let predictor = predictors
            .into_iter()
            .find(|found| found.target == target.target && Some(found.version) == target.predictor_version)
            .ok_or_else(|| {
                Failure::unexpected("the campaign has ended without a predictor: see the coordinator's log")
            })?;
        Ok(Self {
            facts: client.device(device).await?.facts.map(Into::into),
            attempts: client.campaign_attempts(campaign.summary.campaign).await?.into_iter().map(Into::into).collect(),
            predictor_file: client.predictor_file(predictor.predictor).await?,
            predictor,
        })
    }

    /// The report. The predictions come from the very file that a client would pull.
    pub(super) fn report(&self, started: Instant) -> Result<Report, Failure> {
        let adapted = Adapted::from_bytes(&self.predictor_file).or_exit(Exit::Unexpected)?;
        let (mut probes, scores) = self.probes(&adapted)?;
        probes.sort_by(|a, b| a.measured.latency_ms.total_cmp(&b.measured.latency_ms));
        let references: Vec<MeasuredModel> =
            self.used(TaskRole::Reference).map(|(attempt, m)| model(attempt, m)).collect();
        let latencies_ms: Vec<f64> = references.iter().map(|reference| reference.latency_ms).collect();
        let backend_version = self.used(TaskRole::Reference).next().map(|(_, m)| m.backend.version.clone());
        Ok(Report {
            target: self.predictor.target.clone().into(),
            facts: self.facts.clone(),
            space: self.predictor.space.clone(),
            method: self.predictor.method.clone(),
            version: self.predictor.version,
            backend_version: backend_version.unwrap_or_default(),
            created_at_unix_ms: UnixMillis::now().as_u64(),
            embedding: tenshot_predictor::embedding::hardware_embedding(&latencies_ms).unwrap_or_default(),
            references,
            scores,
            probes,
            pool: pool(&adapted)?,
            seconds: self.seconds(started),
        })
    }

    /// The probes beside their predictions, and how well these do.
    fn probes(&self, adapted: &Adapted) -> Result<(Vec<ProbeResult>, Scores), Failure> {
        let space: Space = self.predictor.space.parse().or_exit(Exit::Unexpected)?;
        let measured: Vec<MeasuredModel> = self.used(TaskRole::Probe).map(|(attempt, m)| model(attempt, m)).collect();
        let parse = |model: &MeasuredModel| space.parse(&model.architecture).or_exit(Exit::Unexpected);
        let architectures: Vec<Architecture> = measured.iter().map(parse).collect::<Result<_, _>>()?;
        let predictions = adapted.predict(&architectures).or_exit(Exit::Unexpected)?;
        let measured_ms: Vec<f64> = measured.iter().map(|model| model.latency_ms).collect();
        let scores = scores(&Certificate::of(&predictions, &measured_ms).or_exit(Exit::Unexpected)?);
        let result = |(measured, prediction): (MeasuredModel, Prediction)| ProbeResult {
            measured,
            predicted_ms: prediction.mean_ms,
            interval_90_ms: prediction.interval_ms.map(|interval| [interval.low, interval.high]),
        };
        Ok((measured.into_iter().zip(predictions).map(result).collect(), scores))
    }

    /// The measurements that are used, in the order of the campaign.
    fn used(&self, role: TaskRole) -> impl Iterator<Item = (&Attempt, &Measurement)> {
        let mut used: Vec<_> =
            self.attempts.iter().filter(|attempt| attempt.used && attempt.task.role == role).collect();
        used.sort_by_key(|attempt| attempt.task.task);
        used.into_iter().filter_map(|attempt| Some((attempt, measured(attempt)?)))
    }

    fn seconds(&self, started: Instant) -> Seconds {
        let busy_ms = |attempts: &mut dyn Iterator<Item = &Attempt>| -> f64 {
            attempts.filter_map(measured).map(Measurement::loading_and_inference_ms).sum()
        };
        let of_references = |attempt: &&Attempt| attempt.task.role == TaskRole::Reference;
        let used_ms = busy_ms(&mut self.attempts.iter().filter(|attempt| attempt.used));
        let used_count = self.attempts.iter().filter(|attempt| attempt.used).count().max(1);
        Seconds {
            measuring_references: busy_ms(&mut self.attempts.iter().filter(of_references)) / 1e3,
            measuring: busy_ms(&mut self.attempts.iter()) / 1e3,
            adapting: self.predictor.adapting_ms / 1e3,
            overhead_share: overhead_share(&self.attempts),
            total: started.elapsed().as_secs_f64(),
            for_900_samples: used_ms / 1e3 / used_count as f64 * 900.0,
        }
    }
}

/// What is neither loading nor inference, as a share of the time from one result to the next, over first
/// attempts that follow a first attempt: neither repeats nor rests nor interruptions are in it.
fn overhead_share(attempts: &[Attempt]) -> f64 {
    let mut whole_ms = 0.0;
    let mut busy_ms = 0.0;
    for (earlier, later) in attempts.iter().zip(attempts.iter().skip(1)) {
        let first_tries = earlier.task.attempts == 1 && later.task.attempts == 1;
        if let (true, Some(measurement)) = (first_tries, measured(later)) {
            let gap_ms = later.received.ms_since(earlier.received);
            whole_ms += gap_ms as f64;
            busy_ms += measurement.loading_and_inference_ms();
        }
    }
    if whole_ms > 0.0 { ((whole_ms - busy_ms) / whole_ms).max(0.0) } else { 0.0 }
}

fn measured(attempt: &Attempt) -> Option<&Measurement> {
    match &attempt.outcome {
        Measured::Measured(measurement) => Some(measurement),
        Measured::Failed(_) => None,
    }
}

fn model(attempt: &Attempt, measurement: &Measurement) -> MeasuredModel {
    MeasuredModel {
        architecture: attempt.task.architecture.clone(),
        latency_ms: measurement.latency_ms.trimmed_mean,
        ci95_ms: measurement.latency_ms.ci95,
        samples_ns: measurement.samples_ns.clone(),
        trimmed_runs: measurement.latency_ms.trimmed_runs,
        attempts: attempt.task.attempts,
        reasons: measurement.verdict.reasons.iter().map(ToString::to_string).collect(),
    }
}

fn scores(certificate: &Certificate) -> Scores {
    Scores {
        spearman: certificate.spearman,
        mape: certificate.mape,
        mean_error_ms: certificate.mean_error_ms,
        coverage_90: certificate.coverage_90,
    }
}

fn pool(adapted: &Adapted) -> Result<Vec<PoolDevice>, Failure> {
    let place = |device: DeviceSimilarity| PoolDevice {
        device: device.device,
        correlation: device.correlation,
        relative_latency: device.relative_latency,
    };
    let Some(sources) = adapted.sources() else { return Ok(Vec::new()) };
    let similarities = device_similarities(sources, adapted.support()).or_exit(Exit::Unexpected)?;
    let mut pool: Vec<PoolDevice> = similarities.into_iter().map(place).collect();
    pool.sort_by(|a, b| b.correlation.total_cmp(&a.correlation));
    Ok(pool)
}
