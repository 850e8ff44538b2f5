//! From what the lab knows of one target of a campaign to its report; pure.

use std::collections::{HashMap, HashSet};

use tenshot_measurement::{BoardFacts, Measurement, Outcome, TaskId};
use tenshot_onnx_models::{Architecture, Space};
use tenshot_predictor::embedding::hardware_embedding;
use tenshot_predictor::{Adapted, Certificate, DeviceSimilarity, Prediction, device_similarities};

use super::{MeasuredModel, PoolDevice, ProbeResult, Progress, Report, ReportedPredictor, Scores, Seconds, Unmeasured};
use crate::domain::UnixMillis;
use crate::domain::attempts::Measured;
use crate::domain::campaign::CampaignState;
use crate::domain::embedding::Point;
use crate::domain::predictor::PredictorSummary;
use crate::domain::progress::{CampaignSummary, TargetProgress};
use crate::domain::task::{TaskProgress, TaskRole, TaskState};
use crate::service::ServiceError;

/// One attempt, with its samples.
#[derive(Debug)]
pub(super) struct ReportedAttempt {
    pub(super) task: TaskId,
    pub(super) received: UnixMillis,
    pub(super) used: bool,
    pub(super) outcome: Outcome,
}

/// The probes by latency, beside their predictions where there is a predictor, and how well these do.
#[derive(Debug, Default)]
struct Probes {
    probes: Vec<ProbeResult>,
    unpredicted: Vec<MeasuredModel>,
    scores: Option<Scores>,
}

/// All that the lab knows of one target of a campaign.
#[derive(Debug)]
pub(super) struct TargetOutcome<'a> {
    pub(super) campaign: &'a CampaignSummary,
    pub(super) progress: TargetProgress,
    pub(super) facts: Option<BoardFacts>,
    /// In the order of the campaign.
    pub(super) tasks: Vec<TaskProgress>,
    /// In the order of arrival.
    pub(super) attempts: Vec<ReportedAttempt>,
    pub(super) predictor: Option<(PredictorSummary, Adapted)>,
}

impl TargetOutcome<'_> {
    /// The report. Predictions come from the very predictor that a client would pull.
    ///
    /// # Errors
    /// Where an architecture or the predictor is not of the campaign's space.
    pub(super) fn report(self) -> Result<Report, ServiceError> {
        let references = self.models(TaskRole::Reference);
        let Probes { probes, unpredicted, scores } = self.probes()?;
        let latencies_ms: Vec<f64> = references.iter().map(|reference| reference.latency_ms).collect();
        let backend_version = self.measurements().next().map(|(_, m)| m.backend.version.clone());
        let predictor = self.predictor.as_ref();
        Ok(Report {
            embedding: hardware_embedding(&latencies_ms).unwrap_or_default(),
            seconds: self.seconds(),
            pool: predictor.map(|(_, adapted)| pool(adapted)).transpose()?.unwrap_or_default(),
            progress: self.progress(),
            predictor: predictor
                .map(|(summary, _)| ReportedPredictor { method: summary.method.clone(), version: summary.version }),
            backend_version: backend_version.unwrap_or_default(),
            references,
            probes,
            unpredicted,
            scores,
            space: self.campaign.space.clone(),
            target: self.progress.target,
            facts: self.facts,
        })
    }

    fn progress(&self) -> Progress {
        let TargetProgress { tasks, ended, references, ref problem, .. } = self.progress;
        let failed = self.tasks.iter().filter(|task| task.state == TaskState::Failed);
        let unmeasured = failed.map(|task| Unmeasured {
            role: task.role,
            architecture: task.architecture.clone(),
            why: task.failure.as_ref().map(ToString::to_string).unwrap_or_default(),
        });
        let state = self.campaign.state;
        // A reference that was cancelled is no riddle.
        let problem = problem.clone().filter(|_| state != CampaignState::Cancelled);
        Progress { state, tasks, ended, references, problem, unmeasured: unmeasured.collect() }
    }

    fn probes(&self) -> Result<Probes, ServiceError> {
        let mut measured = self.models(TaskRole::Probe);
        measured.sort_by(|a, b| a.latency_ms.total_cmp(&b.latency_ms));
        let Some((_, adapted)) = &self.predictor else {
            return Ok(Probes { unpredicted: measured, ..Probes::default() });
        };
        if measured.is_empty() {
            return Ok(Probes::default());
        }
        let space: Space = self.campaign.space.parse()?;
        let architectures: Vec<Architecture> =
            measured.iter().map(|model| space.parse(&model.architecture)).collect::<Result<_, _>>()?;
        let predictions = adapted.predict(&architectures)?;
        let measured_ms: Vec<f64> = measured.iter().map(|model| model.latency_ms).collect();
        let scores = scores(&Certificate::of(&predictions, &measured_ms)?);
        let result = |(measured, prediction): (MeasuredModel, Prediction)| ProbeResult {
            measured,
            predicted_ms: prediction.mean_ms,
            interval_90_ms: prediction.interval_ms.map(|interval| [interval.low, interval.high]),
        };
        let probes = measured.into_iter().zip(predictions).map(result).collect();
        Ok(Probes { probes, unpredicted: Vec::new(), scores: Some(scores) })
    }

    /// What was measured for this role, with the passes over one architecture joined, in the order of the campaign.
    fn models(&self, role: TaskRole) -> Vec<MeasuredModel> {
        let used: HashMap<TaskId, &Measurement> =
            self.attempts.iter().filter(|attempt| attempt.used).filter_map(|a| Some((a.task, measured(a)?))).collect();
        let mut passes: Vec<(&str, Vec<(&TaskProgress, &Measurement)>)> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for task in self.tasks.iter().filter(|task| task.role == role) {
            let Some(measurement) = used.get(&task.task) else { continue };
            let place = *places.entry(&task.architecture).or_insert(passes.len());
            match passes.get_mut(place) {
                Some((_, passes)) => passes.push((task, measurement)),
                None => passes.push((&task.architecture, vec![(task, measurement)])),
            }
        }
        passes.into_iter().filter_map(|(architecture, passes)| model(architecture, &passes)).collect()
    }

    fn measurements(&self) -> impl Iterator<Item = (&ReportedAttempt, &Measurement)> {
        self.attempts.iter().filter_map(|attempt| Some((attempt, measured(attempt)?)))
    }

    fn seconds(&self) -> Seconds {
        let references: HashSet<TaskId> =
            self.tasks.iter().filter(|task| task.role == TaskRole::Reference).map(|task| task.task).collect();
        let busy_ms = |which: &dyn Fn(&ReportedAttempt) -> bool| -> f64 {
            let chosen = self.measurements().filter(|(attempt, _)| which(attempt));
            chosen.map(|(_, measurement)| measurement.loading_and_inference_ms()).sum()
        };
        let used_count = self.measurements().filter(|(attempt, _)| attempt.used).count();
        let last = self.attempts.last().map_or(self.campaign.created, |attempt| attempt.received);
        Seconds {
            measuring_references: busy_ms(&|attempt| references.contains(&attempt.task)) / 1e3,
            measuring: busy_ms(&|_| true) / 1e3,
            adapting: self.predictor.as_ref().map(|(summary, _)| summary.adapting_ms / 1e3),
            overhead_share: self.overhead_share(),
            total: last.ms_since(self.campaign.created) as f64 / 1e3,
            for_900_samples: busy_ms(&|attempt| attempt.used) / 1e3 / used_count.max(1) as f64 * 900.0,
        }
    }

    /// What is neither loading nor inference, as a share of the time from one result to the next, over first
    /// attempts that follow a first attempt: neither repeats nor rests nor interruptions are in it.
    fn overhead_share(&self) -> f64 {
        let first_tries: HashSet<TaskId> =
            self.tasks.iter().filter(|task| task.attempts == 1).map(|task| task.task).collect();
        let first_try = |attempt: &ReportedAttempt| first_tries.contains(&attempt.task);
        let mut whole_ms = 0.0;
        let mut busy_ms = 0.0;
        for (earlier, later) in self.attempts.iter().zip(self.attempts.iter().skip(1)) {
            if let (true, true, Some(measurement)) = (first_try(earlier), first_try(later), measured(later)) {
                whole_ms += later.received.ms_since(earlier.received) as f64;
                busy_ms += measurement.loading_and_inference_ms();
            }
        }
        if whole_ms > 0.0 { ((whole_ms - busy_ms) / whole_ms).max(0.0) } else { 0.0 }
    }
}

