//! The API over real HTTP, without agents: statuses, roles, versions, limits, long polls, pages.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use tenshot_protocol::VERSION_HEADER;
use tower::ServiceExt;

use super::{LARGEST_BODY_BYTES, router};
use crate::domain::{Role, UnixMillis};
use crate::service::{Coordinator, Timing, TokenFiles};

/// A coordinator in a fresh folder behind its router.
struct TestApp {
    coordinator: Arc<Coordinator>,
    tokens: TokenFiles,
    _folder: tempfile::TempDir,
}

impl TestApp {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let timing = Timing { lease_wait_ms: 20, ..Timing::default() };
        let coordinator = Coordinator::open(folder.path(), timing).unwrap();
        let tokens = coordinator.ensure_tokens(folder.path(), UnixMillis(0)).unwrap();
        Self { coordinator: Arc::new(coordinator), tokens, _folder: folder }
    }

    fn request(
        &self,
        role: Option<Role>,
        version: Option<&str>,
        method: Method,
        path: &str,
    ) -> axum::http::request::Builder {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(version) = version {
            request = request.header(VERSION_HEADER, version);
        }
        if let Some(role) = role {
            request = request.header("authorization", format!("Bearer {}", self.tokens.read(role).unwrap().secret()));
        }
        request
    }

    async fn answer(&self, request: Request<Body>) -> (StatusCode, Value) {
        let response = router(Arc::clone(&self.coordinator)).oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    /// Asks in the version that the path says.
    async fn ask(&self, role: Role, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let version = path.trim_start_matches("/v").split('/').next();
        let request = self.request(Some(role), version, method, path);
        let body = body.map_or_else(Body::empty, |value| Body::from(value.to_string()));
        self.answer(request.header("content-type", "application/json").body(body).unwrap()).await
    }

    async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.ask(Role::Reader, Method::GET, path, None).await
    }

    async fn enrol(&self) {
        let facts = json!({
            "cpu_model": "unknown", "board_model": "unknown", "architecture": "x86_64",
            "operating_system": "Linux", "cpu_count": 1, "memory_bytes": "unknown",
        });
        let backends = json!([{ "name": "tract", "version": "0", "execution_provider": "cpu" }]);
        let enrolment =
            json!({ "name": "board", "session": "s", "agent_version": "0", "facts": facts, "backends": backends });
        let (status, answer) = self.ask(Role::Agent, Method::POST, "/v1/agents", Some(enrolment)).await;
        assert_eq!((status, &answer["device"]), (StatusCode::OK, &json!(1)));
    }

    async fn create_campaign(&self, version: &str, extra: &[(&str, Value)]) -> (StatusCode, Value) {
        let mut spec = json!({
            "name": "first", "space": "nasbench201", "references": { "listed": ["9930", "1462", "431"] },
            "probes": null, "batches": [1], "backend": "tract", "execution_provider": "cpu", "threads": 1, "passes": 1,
            "attempts": 2, "cool_down_ms": 0,
        });
        for (name, value) in extra {
            spec[name] = value.clone();
        }
        self.ask(Role::Operator, Method::POST, &format!("/{version}/campaigns"), Some(spec)).await
    }

    async fn lease(&self) -> Value {
        let path = "/v1/agents/1/lease";
        let (status, answer) = self.ask(Role::Agent, Method::POST, path, Some(json!({ "session": "s" }))).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer["assignment"].clone()
    }

    /// Works through the queue with failures that cannot change.
    async fn fail_all(&self) {
        loop {
            let work = self.lease().await;
            if work.is_null() {
                return;
            }
            let outcome = json!({ "failed": { "kind": "model_unreadable", "detail": "it broke" } });
            let result = json!({
                "task": work["task"], "attempt": work["attempt"], "fence": work["fence"], "outcome": outcome,
            });
            let (status, answer) = self.ask(Role::Agent, Method::POST, "/v1/agents/1/results", Some(result)).await;
            assert_eq!((status, answer), (StatusCode::OK, json!({ "status": "accepted" })));
        }
    }
}

