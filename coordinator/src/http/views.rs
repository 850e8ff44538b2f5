//! From the domain to the wire: the types that both versions of the protocol share.

use tenshot_onnx_models::Architecture;
use tenshot_predictor::{Certificate, Prediction};
use tenshot_protocol::v1;

use crate::domain::campaign::{ArchitectureChoice, CampaignState};
use crate::domain::device::{DeviceDetail, DeviceSummary, Embedding, TargetDetail};
use crate::domain::predictor::{Predicted, PredictorChoice, PredictorSummary};
use crate::domain::progress::{CampaignSummary, TargetProgress};
use crate::domain::task::{TaskProgress, TaskRole, TaskState};

/// All of a list.
pub(super) fn list<T, U>(values: Vec<T>, view: impl Fn(T) -> U) -> Vec<U> {
    values.into_iter().map(view).collect()
}

pub(super) fn campaign_state(state: CampaignState) -> v1::CampaignState {
    match state {
        CampaignState::Running => v1::CampaignState::Running,
        CampaignState::Complete => v1::CampaignState::Complete,
        CampaignState::Incomplete => v1::CampaignState::Incomplete,
        CampaignState::Cancelled => v1::CampaignState::Cancelled,
    }
}

pub(super) fn campaign_summary(summary: CampaignSummary) -> v1::CampaignSummary {
    let CampaignSummary { campaign, name, space, state, created, tasks, ended } = summary;
    let (state, created_at_unix_ms) = (campaign_state(state), created.as_u64());
    v1::CampaignSummary { campaign, name, space, state, created_at_unix_ms, tasks, ended }
}

pub(super) fn target_progress(progress: TargetProgress) -> v1::TargetProgress {
    let TargetProgress { target, tasks, ended, references_measured, references, predictor_version, problem } = progress;
    let target = target.into();
    v1::TargetProgress { target, tasks, ended, references_measured, references, predictor_version, problem }
}

pub(super) fn task(progress: TaskProgress) -> v1::TaskView {
    v1::TaskView {
        task: progress.task,
        target: progress.target.into(),
        architecture: progress.architecture,
        model_sha256: progress.model_sha256,
        role: match progress.role {
            TaskRole::Reference => v1::TaskRole::Reference,
            TaskRole::Probe => v1::TaskRole::Probe,
        },
        pass: progress.pass,
        state: match progress.state {
            TaskState::Waiting => v1::TaskState::Waiting,
            TaskState::Leased => v1::TaskState::Leased,
            TaskState::Trusted => v1::TaskState::Trusted,
            TaskState::Suspect => v1::TaskState::Suspect,
            TaskState::Failed => v1::TaskState::Failed,
            TaskState::Cancelled => v1::TaskState::Cancelled,
        },
        attempts: progress.attempts,
        latency_ms: progress.latency_ms,
        reasons: list(progress.reasons, Into::into),
        failure: progress.failure.map(Into::into),
    }
}

pub(super) fn device_summary(summary: DeviceSummary) -> v1::DeviceSummary {
    let DeviceSummary { device, name, agent_version, last_seen, online } = summary;
    v1::DeviceSummary { device, name, agent_version, last_seen_unix_ms: last_seen.as_u64(), online }
}

pub(super) fn device_detail(detail: DeviceDetail) -> v1::DeviceDetail {
    let DeviceDetail { summary, facts, backends, targets } = detail;
    v1::DeviceDetail {
        summary: device_summary(summary),
        facts: facts.map(Into::into),
        backends: list(backends, Into::into),
        targets: list(targets, |TargetDetail { target, embeddings, predictors }| v1::TargetView {
            target: target.into(),
            embeddings: list(embeddings, embedding),
            predictors: list(predictors, predictor),
        }),
    }
}

fn embedding(embedding: Embedding) -> v1::EmbeddingView {
    let Embedding { space, reference_set, architectures, latencies_ms, standardised, suspect, created } = embedding;
    let created_at_unix_ms = created.as_u64();
    v1::EmbeddingView { space, reference_set, architectures, latencies_ms, standardised, suspect, created_at_unix_ms }
}

fn certificate(certificate: &Certificate) -> v1::CertificateView {
    let Certificate { probes, mean_error_ms, mape, spearman, coverage_90, width_90: _ } = *certificate;
    v1::CertificateView { probes: probes as u64, spearman, mape, mean_error_ms, coverage_90 }
}

pub(super) fn predictor(summary: PredictorSummary) -> v1::PredictorSummary {
    v1::PredictorSummary {
        predictor: summary.predictor,
        target: summary.target.into(),
        space: summary.space,
        version: summary.version,
        method: summary.method,
        sha256: summary.sha256.to_string(),
        shots: summary.shots,
        suspect_shots: summary.suspect_shots,
        adapting_ms: summary.adapting_ms,
        created_at_unix_ms: summary.created.as_u64(),
        certificate: summary.certificate.as_ref().map(certificate),
    }
}

pub(super) fn predicted(predicted: Predicted) -> v1::PredictResponse {
    let latency = |(architecture, prediction): (Architecture, Prediction)| v1::PredictedLatency {
        architecture: architecture.to_string(),
        mean_ms: prediction.mean_ms,
        interval_90_ms: prediction.interval_ms.map(|interval| [interval.low, interval.high]),
    };
    v1::PredictResponse { predictor: predictor(predicted.predictor), predictions: list(predicted.predictions, latency) }
}

/// What a request asks, and of which version.
pub(super) fn predictor_choice(request: v1::PredictRequest) -> (PredictorChoice, Vec<String>) {
    let v1::PredictRequest {
        device,
        space,
        architectures,
        backend,
        execution_provider,
        threads,
        batch,
        metric,
        version,
    } = request;
    let metric = metric.map(Into::into);
    let choice = PredictorChoice { device, space, backend, execution_provider, threads, batch, metric, version };
    (choice, architectures)
}

pub(super) fn choice_of(choice: v1::ArchitectureChoice) -> ArchitectureChoice {
    match choice {
        v1::ArchitectureChoice::Paper => ArchitectureChoice::Paper,
        v1::ArchitectureChoice::Random { count, seed } => ArchitectureChoice::Random { count, seed },
        v1::ArchitectureChoice::Spread { count, seed } => ArchitectureChoice::Spread { count, seed },
        v1::ArchitectureChoice::Listed(listed) => ArchitectureChoice::Listed(listed),
    }
}

pub(super) fn choice(choice: ArchitectureChoice) -> v1::ArchitectureChoice {
    match choice {
        ArchitectureChoice::Paper => v1::ArchitectureChoice::Paper,
        ArchitectureChoice::Random { count, seed } => v1::ArchitectureChoice::Random { count, seed },
        ArchitectureChoice::Spread { count, seed } => v1::ArchitectureChoice::Spread { count, seed },
        ArchitectureChoice::Listed(listed) => v1::ArchitectureChoice::Listed(listed),
    }
}
