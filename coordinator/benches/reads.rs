//! How long readers wait for a large campaign, and for predictions: 20,000 tasks with 50 samples each,
//! asked through the API. How many bytes each answer has is printed once.
//!
//! The campaign is made the way that campaigns are made, which takes a minute or more: keep the folder for
//! temporary files in memory, as in `TMPDIR=/dev/shm cargo bench -p tenshot-coordinator`.

use std::sync::{Arc, LazyLock};

use axum::body::Body;
use axum::http::{Method, Request};
use divan::Bencher;
use serde_json::{Value, json};
use tenshot_coordinator::domain::{Role, UnixMillis};
use tenshot_coordinator::http::router;
use tenshot_coordinator::service::{Coordinator, Timing};
use tenshot_protocol::VERSION_HEADER;
use tokio::runtime::Runtime;
use tower::ServiceExt;

const ARCHITECTURES: u32 = 20;
const PASSES: u32 = 1_000;
const SAMPLES: usize = 50;

fn main() {
    divan::main();
}

/// A campaign in version 1: with all its tasks.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn campaign_with_its_tasks(bencher: Bencher) {
    reads(bencher, "/v1/campaigns/1");
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn campaign(bencher: Bencher) {
    reads(bencher, "/v2/campaigns/1");
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn page_of_tasks(bencher: Bencher) {
    reads(bencher, "/v2/campaigns/1/tasks?after=10000");
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn page_of_attempts(bencher: Bencher) {
    reads(bencher, "/v2/campaigns/1/attempts?after=10000");
}

#[divan::bench(sample_count = 100, sample_size = 1)]
fn prediction(bencher: Bencher) {
    let architectures = json!({ "device": "board", "space": "nasbench201", "architectures": ["9930"] });
    bencher.bench_local(|| LAB.post(Role::Reader, "/v1/predictions", &architectures));
}

fn reads(bencher: Bencher, path: &str) {
    eprintln!("{path}: {} bytes", LAB.ask(Role::Reader, Method::GET, path, None).len());
    bencher.bench_local(|| LAB.ask(Role::Reader, Method::GET, path, None));
}

static LAB: LazyLock<Lab> = LazyLock::new(Lab::new);

/// A coordinator in a fresh folder, with one campaign that has ended.
struct Lab {
    runtime: Runtime,
    coordinator: Arc<Coordinator>,
    tokens: Vec<(Role, String)>,
    _folder: tempfile::TempDir,
}

#[expect(clippy::unwrap_used, reason = "a benchmark may stop at what cannot happen")]
impl Lab {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let timing = Timing { lease_wait_ms: 0, ..Timing::default() };
        let coordinator = Arc::new(Coordinator::open(folder.path(), timing).unwrap());
        let files = coordinator.ensure_tokens(folder.path(), UnixMillis::now()).unwrap();
        let tokens = Role::ALL.into_iter().map(|role| (role, files.read(role).unwrap().secret().to_owned())).collect();
        let lab = Self { runtime: Runtime::new().unwrap(), coordinator, tokens, _folder: folder };
        lab.collect();
        lab
    }

    /// Asks in the version that the path says, and gives the body of a success.
    fn ask(&self, role: Role, method: Method, path: &str, body: Option<&Value>) -> Vec<u8> {
        let token = &self.tokens.iter().find(|(known, _)| *known == role).unwrap().1;
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(VERSION_HEADER, path.trim_start_matches("/v").split('/').next().unwrap())
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(body.map_or_else(Body::empty, |body| Body::from(body.to_string())))
            .unwrap();
        self.runtime.block_on(async {
            let response = router(Arc::clone(&self.coordinator)).oneshot(request).await.unwrap();
            let status = response.status();
            let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
            assert!(status.is_success(), "{path}: {status}: {}", String::from_utf8_lossy(&bytes));
            bytes.to_vec()
        })
    }

    fn post(&self, role: Role, path: &str, body: &Value) -> Value {
        serde_json::from_slice(&self.ask(role, Method::POST, path, Some(body))).unwrap()
    }

    /// Enrols a board, makes the campaign and measures all its tasks.
    fn collect(&self) {
        let facts = json!({
            "cpu_model": "unknown", "board_model": "unknown", "architecture": "x86_64",
            "operating_system": "Linux", "cpu_count": 1, "memory_bytes": "unknown",
        });
        let backend = json!({ "name": "tract", "version": "0", "execution_provider": "cpu" });
        let board =
            json!({ "name": "board", "session": "s", "agent_version": "0", "facts": facts, "backends": [backend] });
        self.post(Role::Agent, "/v1/agents", &board);
        let campaign = json!({
            "name": "large", "space": "nasbench201", "references": { "random": { "count": ARCHITECTURES, "seed": 0 } },
            "batches": [1], "backend": "tract", "execution_provider": "cpu", "threads": 1, "passes": PASSES,
            "attempts": 1, "cool_down_ms": 0,
        });
        self.post(Role::Operator, "/v1/campaigns", &campaign);
        loop {
            let lease = self.post(Role::Agent, "/v1/agents/1/lease", &json!({ "session": "s" }));
            let work = &lease["assignment"];
            if work.is_null() {
                return;
            }
            let result = json!({
                "task": work["task"], "attempt": work["attempt"], "fence": work["fence"],
                "outcome": { "measured": measurement(work, &backend) },
            });
            self.post(Role::Agent, "/v1/agents/1/results", &result);
        }
    }
}

/// What an agent says of a task that it measured well.
fn measurement(work: &Value, backend: &Value) -> Value {
    let conditions = json!({
        "governor": "unknown", "frequency_khz": "unknown", "temperatures": "unknown", "throttle_count": "unknown",
        "load_average": "unknown", "memory_available_bytes": "unknown", "battery_percent": "unknown",
    });
    json!({
        "model_sha256": work["model_sha256"], "backend": backend, "threads": 1, "batch": 1, "cpu_set": null,
        "settings": work["settings"], "timed": "inference_in_memory", "started_at_unix_ms": 1_700_000_000_000_u64,
        "load_ms": 20.5, "cold_start_ms": 15.0, "warmup_runs": 10, "warmup_ms": 110.0,
        "samples_ns": vec![10_000_000; SAMPLES],
        "latency_ms": {
            "trimmed_mean": 10.0, "mean": 10.0, "median": 10.0, "mad": 0.0, "cv": 0.0, "min": 10.0, "max": 10.0,
            "p90": 10.0, "ci95": [9.9, 10.1], "trim_fraction": 0.1, "trimmed_runs": 5,
        },
        "clock_resolution_ns": 30, "peak_memory_bytes": "unknown",
        "environment": { "before": conditions, "after": conditions, "other_load": 0.1 },
        "verdict": { "trusted": true, "reasons": [] },
    })
}
