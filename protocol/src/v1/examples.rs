//! Examples of the types of version 1, for their golden bytes.

use super::{
    ArchitectureChoice, Assignment, AttemptNumber, Backend, BoardFacts, CampaignAttempt, CampaignId, CampaignProgress,
    CampaignSpec, CampaignState, CampaignSummary, CertificateView, Conditions, DeviceDetail, DeviceId, DeviceSummary,
    EmbeddingView, EnrolRequest, EnrolResponse, Environment, ErrorBody, ErrorCode, FailureKind, Fence,
    HeartbeatRequest, HeartbeatResponse, Holding, LatencyStatistics, LeaseRequest, LeaseResponse, Limits, Measurement,
    MeasurementFailure, Metric, ModelHash, Outcome, PredictRequest, PredictResponse, PredictedLatency, PredictorId,
    PredictorSummary, Reading, Reason, ResultRequest, ResultResponse, ResultStatus, SessionId, Settings, Target,
    TargetProgress, TargetView, TaskId, TaskRole, TaskState, TaskView, Temperature, TimedScope, Verdict,
};
use crate::golden::Examples;

macro_rules! examples {
    ($($name:ty: $($example:expr),+;)+) => {
        $(impl Examples for $name {
            fn examples() -> Vec<Self> {
                vec![$($example),+]
            }
        })+
    };
}
pub(crate) use examples;

/// The first example of a type, as part of another's.
pub(crate) fn one<T: Examples>() -> T {
    all::<T>().remove(0)
}

fn all<T: Examples>() -> Vec<T> {
    T::examples()
}

fn session() -> SessionId {
    SessionId("5e55".into())
}

const SHA256: &[u8] = b"abc";

