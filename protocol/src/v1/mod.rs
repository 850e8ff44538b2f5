//! Version 1 of the wire types.

mod api;
mod campaign;
mod dialogue;
mod error;
#[cfg(test)]
mod golden;
mod identity;
mod measurement;
mod settings;
mod verdict;

pub use api::{
    CertificateView, DeviceDetail, DeviceSummary, EmbeddingView, PredictRequest, PredictResponse, PredictedLatency,
    PredictorSummary, TargetView,
};
pub use campaign::{
    ArchitectureChoice, CampaignProgress, CampaignSpec, CampaignState, CampaignSummary, TargetProgress, TaskRole,
    TaskState, TaskView,
};
pub use dialogue::{
    Assignment, EnrolRequest, EnrolResponse, HeartbeatRequest, HeartbeatResponse, Holding, LeaseRequest, LeaseResponse,
    Outcome, ResultRequest, ResultResponse, ResultStatus,
};
pub use error::{ErrorBody, ErrorCode};
pub use identity::{
    AttemptNumber, BoardFacts, CampaignId, DeviceId, Fence, Metric, PredictorId, SessionId, Target, TaskId,
};
pub use measurement::{
    Backend, Conditions, Environment, FailureKind, LatencyStatistics, Measurement, MeasurementFailure, Temperature,
    TimedScope,
};
pub use settings::{Limits, Settings, SettingsError};
pub use verdict::{Reason, Verdict};
