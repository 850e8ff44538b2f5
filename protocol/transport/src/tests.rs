//! What a program says of a coordinator that is older or newer than itself.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::{Limits, Program, Request, Transport, TransportError};

const LIMITS: Limits = Limits { timeout: Duration::from_secs(60), largest_bytes: 1024 };

type Object = BTreeMap<&'static str, u32>;

fn object(name: &'static str, value: u32) -> Json<Object> {
    Json(Object::from([(name, value)]))
}

/// Asks a server with these routes for `/v2/devices`.
async fn ask<A: DeserializeOwned>(routes: Router) -> Result<A, TransportError> {
    ask_within(routes, LIMITS).await
}

async fn ask_within<A: DeserializeOwned>(routes: Router, limits: Limits) -> Result<A, TransportError> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, routes).await });
    let url = format!("http://{address}").parse().unwrap();
    let transport = Transport::new(url, &"t".parse().unwrap(), Program("tenshot")).unwrap();
    let answer = transport.exchange(Request::get(2, &["devices"]), limits).await;
    server.abort();
    answer
}

fn without_port(error: &TransportError) -> String {
    let text = error.to_string();
    text.split(' ').filter(|word| !word.contains("127.0.0.1")).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_coordinator_that_is_older_is_to_be_upgraded() {
    let health = Router::new().route("/v1/health", get(async || object("protocol", 1)));
    let error = ask::<IgnoredAny>(health).await.unwrap_err();
    assert_eq!(
        without_port(&error),
        "the coordinator at speaks protocol version 1, tenshot 2: upgrade the coordinator"
    );
}

#[tokio::test]
async fn what_is_not_there_is_no_question_of_versions() {
    let health = Router::new().route("/v1/health", get(async || object("protocol", 2)));
    for routes in [health, Router::new()] {
        let error = ask::<IgnoredAny>(routes).await.unwrap_err();
        assert_eq!(without_port(&error), "the coordinator at answered 404 Not Found: no reason given");
    }
}

#[tokio::test]
async fn an_answer_that_is_newer_asks_for_an_upgrade_of_the_program() {
    #[derive(Debug, Deserialize)]
    struct Known {
        _name: String,
    }
    let newer = Router::new().route("/v2/devices", get(async || object("title", 1)));
    let error = ask::<Known>(newer).await.unwrap_err();
    assert!(matches!(error, TransportError::Newer { .. }), "{error}");
    assert!(error.to_string().ends_with("upgrade tenshot"), "{error}");
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_refused() {
    let large = Router::new().route("/v2/devices", get(async || "x".repeat(2000)));
    let error = ask::<IgnoredAny>(large).await.unwrap_err();
    assert!(error.to_string().ends_with("it is longer than 1024 bytes"), "{error}");
}

#[tokio::test]
async fn who_accepts_and_never_answers_is_not_waited_for_for_ever() {
    let silent = Router::new().route("/v2/devices", get(async || std::future::pending::<()>().await));
    let error =
        ask_within::<IgnoredAny>(silent, Limits { timeout: Duration::from_millis(1), ..LIMITS }).await.unwrap_err();
    assert!(matches!(error, TransportError::TooSlow { .. }), "{error}");
    assert_eq!(without_port(&error), "the coordinator at gave no answer within 0.001 s");
}
