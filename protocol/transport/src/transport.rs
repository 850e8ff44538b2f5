//! Requests on their way, and answers on theirs.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use tenshot_kit::Token;
use tenshot_protocol::v1::ErrorBody;
use tenshot_protocol::{OLDEST, VERSION_HEADER};

use crate::error::innermost;
use crate::{CoordinatorUrl, Limits, Request, TransportError};

/// A connection is there within this time, or not at all.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A connection that says nothing for so long is looked after.
const KEEPALIVE: Duration = Duration::from_secs(30);
/// No error and no word on the coordinator's health is larger.
const SHORT_ANSWER_BYTES: usize = 1 << 20;

/// Who asks: its name as it stands on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Program(pub &'static str);

/// The coordinator, as a program reaches it. Cheap to clone; connections are kept and shared.
#[derive(Debug, Clone)]
pub struct Transport {
    client: Client,
    coordinator: CoordinatorUrl,
    program: Program,
}

impl Transport {
    /// A transport that is not used yet. Proxies of the environment are left aside, and no redirect is
    /// followed: the coordinator is in the lab, and nobody else gets the token.
    ///
    /// # Errors
    /// Where the HTTP client cannot be made.
    pub fn new(coordinator: CoordinatorUrl, token: &Token, program: Program) -> Result<Self, TransportError> {
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.secret()))
            .map_err(|error| TransportError::Client(error.to_string()))?;
        bearer.set_sensitive(true);
        let client = Client::builder()
            .default_headers(HeaderMap::from_iter([(AUTHORIZATION, bearer)]))
            .user_agent(format!("{}/{}", program.0, env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .tcp_keepalive(KEEPALIVE)
            .redirect(Policy::none())
            .no_proxy()
            .build()
            .map_err(|error| TransportError::Client(innermost(&error)))?;
        Ok(Self { client, coordinator, program })
    }

    /// Asks, and reads the answer as JSON.
    ///
    /// # Errors
    /// Where there is no answer in time, it is no success, or cannot be read.
    pub async fn exchange<A: DeserializeOwned>(
        &self,
        request: Request<'_>,
        limits: Limits,
    ) -> Result<A, TransportError> {
        let bytes = self.bytes(request, limits).await?;
        serde_json::from_slice(&bytes).map_err(|error| self.unreadable(&bytes, &error))
    }

    /// Asks, and takes the answer as it is.
    ///
    /// # Errors
    /// Where there is no answer in time, it is no success, or too large.
    pub async fn bytes(&self, request: Request<'_>, limits: Limits) -> Result<Vec<u8>, TransportError> {
        let answer = async {
            let mut response = self.answer(request).await?;
            self.body(&mut response, limits.largest_bytes).await
        };
        self.within(limits.timeout, answer).await
    }

    /// Asks for something large, which comes in chunks; `patience` is how long nothing may come.
    ///
    /// # Errors
    /// Where there is no answer in time, or it is no success.
    pub async fn stream(&self, request: Request<'_>, patience: Duration) -> Result<Answer, TransportError> {
        let response = self.within(patience, self.answer(request)).await?;
        Ok(Answer { transport: self.clone(), response })
    }

    /// Sends the request, and takes an answer that is no success for an error.
    async fn answer(&self, request: Request<'_>) -> Result<Response, TransportError> {
        let version = request.version;
        let mut response = self.send(request).await?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let body = self.body(&mut response, SHORT_ANSWER_BYTES).await?;
        if status == StatusCode::NOT_FOUND && version > OLDEST {
            self.knows(version).await?;
        }
        let error: Option<ErrorBody> = serde_json::from_slice(&body).ok();
        Err(TransportError::Status {
            coordinator: self.coordinator.clone(),
            status,
            code: error.as_ref().map(|error| error.code),
            message: error.map_or_else(|| "no reason given".to_owned(), |error| error.message),
        })
    }

    /// An error where the coordinator says that it does not speak this version of the protocol yet: to it,
    /// everything of that version is something that is not there.
    async fn knows(&self, version: u32) -> Result<(), TransportError> {
        #[derive(Deserialize)]
        struct Health {
            protocol: u32,
        }
        let mut response = self.send(Request::get(OLDEST, &["health"])).await?;
        let body = self.body(&mut response, SHORT_ANSWER_BYTES).await?;
        match serde_json::from_slice(&body) {
            Ok(Health { protocol }) if protocol < version => Err(TransportError::Older {
                coordinator: self.coordinator.clone(),
                theirs: protocol,
                ours: version,
                program: self.program.0,
            }),
            Ok(Health { .. }) | Err(_) => Ok(()),
        }
    }

    async fn send(&self, request: Request<'_>) -> Result<Response, TransportError> {
        let Request { method, version, segments, query, body } = request;
        let mut builder =
            self.client.request(method, self.coordinator.below(version, segments)).header(VERSION_HEADER, version);
        if !query.is_empty() {
            builder = builder.query(query);
        }
        if let Some(body) = body {
            builder = builder.header(CONTENT_TYPE, body.content_type).body(body.bytes);
        }
        builder.send().await.map_err(|error| self.unreachable(&error))
    }

    async fn body(&self, response: &mut Response, largest_bytes: usize) -> Result<Vec<u8>, TransportError> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.unreachable(&error))? {
            if body.len() + chunk.len() > largest_bytes {
                return Err(self.unintelligible(format!("it is longer than {largest_bytes} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    async fn within<T>(
        &self,
        timeout: Duration,
        future: impl Future<Output = Result<T, TransportError>>,
    ) -> Result<T, TransportError> {
        tokio::time::timeout(timeout, future)
            .await
            .unwrap_or_else(|_| Err(TransportError::TooSlow { coordinator: self.coordinator.clone(), waited: timeout }))
    }

    fn unreachable(&self, error: &reqwest::Error) -> TransportError {
        TransportError::Unreachable { coordinator: self.coordinator.clone(), why: innermost(error) }
    }

    /// JSON is a coordinator's, and what cannot be read of it is newer than this program; anything else is not.
    fn unreadable(&self, body: &[u8], error: &serde_json::Error) -> TransportError {
        let why = error.to_string();
        match serde_json::from_slice::<IgnoredAny>(body) {
            Ok(_) => TransportError::Newer { coordinator: self.coordinator.clone(), program: self.program.0, why },
            Err(_) => self.unintelligible(why),
        }
    }

    fn unintelligible(&self, why: String) -> TransportError {
        TransportError::Unintelligible { coordinator: self.coordinator.clone(), why }
    }
}

/// Something large on its way.
#[derive(Debug)]
pub struct Answer {
    transport: Transport,
    response: Response,
}

impl Answer {
    /// The next bytes; none at the end. `patience` is how long nothing may come.
    ///
    /// # Errors
    /// Where the connection breaks, or nothing comes for so long.
    pub async fn next_chunk(&mut self, patience: Duration) -> Result<Option<impl AsRef<[u8]> + use<>>, TransportError> {
        let Self { transport, response } = self;
        let chunk = async { response.chunk().await.map_err(|error| transport.unreachable(&error)) };
        transport.within(patience, chunk).await
    }
}
