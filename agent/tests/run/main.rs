//! `tenshot-agent run` as a process, against a coordinator over real HTTP.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod agent;
mod coordinator;

use std::path::Path;

use axum::http::StatusCode;
use rustix::process::Signal;
use tenshot_onnx_models::{BuildOptions, Space, build};
use tenshot_protocol::v1::{FailureKind, HeartbeatRequest, Outcome, ResultRequest, Settings};
use tokio::net::TcpListener;

use agent::Agent;
use coordinator::{Coordinator, Heard, TOKEN, assignment};

/// A network of the smallest search space, as the coordinator would send it.
fn small_model() -> Vec<u8> {
    let cell = "|skip_connect~0|+|none~0|none~1|+|none~0|none~1|none~2|";
    let architecture = Space::NasBench201.parse(cell).unwrap();
    build(&architecture, &BuildOptions::default()).unwrap().bytes
}

/// Hears everything but heartbeats up to the first that `wanted` takes.
async fn hear<T>(coordinator: &mut Coordinator, agent: &mut Agent, wanted: impl Fn(Heard) -> Option<T>) -> T {
    loop {
        let heard = agent.while_alive(coordinator.hear()).await;
        if let Some(found) = wanted(heard) {
            return found;
        }
    }
}

fn enrolment(heard: Heard) -> Option<tenshot_protocol::v1::EnrolRequest> {
    if let Heard::Enrolment(request) = heard { Some(request) } else { None }
}

fn result(heard: Heard) -> Option<ResultRequest> {
    if let Heard::Result(request) = heard { Some(request) } else { None }
}

fn lease(heard: Heard) -> Option<()> {
    matches!(heard, Heard::Lease).then_some(())
}

fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

#[tokio::test]
async fn from_enrolment_to_acknowledgement_and_a_clean_stop() {
    let state = tempfile::tempdir().unwrap();
    let mut coordinator = Coordinator::start().await;
    let mut agent = Agent::start(&coordinator.url, TOKEN, state.path());

    let introduction = hear(&mut coordinator, &mut agent, enrolment).await;
    assert_eq!(introduction.name, "board");
    assert!(introduction.backends.iter().any(|backend| backend.name == "tract"));
    hear(&mut coordinator, &mut agent, lease).await;

    let model = small_model();
    let work = assignment(1, &model);
    coordinator.answers().models.insert(work.model_sha256.clone(), model);
    coordinator.give_work(work.clone());
    let fetched = hear(&mut coordinator, &mut agent, |heard| match heard {
        Heard::Model(hash) => Some(hash),
        _ => None,
    });
    assert_eq!(fetched.await, work.model_sha256);
    let ResultRequest { holding, outcome } = hear(&mut coordinator, &mut agent, result).await;
    assert_eq!(holding, work.holding);
    let Outcome::Measured(measurement) = outcome else { panic!("{outcome:?}") };
    assert_eq!(measurement.model_sha256, work.model_sha256);
    assert_eq!(measurement.samples_ns.len(), 50);
    assert_eq!(measurement.settings, Settings::default());

    // What is acknowledged is forgotten; the model is fetched once.
    hear(&mut coordinator, &mut agent, lease).await;
    assert_eq!(files(&state.path().join("spool")), 0);
    coordinator.give_work(assignment(2, &small_model()));
    let next = agent.while_alive(coordinator.hear()).await;
    assert!(matches!(&next, Heard::Result(result) if result.holding.task.0 == 2), "{next:?}");

    agent.signal(Signal::TERM);
    let (code, log) = agent.ended().await;
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("agent stops"), "{log}");
}

#[tokio::test]
async fn a_result_that_was_not_acknowledged_survives_kill_9() {
    let state = tempfile::tempdir().unwrap();
    let mut coordinator = Coordinator::start().await;
    coordinator.answers().result = StatusCode::SERVICE_UNAVAILABLE;
    // The coordinator has no such model: a failed measurement is a result too.
    coordinator.give_work(assignment(1, b"missing"));
    let mut agent = Agent::start(&coordinator.url, TOKEN, state.path());
    let first_life = hear(&mut coordinator, &mut agent, enrolment).await.session;
    let sent = hear(&mut coordinator, &mut agent, result).await;
    let Outcome::Failed(failure) = &sent.outcome else { panic!("{sent:?}") };
    assert_eq!(failure.kind, FailureKind::Board);
    agent.signal(Signal::KILL);
    assert_eq!(agent.ended().await.0, None);

    coordinator.answers().result = StatusCode::OK;
    let mut agent = Agent::start(&coordinator.url, TOKEN, state.path());
    let second_life = hear(&mut coordinator, &mut agent, |heard| {
        // The first life may have asked once more before its end.
        enrolment(heard).map(|request| request.session).filter(|session| *session != first_life)
    });
    second_life.await;
    let first_said = agent.while_alive(coordinator.hear()).await;
    assert!(matches!(&first_said, Heard::Result(result) if *result == sent), "{first_said:?}");
    hear(&mut coordinator, &mut agent, lease).await;
    assert_eq!(files(&state.path().join("spool")), 0);
}

#[tokio::test]
async fn a_result_that_is_refused_makes_way_and_is_kept() {
    let state = tempfile::tempdir().unwrap();
    let mut coordinator = Coordinator::start().await;
    coordinator.answers().result = StatusCode::BAD_REQUEST;
    coordinator.give_work(assignment(1, b"missing"));
    let mut agent = Agent::start(&coordinator.url, TOKEN, state.path());
    hear(&mut coordinator, &mut agent, result).await;
    hear(&mut coordinator, &mut agent, lease).await;
    assert!(agent.logs("a result is set aside").await.contains("task=1"));
    assert_eq!((files(&state.path().join("spool")), files(&state.path().join("rejected"))), (0, 1));
}