examples! {
    // What is measured.
    Backend: Backend { name: "tract".into(), version: "0.23.9".into(), execution_provider: "cpu".into() };
    BoardFacts: BoardFacts {
        cpu_model: Reading::Known("Cortex-A72".into()),
        board_model: Reading::Unknown,
        architecture: "aarch64".into(),
        operating_system: "Linux 6.1".into(),
        cpu_count: 4,
        memory_bytes: Reading::Known(4_000_000_000),
    };
    Temperature: Temperature { zone: "cpu-thermal".into(), millicelsius: -1_500 };
    Conditions: Conditions {
        governor: Reading::Known("performance".into()),
        frequency_khz: Reading::Known(vec![1_500_000, 1_800_000]),
        temperatures: Reading::Known(all()),
        throttle_count: Reading::Known(2),
        load_average: Reading::Known(0.25),
        memory_available_bytes: Reading::Known(1 << 30),
        battery_percent: Reading::Known(80),
    }, Conditions::default();
    Environment: Environment { before: one(), after: Conditions::default(), other_load: Reading::Known(0.1) };
    TimedScope: TimedScope::InferenceInMemory;
    LatencyStatistics: LatencyStatistics {
        trimmed_mean: 10.5, mean: 10.75, median: 10.25, mad: 0.125, cv: 0.01, min: 10.0, max: 12.0, p90: Some(11.0),
        ci95: [10.25, 10.625], trim_fraction: 0.1, trimmed_runs: 5,
    };
    Metric: Metric::Latency;
    Target: Target {
        device: "pi".into(), backend: "tract".into(), execution_provider: "cpu".into(), threads: 1, batch: 8,
        metric: one(),
    };
    Settings: Settings::default(), Settings {
        preset: "custom".into(), warm_up_min_runs: 1, warm_up_min_ms: 2, timed_min_runs: 3, timed_max_runs: 4,
        timed_min_ms: 5, timed_max_ms: 6, trim_fraction: 0.25,
    };
    Limits: Limits { time_ms: 600_000, memory_bytes: 1 << 31 };
    Reason:
        Reason::Drift { change: 0.25, bound: 0.05 },
        Reason::Spread { cv: 0.2, bound: 0.1 },
        Reason::TooFewSamples { samples: 9, needed: 10 },
        Reason::ClockCoarse { resolution_ns: 1_000, median_ns: 50_000 },
        Reason::FrequencyMoved { change: -0.5, bound: 0.1 },
        Reason::Throttled,
        Reason::Load { others: 1.5, bound: 0.33 },
        Reason::PassesDisagree { difference: 0.2, bound: 0.1 };
    Verdict: Verdict { trusted: false, reasons: all() }, Verdict { trusted: true, reasons: vec![] };
    Measurement: Measurement {
        model_sha256: ModelHash::of(SHA256),
        backend: one(),
        threads: 2,
        batch: 8,
        cpu_set: Some(vec![2, 3]),
        settings: one(),
        timed: one(),
        started_at_unix_ms: 1_700_000_000_000,
        load_ms: 20.5,
        cold_start_ms: 15.0,
        warmup_runs: 10,
        warmup_ms: 110.0,
        samples_ns: vec![10_000_000, 12_000_000],
        latency_ms: one(),
        clock_resolution_ns: 30,
        peak_memory_bytes: Reading::Known(50_000_000),
        environment: one(),
        verdict: one(),
    };
    FailureKind: FailureKind::ModelUnreadable, FailureKind::InputUnsupported, FailureKind::BackendError,
        FailureKind::Crashed, FailureKind::TimeLimit, FailureKind::MemoryLimit, FailureKind::Board;
    MeasurementFailure: MeasurementFailure { kind: FailureKind::TimeLimit, detail: "ended after 600 s".into() };
    Outcome: Outcome::Failed(one()), Outcome::Measured(Box::new(one()));

    // What agent and coordinator say to each other.
    EnrolRequest: EnrolRequest {
        name: "pi".into(), session: session(), agent_version: "0.1.0".into(), facts: one(), backends: all(),
    };
    EnrolResponse: EnrolResponse { device: DeviceId(1), heartbeat_ms: 5_000, lease_wait_ms: 25_000 };
    Holding: Holding { task: TaskId(7), attempt: AttemptNumber(1), fence: Fence(3) };
    HeartbeatRequest: HeartbeatRequest { session: session(), holding: Some(one()) },
        HeartbeatRequest { session: session(), holding: None };
    HeartbeatResponse: HeartbeatResponse { still_held: true };
    LeaseRequest: LeaseRequest { session: session() };
    Assignment: Assignment {
        holding: one(),
        expires_in_ms: 30_000,
        model_sha256: ModelHash::of(SHA256),
        model_bytes: 3,
        backend: "tract".into(),
        execution_provider: "cpu".into(),
        threads: 1,
        batch: 1,
        cpu_set: Some(vec![2, 3]),
        settings: one(),
        limits: one(),
    };
    LeaseResponse: LeaseResponse { assignment: None }, LeaseResponse { assignment: Some(one()) };
    ResultRequest: ResultRequest { holding: one(), outcome: one() };
    ResultStatus: ResultStatus::Accepted, ResultStatus::Duplicate, ResultStatus::Superseded;
    ResultResponse: ResultResponse { status: ResultStatus::Superseded };
    ErrorCode: ErrorCode::BadRequest, ErrorCode::Unauthorised, ErrorCode::Forbidden, ErrorCode::NotFound,
        ErrorCode::Conflict, ErrorCode::VersionMismatch, ErrorCode::Internal;
    ErrorBody: ErrorBody { code: ErrorCode::VersionMismatch, message: "upgrade the client".into() };

    // What operators and readers ask.
    ArchitectureChoice: ArchitectureChoice::Paper, ArchitectureChoice::Random { count: 10, seed: 1 },
        ArchitectureChoice::Spread { count: 20, seed: 0 }, ArchitectureChoice::Listed(vec!["9930".into()]);
    CampaignSpec: CampaignSpec {
        name: "first".into(),
        space: "nasbench201".into(),
        references: one(),
        probes: Some(ArchitectureChoice::Spread { count: 20, seed: 0 }),
        devices: vec!["pi".into()],
        batches: vec![1, 8],
        backend: "tract".into(),
        execution_provider: "cpu".into(),
        threads: 1,
        cpu_set: Some(vec![0]),
        settings: one(),
        limits: one(),
        passes: 2,
        attempts: 3,
        cool_down_ms: 5_000,
    };
    CampaignState: CampaignState::Running, CampaignState::Complete, CampaignState::Incomplete,
        CampaignState::Cancelled;
    TaskRole: TaskRole::Reference, TaskRole::Probe;
    TaskState: TaskState::Waiting, TaskState::Leased, TaskState::Trusted, TaskState::Suspect, TaskState::Failed,
        TaskState::Cancelled;
    CampaignSummary: CampaignSummary {
        campaign: CampaignId(1), name: "first".into(), space: "nasbench201".into(), state: one(),
        created_at_unix_ms: 5, tasks: 10, ended: 3,
    };
    TargetProgress: TargetProgress {
        target: one(), tasks: 10, ended: 3, references_measured: 3, references: 10, predictor_version: Some(1),
        problem: None,
    };
    TaskView: TaskView {
        task: TaskId(7), target: one(), architecture: "9930".into(), model_sha256: ModelHash::of(SHA256),
        role: one(), pass: 1, state: TaskState::Suspect, attempts: 3, latency_ms: Some(10.5),
        reasons: vec![Reason::Throttled], failure: Some(one()),
    };
    CampaignProgress: CampaignProgress { summary: one(), spec: one(), targets: all(), tasks_detail: all() };
    CampaignAttempt: CampaignAttempt { task: one(), received_at_unix_ms: 6, used: true, outcome: one() };
    DeviceSummary: DeviceSummary {
        device: DeviceId(1), name: "pi".into(), agent_version: Some("0.1.0".into()), last_seen_unix_ms: 7,
        online: true,
    };
    EmbeddingView: EmbeddingView {
        space: "nasbench201".into(), reference_set: "paper".into(), architectures: vec!["9930".into(), "431".into()],
        latencies_ms: vec![10.5, 4.5], standardised: Some(vec![1.0, 0.0]), suspect: vec![false, true],
        created_at_unix_ms: 8,
    };
    CertificateView: CertificateView {
        probes: 20, spearman: 0.99, mape: 0.05, mean_error_ms: 0.5, coverage_90: Some(0.9),
    };
    PredictorSummary: PredictorSummary {
        predictor: PredictorId(1), target: one(), space: "nasbench201".into(), version: 1, method: "bayes".into(),
        sha256: ModelHash::of(SHA256).to_string(), shots: 10, suspect_shots: 1, adapting_ms: 0.25,
        created_at_unix_ms: 9, certificate: Some(one()),
    };
    TargetView: TargetView { target: one(), embeddings: all(), predictors: all() };
    DeviceDetail: DeviceDetail { summary: one(), facts: Some(one()), backends: all(), targets: all() };
    PredictRequest: PredictRequest {
        device: "pi".into(), space: "nasbench201".into(), architectures: vec!["9930".into()],
        backend: Some("tract".into()), execution_provider: Some("cpu".into()), threads: Some(1), batch: Some(1),
        metric: Some(one()), version: Some(1),
    };
    PredictedLatency: PredictedLatency {
        architecture: "9930".into(), mean_ms: 1.5, interval_90_ms: Some([1.0, 2.0]),
    };
    PredictResponse: PredictResponse { predictor: one(), predictions: all() };
}
