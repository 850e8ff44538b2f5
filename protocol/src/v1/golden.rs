//! Golden bytes: what version 1 is on the wire. A change that fails here needs a new version.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{
    Assignment, AttemptNumber, Backend, BoardFacts, CampaignId, CampaignState, CampaignSummary, DeviceId, EnrolRequest,
    EnrolResponse, ErrorBody, ErrorCode, FailureKind, Fence, HeartbeatRequest, HeartbeatResponse, Holding,
    LeaseRequest, LeaseResponse, Limits, MeasurementFailure, Metric, Outcome, PredictedLatency, Reason, ResultRequest,
    ResultResponse, ResultStatus, SessionId, Settings, Target, TaskId, Verdict,
};
use crate::{ModelHash, Reading};

/// The value is these bytes, and these bytes are the value.
#[track_caller]
fn golden<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T, bytes: &str) {
    assert_eq!(serde_json::to_string(value).unwrap(), bytes);
    assert_eq!(&serde_json::from_str::<T>(bytes).unwrap(), value);
}

fn holding() -> Holding {
    Holding { task: TaskId(7), attempt: AttemptNumber(1), fence: Fence(3) }
}

fn session() -> SessionId {
    SessionId("5e55".into())
}

#[test]
fn enrolment() {
    golden(
        &EnrolRequest {
            name: "pi".into(),
            session: session(),
            agent_version: "0.1.0".into(),
            facts: BoardFacts {
                cpu_model: Reading::Known("Cortex-A72".into()),
                board_model: Reading::Unknown,
                architecture: "aarch64".into(),
                operating_system: "Linux 6.1".into(),
                cpu_count: 4,
                memory_bytes: Reading::Known(4_000_000_000),
            },
            backends: vec![Backend {
                name: "tract".into(),
                version: "0.23.9".into(),
                execution_provider: "cpu".into(),
            }],
        },
        concat!(
            r#"{"name":"pi","session":"5e55","agent_version":"0.1.0","#,
            r#""facts":{"cpu_model":"Cortex-A72","board_model":"unknown","architecture":"aarch64","#,
            r#""operating_system":"Linux 6.1","cpu_count":4,"memory_bytes":4000000000},"#,
            r#""backends":[{"name":"tract","version":"0.23.9","execution_provider":"cpu"}]}"#
        ),
    );
    golden(
        &EnrolResponse { device: DeviceId(1), heartbeat_ms: 5000, lease_wait_ms: 25000 },
        r#"{"device":1,"heartbeat_ms":5000,"lease_wait_ms":25000}"#,
    );
}

#[test]
fn heartbeat() {
    golden(
        &HeartbeatRequest { session: session(), holding: Some(holding()) },
        r#"{"session":"5e55","holding":{"task":7,"attempt":1,"fence":3}}"#,
    );
    golden(&HeartbeatRequest { session: session(), holding: None }, r#"{"session":"5e55","holding":null}"#);
    golden(&HeartbeatResponse { still_held: true }, r#"{"still_held":true}"#);
}

#[test]
fn lease() {
    golden(&LeaseRequest { session: session() }, r#"{"session":"5e55"}"#);
    golden(&LeaseResponse { assignment: None }, r#"{"assignment":null}"#);
    golden(
        &Assignment {
            holding: holding(),
            expires_in_ms: 30000,
            model_sha256: ModelHash::of(b"abc"),
            model_bytes: 3,
            backend: "tract".into(),
            execution_provider: "cpu".into(),
            threads: 1,
            batch: 1,
            cpu_set: Some(vec![2, 3]),
            settings: Settings::help(),
            limits: Limits { time_ms: 600_000, memory_bytes: 1 << 31 },
        },
        concat!(
            r#"{"task":7,"attempt":1,"fence":3,"expires_in_ms":30000,"#,
            r#""model_sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","model_bytes":3,"#,
            r#""backend":"tract","execution_provider":"cpu","threads":1,"batch":1,"cpu_set":[2,3],"#,
            r#""settings":{"preset":"help","warm_up_min_runs":10,"warm_up_min_ms":0,"timed_min_runs":50,"#,
            r#""timed_max_runs":50,"timed_min_ms":0,"timed_max_ms":4294967295,"trim_fraction":0.1},"#,
            r#""limits":{"time_ms":600000,"memory_bytes":2147483648}}"#
        ),
    );
}

#[test]
fn result() {
    let failure = MeasurementFailure { kind: FailureKind::TimeLimit, detail: "ended after 600 s".into() };
    golden(
        &ResultRequest { holding: holding(), outcome: Outcome::Failed(failure) },
        concat!(
            r#"{"task":7,"attempt":1,"fence":3,"#,
            r#""outcome":{"failed":{"kind":"time_limit","detail":"ended after 600 s"}}}"#
        ),
    );
    golden(&ResultResponse { status: ResultStatus::Superseded }, r#"{"status":"superseded"}"#);
}

#[test]
fn verdict() {
    golden(
        &Verdict::from(vec![Reason::Drift { change: 0.25, bound: 0.05 }, Reason::Throttled]),
        r#"{"trusted":false,"reasons":[{"rule":"drift","change":0.25,"bound":0.05},{"rule":"throttled"}]}"#,
    );
    golden(&Verdict::from(vec![]), r#"{"trusted":true,"reasons":[]}"#);
}

#[test]
fn views() {
    golden(
        &ErrorBody { code: ErrorCode::VersionMismatch, message: "upgrade the client".into() },
        r#"{"code":"version_mismatch","message":"upgrade the client"}"#,
    );
    golden(
        &Target {
            device: "pi".into(),
            backend: "tract".into(),
            execution_provider: "cpu".into(),
            threads: 1,
            batch: 8,
            metric: Metric::Latency,
        },
        r#"{"device":"pi","backend":"tract","execution_provider":"cpu","threads":1,"batch":8,"metric":"latency"}"#,
    );
    golden(
        &CampaignSummary {
            campaign: CampaignId(1),
            name: "first".into(),
            space: "nasbench201".into(),
            state: CampaignState::Running,
            created_at_unix_ms: 5,
            tasks: 10,
            ended: 3,
        },
        concat!(
            r#"{"campaign":1,"name":"first","space":"nasbench201","state":"running","#,
            r#""created_at_unix_ms":5,"tasks":10,"ended":3}"#
        ),
    );
    golden(
        &PredictedLatency { architecture: "a".into(), mean_ms: 1.5, interval_90_ms: Some([1.0, 2.0]) },
        r#"{"architecture":"a","mean_ms":1.5,"interval_90_ms":[1.0,2.0]}"#,
    );
}