#[tokio::test]
async fn a_lost_lease_ends_the_measurement() {
    let state = tempfile::tempdir().unwrap();
    let mut coordinator = Coordinator::start().await;
    coordinator.answers().heartbeat_ms = 100;
    let model = small_model();
    let hour_ms = 3_600_000;
    let mut work = assignment(1, &model);
    work.settings.warm_up_min_ms = hour_ms;
    work.limits.time_ms = hour_ms;
    coordinator.answers().models.insert(work.model_sha256.clone(), model);
    coordinator.give_work(work.clone());
    let mut agent = Agent::start(&coordinator.url, TOKEN, state.path());
    hear(&mut coordinator, &mut agent, lease).await;
    agent.logs("measuring").await;
    let holds = |heard| match heard {
        Heard::Heartbeat(HeartbeatRequest { holding, .. }) => holding,
        Heard::Result(result) => panic!("{result:?}"),
        _ => None,
    };
    assert_eq!(hear(&mut coordinator, &mut agent, holds).await, work.holding);

    coordinator.answers().still_held = false;
    hear(&mut coordinator, &mut agent, lease).await;
    assert_eq!(files(&state.path().join("spool")), 0);
    agent.close_stdin();
    let (code, log) = agent.ended().await;
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("the lease is lost") && log.contains("agent stops"), "{log}");
}

#[tokio::test]
async fn a_coordinator_that_comes_late_is_waited_for() {
    let state = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let mut agent = Agent::start(&format!("http://{address}"), TOKEN, state.path());
    let warning = agent.logs("WARN").await;
    let expected = format!("cannot reach the coordinator at http://{address}: Connection refused (os error 111); ");
    assert!(warning.contains(&expected), "{warning}");
    assert!(warning.contains("check that it runs and that this board reaches it"), "{warning}");

    let mut coordinator = Coordinator::start_on(TcpListener::bind(address).await.unwrap());
    hear(&mut coordinator, &mut agent, enrolment).await;
    agent.signal(Signal::INT);
    assert_eq!(agent.ended().await.0, Some(0));
}

#[tokio::test]
async fn a_lease_of_a_newer_coordinator_ends_the_agent_with_the_advice_to_upgrade() {
    let state = tempfile::tempdir().unwrap();
    let mut coordinator = Coordinator::start().await;
    // A result that is not acknowledged before the lease that cannot be read.
    coordinator.answers().result = StatusCode::SERVICE_UNAVAILABLE;
    coordinator.give_work(assignment(1, b"missing"));
    let mut agent = Agent::start(&coordinator.url, TOKEN, state.path());
    hear(&mut coordinator, &mut agent, result).await;
    agent.signal(Signal::KILL);
    let _ = agent.ended().await;

    coordinator.answers().result = StatusCode::OK;
    coordinator.answers().lease = Some(r#"{"assignment":{"task":2,"by":"other means"}}"#.to_owned());
    let (code, log) = Agent::start(&coordinator.url, TOKEN, state.path()).ended().await;
    assert_eq!(code, Some(4), "{log}");
    let last = log.lines().last().unwrap();
    assert!(last.ends_with(": upgrade tenshot-agent") && last.contains("missing field"), "{log}");
    assert_eq!(files(&state.path().join("spool")), 0, "what it had measured was sent before");
}

#[tokio::test]
async fn an_answer_that_is_no_coordinators_is_waited_out() {
    let state = tempfile::tempdir().unwrap();
    let mut coordinator = Coordinator::start().await;
    coordinator.answers().lease = Some("<html>log in to this network first</html>".to_owned());
    let mut agent = Agent::start(&coordinator.url, TOKEN, state.path());
    let warning = agent.logs("is not what a coordinator says").await;
    assert!(warning.contains("check that it runs and that this board reaches it"), "{warning}");
    coordinator.answers().lease = None;
    coordinator.give_work(assignment(1, b"missing"));
    hear(&mut coordinator, &mut agent, result).await;
}

#[tokio::test]
async fn a_wrong_token_ends_the_agent_with_one_clear_line() {
    let state = tempfile::tempdir().unwrap();
    let coordinator = Coordinator::start().await;
    let (code, log) = Agent::start(&coordinator.url, "wrong", state.path()).ended().await;
    assert_eq!(code, Some(4), "{log}");
    let expected = format!(
        "tenshot-agent: the coordinator at {} answered 401 Unauthorized: unknown token; check the token",
        coordinator.url
    );
    assert_eq!(log.lines().last(), Some(expected.as_str()));
}

#[tokio::test]
async fn wrong_input_and_a_folder_that_cannot_be_written_end_it_too() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let (code, log) = Agent::start("lab:7311", TOKEN, file.path()).ended().await;
    assert_eq!(code, Some(3), "{log}");
    assert_eq!(log, "tenshot-agent: `lab:7311` is not the address of a coordinator: expected http://HOST:PORT\n");
    let (code, log) = Agent::start("http://127.0.0.1:1", TOKEN, file.path()).ended().await;
    assert_eq!(code, Some(5), "{log}");
    let expected = format!("tenshot-agent: cannot write the state folder {}: ", file.path().display());
    assert!(log.starts_with(&expected) && log.lines().count() == 1, "{log}");
}
