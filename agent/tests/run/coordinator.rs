//! A coordinator of a few lines, over real HTTP.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::extract::{Json, Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tenshot_protocol::v1::{
    Assignment, AttemptNumber, DeviceId, EnrolRequest, EnrolResponse, ErrorBody, ErrorCode, Fence, HeartbeatRequest,
    HeartbeatResponse, Holding, LeaseRequest, LeaseResponse, Limits, ModelHash, ResultRequest, ResultResponse,
    ResultStatus, Settings, TaskId, VERSION,
};
use tenshot_protocol::{VERSION_HEADER, version_mismatch};
use tokio::net::TcpListener;
use tokio::sync::{Notify, mpsc};

pub(crate) const TOKEN: &str = "a-token";
const DEVICE: DeviceId = DeviceId(5);

/// What an agent asked for.
#[derive(Debug)]
pub(crate) enum Heard {
    Enrolment(EnrolRequest),
    Heartbeat(HeartbeatRequest),
    Lease,
    Model(ModelHash),
    Result(ResultRequest),
}

/// How it answers.
#[derive(Debug)]
pub(crate) struct Answers {
    pub(crate) work: VecDeque<Assignment>,
    pub(crate) models: BTreeMap<ModelHash, Vec<u8>>,
    pub(crate) result: StatusCode,
    pub(crate) still_held: bool,
    pub(crate) heartbeat_ms: u64,
    /// What leases are answered with in place of work, as a newer coordinator may, or a proxy.
    pub(crate) lease: Option<String>,
}

struct Shared {
    heard: mpsc::UnboundedSender<Heard>,
    answers: Mutex<Answers>,
    more_work: Notify,
}

pub(crate) struct Coordinator {
    shared: Arc<Shared>,
    heard: mpsc::UnboundedReceiver<Heard>,
    pub(crate) url: String,
}

impl Coordinator {
    pub(crate) async fn start() -> Self {
        Self::start_on(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    pub(crate) fn start_on(listener: TcpListener) -> Self {
        let (sender, heard) = mpsc::unbounded_channel();
        let answers = Answers {
            work: VecDeque::new(),
            models: BTreeMap::new(),
            result: StatusCode::OK,
            still_held: true,
            heartbeat_ms: 60_000,
            lease: None,
        };
        let shared = Arc::new(Shared { heard: sender, answers: Mutex::new(answers), more_work: Notify::new() });
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/v1/agents", post(enrol))
            .route("/v1/agents/{device}/heartbeat", post(heartbeat))
            .route("/v1/agents/{device}/lease", post(lease))
            .route("/v1/agents/{device}/results", post(result))
            .route("/v1/models/{hash}", get(model))
            .layer(middleware::from_fn(admit))
            .with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { shared, heard, url }
    }

    pub(crate) fn answers(&self) -> MutexGuard<'_, Answers> {
        self.shared.answers.lock().unwrap()
    }

    pub(crate) fn give_work(&self, assignment: Assignment) {
        self.answers().work.push_back(assignment);
        self.shared.more_work.notify_one();
    }

    /// The next thing heard.
    pub(crate) async fn hear(&mut self) -> Heard {
        self.heard.recv().await.unwrap()
    }
}

/// One measurement of this model, which the coordinator has.
pub(crate) fn assignment(task: i64, model: &[u8]) -> Assignment {
    Assignment {
        holding: Holding { task: TaskId(task), attempt: AttemptNumber(1), fence: Fence(1) },
        expires_in_ms: 60_000,
        model_sha256: ModelHash::of(model),
        model_bytes: model.len() as u64,
        backend: "tract".to_owned(),
        execution_provider: "cpu".to_owned(),
        threads: 1,
        batch: 1,
        cpu_set: None,
        settings: Settings::default(),
        limits: Limits::default(),
    }
}

async fn admit(request: Request, next: Next) -> Response {
    let (version, authorization) = (header(&request, VERSION_HEADER), header(&request, AUTHORIZATION.as_str()));
    let refuse = |status, code, message| (status, Json(ErrorBody { code, message })).into_response();
    if let Some(message) = version_mismatch(version.as_deref()) {
        return refuse(StatusCode::UPGRADE_REQUIRED, ErrorCode::VersionMismatch, message);
    }
    if authorization != Some(format!("Bearer {TOKEN}")) {
        return refuse(StatusCode::UNAUTHORIZED, ErrorCode::Unauthorised, "unknown token".to_owned());
    }
    let mut response = next.run(request).await;
    response.headers_mut().insert(VERSION_HEADER, VERSION.into());
    response
}

fn header(request: &Request, name: &str) -> Option<String> {
    Some(request.headers().get(name)?.to_str().unwrap().to_owned())
}

impl Shared {
    fn hears(&self, heard: Heard) {
        // The test may have ended.
        let _ = self.heard.send(heard);
    }
}

async fn enrol(State(shared): State<Arc<Shared>>, Json(request): Json<EnrolRequest>) -> Json<EnrolResponse> {
    let heartbeat_ms = shared.answers.lock().unwrap().heartbeat_ms;
    shared.hears(Heard::Enrolment(request));
    Json(EnrolResponse { device: DEVICE, heartbeat_ms, lease_wait_ms: 30_000 })
}

async fn heartbeat(
    State(shared): State<Arc<Shared>>,
    Path(device): Path<DeviceId>,
    Json(request): Json<HeartbeatRequest>,
) -> Json<HeartbeatResponse> {
    assert_eq!(device, DEVICE);
    let still_held = shared.answers.lock().unwrap().still_held;
    shared.hears(Heard::Heartbeat(request));
    Json(HeartbeatResponse { still_held })
}

async fn lease(State(shared): State<Arc<Shared>>, Json(_): Json<LeaseRequest>) -> Response {
    shared.hears(Heard::Lease);
    let instead = shared.answers.lock().unwrap().lease.clone();
    if let Some(text) = instead {
        return text.into_response();
    }
    let work = async {
        loop {
            let work = shared.answers.lock().unwrap().work.pop_front();
            if work.is_some() {
                return work;
            }
            shared.more_work.notified().await;
        }
    };
    let assignment = tokio::time::timeout(Duration::from_secs(30), work).await.unwrap_or(None);
    Json(LeaseResponse { assignment }).into_response()
}

async fn model(State(shared): State<Arc<Shared>>, Path(hash): Path<ModelHash>) -> Response {
    let model = shared.answers.lock().unwrap().models.get(&hash).cloned();
    shared.hears(Heard::Model(hash));
    match model {
        Some(model) => model.into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn result(State(shared): State<Arc<Shared>>, Json(request): Json<ResultRequest>) -> Response {
    let status = shared.answers.lock().unwrap().result;
    shared.hears(Heard::Result(request));
    (status, Json(ResultResponse { status: ResultStatus::Accepted })).into_response()
}