fn message(answer: &Value) -> String {
    answer["message"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn every_role_has_its_paths() {
    let app = TestApp::new();
    let cases = [
        (Method::POST, "/v1/agents", Role::Agent),
        (Method::POST, "/v1/campaigns", Role::Operator),
        (Method::POST, "/v2/campaigns", Role::Operator),
        (Method::POST, "/v2/trained", Role::Operator),
        (Method::GET, "/v1/campaigns", Role::Reader),
        (Method::GET, "/v2/devices", Role::Reader),
        (Method::GET, "/v2/trained", Role::Reader),
    ];
    for (method, path, needed) in cases {
        for role in Role::ALL {
            let (status, answer) = app.ask(role, method.clone(), path, None).await;
            let forbidden = status == StatusCode::FORBIDDEN;
            assert_eq!(forbidden, !role.may_act_as(needed), "{role} at {path}: {status} {answer}");
        }
        let version = path.trim_start_matches("/v").split('/').next();
        let request = app.request(None, version, method, path).body(Body::empty()).unwrap();
        assert_eq!(app.answer(request).await.0, StatusCode::UNAUTHORIZED, "{path} without a token");
    }
    let (status, answer) = app.ask(Role::Reader, Method::POST, "/v1/campaigns", None).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    insta::assert_snapshot!(message(&answer), @"the token's role is reader: a token of role operator is needed");
}

#[tokio::test]
async fn a_range_of_versions_is_spoken_and_others_are_told_which_side_to_upgrade() {
    let app = TestApp::new();
    let told = async |path: &str, version: Option<&str>| {
        let request = app.request(Some(Role::Reader), version, Method::GET, path).body(Body::empty()).unwrap();
        let (status, answer) = app.answer(request).await;
        format!("{} {}", status.as_u16(), message(&answer))
    };
    let answers = [
        told("/v1/campaigns", Some("1")).await,
        told("/v2/campaigns", Some("2")).await,
        told("/v1/campaigns", Some("0")).await,
        told("/v2/campaigns", Some("3")).await,
        told("/v1/campaigns", Some("2")).await,
        told("/v1/campaigns", None).await,
        told("/v1/campaigns", Some("one")).await,
    ];
    insta::assert_snapshot!(answers.join("\n"), @r"
    200 
    200 
    426 the client speaks protocol version 0, the coordinator 1 to 2: upgrade the client
    426 the client speaks protocol version 3, the coordinator 1 to 2: upgrade the coordinator
    426 the path is of protocol version 1, the `tenshot-protocol` header of 2: send the same
    426 the request has no `tenshot-protocol` header; this coordinator speaks the versions 1 to 2
    426 the `tenshot-protocol` header holds `one`, not a whole number
    ");
}

#[tokio::test]
async fn what_an_older_version_cannot_say_is_answered_with_upgrade() {
    let app = TestApp::new();
    app.enrol().await;
    let (_, trained) = app.get("/v2/trained").await;
    let built_in = trained.as_array().unwrap().iter().find(|one| one["space"] == "nasbench201").unwrap();
    let (status, answer) = app.create_campaign("v2", &[("trained", built_in["sha256"].clone())]).await;
    assert_eq!((status, &answer["spec"]["trained"]), (StatusCode::OK, &built_in["sha256"]));
    let (status, answer) = app.get("/v1/campaigns/1").await;
    assert_eq!(status, StatusCode::UPGRADE_REQUIRED);
    insta::assert_snapshot!(message(&answer), @"the client's protocol version has no campaigns that name a trained predictor: upgrade the client");
    let (status, answer) = app.create_campaign("v1", &[("name", json!("second")), ("trained", json!(null))]).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(message(&answer).contains("unknown field `trained`"), "{answer}");
}

#[tokio::test]
async fn version_1_has_tasks_in_a_campaign_and_version_2_in_pages() {
    let app = TestApp::new();
    app.enrol().await;
    assert_eq!(app.create_campaign("v1", &[]).await.0, StatusCode::OK);
    app.fail_all().await;
    let (_, first) = app.get("/v1/campaigns/1").await;
    let (_, second) = app.get("/v2/campaigns/1").await;
    assert_eq!(first["tasks_detail"].as_array().unwrap().len(), 3);
    assert_eq!((&second["tasks_detail"], &second["state"]), (&Value::Null, &json!("incomplete")));
    assert_eq!(first["targets"], second["targets"]);

    let (_, page) = app.get("/v2/campaigns/1/tasks?limit=2").await;
    let (_, rest) = app.get(&format!("/v2/campaigns/1/tasks?limit=2&after={}", page["next"])).await;
    let pages = [page["tasks"].as_array().unwrap().clone(), rest["tasks"].as_array().unwrap().clone()].concat();
    assert_eq!((&json!(pages), &rest["next"]), (&first["tasks_detail"], &Value::Null));

    let (_, all) = app.get("/v1/campaigns/1/attempts").await;
    let (_, page) = app.get("/v2/campaigns/1/attempts?limit=2").await;
    assert_eq!(page["attempts"].as_array().unwrap()[..], all.as_array().unwrap()[..2]);
    assert_eq!(all[0]["outcome"], json!({ "failed": { "kind": "model_unreadable", "detail": "it broke" } }));
}

#[tokio::test]
async fn a_lease_waits_for_work_of_its_own_device() {
    let app = TestApp::new();
    app.enrol().await;
    assert_eq!(app.lease().await, Value::Null, "nothing within the waiting time");
    let waiting = async {
        loop {
            let work = app.lease().await;
            if !work.is_null() {
                return work;
            }
        }
    };
    let (work, created) = tokio::join!(waiting, app.create_campaign("v2", &[]));
    assert_eq!(created.0, StatusCode::OK);
    assert_eq!((&work["backend"], &work["attempt"]), (&json!("tract"), &json!(1)));
}

#[tokio::test]
async fn a_watcher_is_answered_when_its_campaign_changes() {
    let app = TestApp::new();
    app.enrol().await;
    app.create_campaign("v2", &[]).await;
    let (seen, ()) = tokio::join!(app.get("/v2/campaigns/1?unless_ended=0"), app.fail_all());
    assert!(seen.1["ended"].as_u64().unwrap() > 0);
    let (_, at_once) = app.get("/v2/campaigns/1?unless_ended=3").await;
    assert_eq!(at_once["state"], "incomplete", "a campaign that has ended is not waited for");
}

#[tokio::test]
async fn bad_requests_say_what_is_wrong() {
    let app = TestApp::new();
    app.enrol().await;
    let mut said = Vec::new();
    let (status, answer) = app.create_campaign("v2", &[("threads", json!(0))]).await;
    said.push(format!("{} {}", status.as_u16(), message(&answer)));
    let (status, answer) = app.create_campaign("v2", &[("devices", json!(["desk"]))]).await;
    said.push(format!("{} {}", status.as_u16(), message(&answer)));
    for (method, path) in
        [(Method::GET, "/v2/campaigns/7"), (Method::GET, "/v2/nothing"), (Method::GET, "/v2/campaigns/x")]
    {
        let (status, answer) = app.ask(Role::Reader, method, path, None).await;
        said.push(format!("{} {}", status.as_u16(), message(&answer)));
    }
    let result = json!({ "task": 1, "attempt": 1, "fence": 1, "outcome": { "guessed": 3 } });
    let (status, answer) = app.ask(Role::Agent, Method::POST, "/v1/agents/1/results", Some(result)).await;
    said.push(format!("{} {}", status.as_u16(), message(&answer)));
    insta::assert_snapshot!(said.join("\n"), @r"
    400 threads is 0: expected at least 1
    400 unknown device `desk`: enrolled are board
    404 there is no campaign 7: `tenshot campaign list` shows those that there are
    404 there is nothing at /v2/nothing
    400 Invalid URL: Cannot parse `x` to a `i64`
    400 unknown variant `guessed`, expected `measured` or `failed` at line 1 column 10
    ");
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let app = TestApp::new();
    let request = app.request(Some(Role::Operator), Some("2"), Method::POST, "/v2/campaigns");
    let body = Body::from(vec![b' '; LARGEST_BODY_BYTES + 1]);
    let (status, _) = app.answer(request.header("content-type", "application/json").body(body).unwrap()).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
}
