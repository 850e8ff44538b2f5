//! One request, and how long and how large its answer may be.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderValue;
use serde::Serialize;

/// How long an answer may take, and how large it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// From the question to the end of the answer.
    pub timeout: Duration,
    /// The length of its body, in bytes.
    pub largest_bytes: usize,
}

/// One request to the coordinator.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    pub(crate) method: Method,
    pub(crate) version: u32,
    pub(crate) segments: &'a [&'a str],
    pub(crate) query: &'a [(&'a str, &'a str)],
    pub(crate) body: Option<Body>,
}

#[derive(Debug, Clone)]
pub(crate) struct Body {
    pub(crate) content_type: HeaderValue,
    pub(crate) bytes: Vec<u8>,
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const BINARY: HeaderValue = HeaderValue::from_static("application/octet-stream");

impl<'a> Request<'a> {
    /// A question for what lies at these segments below the version of the protocol.
    #[must_use]
    pub fn get(version: u32, segments: &'a [&'a str]) -> Self {
        Self { method: Method::GET, version, segments, query: &[], body: None }
    }

    /// Something to be done there.
    #[must_use]
    pub fn post(version: u32, segments: &'a [&'a str]) -> Self {
        Self { method: Method::POST, ..Self::get(version, segments) }
    }

    /// With these names and values behind the path.
    #[must_use]
    pub fn query(self, query: &'a [(&'a str, &'a str)]) -> Self {
        Self { query, ..self }
    }

    /// With this value as JSON.
    ///
    /// # Errors
    /// A value that JSON cannot say.
    pub fn json(self, value: &impl Serialize) -> serde_json::Result<Self> {
        Ok(self.json_bytes(serde_json::to_vec(value)?))
    }

    /// With JSON that is written already.
    #[must_use]
    pub fn json_bytes(self, bytes: Vec<u8>) -> Self {
        Self { body: Some(Body { content_type: JSON, bytes }), ..self }
    }

    /// With the bytes of a file.
    #[must_use]
    pub fn file(self, bytes: Vec<u8>) -> Self {
        Self { body: Some(Body { content_type: BINARY, bytes }), ..self }
    }
}
