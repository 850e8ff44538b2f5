//! Version 2 of the wire types: reads in pages, and campaigns that name a trained predictor.

mod campaign;
#[cfg(test)]
mod examples;
mod trained;

// What version 2 leaves as it was.
pub use crate::v1::{
    ArchitectureChoice, Backend, BoardFacts, CampaignAttempt, CampaignId, CampaignState, CampaignSummary,
    CertificateView, DeviceDetail, DeviceId, DeviceSummary, EmbeddingView, ErrorBody, ErrorCode, FailureKind, Limits,
    Measurement, MeasurementFailure, Metric, ModelHash, Outcome, PredictRequest, PredictResponse, PredictedLatency,
    PredictorId, PredictorSummary, Reason, Settings, Target, TargetProgress, TargetView, TaskId, TaskRole, TaskState,
    TaskView, Verdict,
};

/// The number of this version.
pub const VERSION: u32 = 2;

crate::wire_types! {
    "v2.txt":
    campaign: AttemptPage, CampaignProgress, CampaignSpec, TaskPage;
    trained: TrainedSummary;
}