fn measured(attempt: &ReportedAttempt) -> Option<&Measurement> {
    match &attempt.outcome {
        Outcome::Measured(measurement) => Some(measurement),
        Outcome::Failed(_) => None,
    }
}

/// The passes over one architecture as one model, joined as the embedding joins them.
fn model(architecture: &str, passes: &[(&TaskProgress, &Measurement)]) -> Option<MeasuredModel> {
    let of_rows: Vec<(i64, Measured)> = passes.iter().map(|(task, m)| (task.task.0, Measured::of(m))).collect();
    let point = Point::of_passes(architecture, &of_rows)?;
    let intervals = || passes.iter().map(|(_, measurement)| measurement.latency_ms.ci95);
    Some(MeasuredModel {
        architecture: architecture.to_owned(),
        latency_ms: point.latency_ms,
        ci95_ms: [
            intervals().map(|[low, _]| low).fold(f64::INFINITY, f64::min),
            intervals().map(|[_, high]| high).fold(f64::NEG_INFINITY, f64::max),
        ],
        samples_ns: passes.iter().flat_map(|(_, measurement)| measurement.samples_ns.iter().copied()).collect(),
        trimmed_runs: passes.iter().map(|(_, measurement)| measurement.latency_ms.trimmed_runs).sum(),
        attempts: passes.iter().map(|(task, _)| task.attempts).sum(),
        reasons: point.reasons.iter().map(ToString::to_string).collect(),
    })
}

fn scores(certificate: &Certificate) -> Scores {
    Scores {
        spearman: certificate.spearman,
        mape: certificate.mape,
        mean_error_ms: certificate.mean_error_ms,
        coverage_90: certificate.coverage_90,
    }
}

fn pool(adapted: &Adapted) -> Result<Vec<PoolDevice>, ServiceError> {
    let place = |device: DeviceSimilarity| PoolDevice {
        device: device.device,
        correlation: device.correlation,
        relative_latency: device.relative_latency,
    };
    let Some(sources) = adapted.sources() else { return Ok(Vec::new()) };
    let similarities = device_similarities(sources, adapted.support()).map_err(tenshot_predictor::Error::from)?;
    let mut pool: Vec<PoolDevice> = similarities.into_iter().map(place).collect();
    pool.sort_by(|a, b| b.correlation.total_cmp(&a.correlation));
    Ok(pool)
}
