//! Version 1 of the wire types: frozen.

mod api;
mod campaign;
mod convert;
mod dialogue;
mod error;
#[cfg(test)]
pub(crate) mod examples;
mod identity;
mod measurement;
mod settings;
mod verdict;

pub use tenshot_measurement::{
    AttemptNumber, CampaignId, DeviceId, Fence, ModelHash, PredictorId, Reading, SessionId, TaskId,
};

/// The number of this version.
pub const VERSION: u32 = 1;

crate::wire_types! {
    "v1.txt":
    api: CertificateView, DeviceDetail, DeviceSummary, EmbeddingView, PredictRequest, PredictResponse,
        PredictedLatency, PredictorSummary, TargetView;
    campaign: ArchitectureChoice, CampaignAttempt, CampaignProgress, CampaignSpec, CampaignState, CampaignSummary,
        TargetProgress, TaskRole, TaskState, TaskView;
    dialogue: Assignment, EnrolRequest, EnrolResponse, HeartbeatRequest, HeartbeatResponse, Holding, LeaseRequest,
        LeaseResponse, Outcome, ResultRequest, ResultResponse, ResultStatus;
    error: ErrorBody, ErrorCode;
    identity: BoardFacts, Metric, Target;
    measurement: Backend, Conditions, Environment, FailureKind, LatencyStatistics, Measurement, MeasurementFailure,
        Temperature, TimedScope;
    settings: Limits, Settings;
    verdict: Reason, Verdict;
}
