//! The API from the other side: what the command line and the demonstration speak to a coordinator with.

use std::time::Duration;

use reqwest::{Method, StatusCode, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tenshot_kit::Token;
use tenshot_protocol::VERSION_HEADER;
use tenshot_protocol::v2::{
    AttemptPage, CampaignAttempt, CampaignId, CampaignProgress, CampaignSpec, CampaignSummary, DeviceDetail,
    DeviceSummary, ErrorBody, ErrorCode, PredictRequest, PredictResponse, PredictorId, PredictorSummary, TaskPage,
    TaskView, TrainedSummary, VERSION,
};

/// Longer than any long poll.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why the coordinator gave no answer that helps.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    /// The address is none.
    #[error("`{0}` is not a coordinator's address: expected something like http://127.0.0.1:7311")]
    Address(String),
    /// Nobody answers.
    #[error(
        "no coordinator answers at {address} ({cause}): start one with `tenshot serve`, or say where with --coordinator"
    )]
    Unreachable {
        /// The address.
        address: Url,
        /// Why.
        cause: String,
    },
    /// It answers with an error.
    #[error("{}", .0.message)]
    Refused(ErrorBody),
    /// It answers something else.
    #[error("{address} answers what no coordinator would: {detail}")]
    Strange {
        /// The address.
        address: Url,
        /// What.
        detail: String,
    },
}

impl ClientError {
    /// Whether the request was wrong, rather than the connection.
    #[must_use]
    pub(crate) fn blames_request(&self) -> bool {
        match self {
            Self::Address(_) => true,
            Self::Refused(body) => {
                matches!(body.code, ErrorCode::BadRequest | ErrorCode::NotFound | ErrorCode::Conflict)
            }
            Self::Unreachable { .. } | Self::Strange { .. } => false,
        }
    }
}

/// A coordinator as a client sees it.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: Url,
    token: Token,
}

impl Client {
    /// A client of the coordinator at this address.
    ///
    /// # Errors
    /// Where the address is none.
    pub(crate) fn new(address: &str, token: Token) -> Result<Self, ClientError> {
        let base: Url = address.parse().map_err(|_| ClientError::Address(address.to_owned()))?;
        if base.scheme() != "http" || base.host().is_none() {
            return Err(ClientError::Address(address.to_owned()));
        }
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            .build()
            .map_err(|error| ClientError::Unreachable { address: base.clone(), cause: root_cause(&error) })?;
        Ok(Self { http, base, token })
    }

    /// Creates a campaign.
    ///
    /// # Errors
    /// See [`ClientError`]; so for every other call.
    pub(crate) async fn create_campaign(&self, spec: &CampaignSpec) -> Result<CampaignProgress, ClientError> {
        self.send(Method::POST, &["campaigns"], &[], Some(spec)).await
    }

    /// Stops a campaign.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub(crate) async fn cancel_campaign(&self, campaign: CampaignId) -> Result<CampaignProgress, ClientError> {
        self.send(Method::POST, &["campaigns", &campaign.to_string(), "cancel"], &[], Some(&())).await
    }

    /// All campaigns, newest first.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub(crate) async fn campaigns(&self) -> Result<Vec<CampaignSummary>, ClientError> {
        self.get(&["campaigns"], &[]).await
    }

    /// A campaign.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub(crate) async fn campaign(&self, campaign: CampaignId) -> Result<CampaignProgress, ClientError> {
        self.get(&["campaigns", &campaign.to_string()], &[]).await
    }

    /// A campaign, once other than `ended` of its tasks have ended, or after a while.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub(crate) async fn watch_campaign(
        &self,
        campaign: CampaignId,
        ended: u64,
    ) -> Result<CampaignProgress, ClientError> {
        self.get(&["campaigns", &campaign.to_string()], &[("unless_ended", &ended.to_string())]).await
    }

    /// All tasks of a campaign, in its order.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub(crate) async fn campaign_tasks(&self, campaign: CampaignId) -> Result<Vec<TaskView>, ClientError> {
        let (mut tasks, mut after) = (Vec::new(), Some(0));
        while let Some(from) = after {
            let path = ["campaigns", &campaign.to_string(), "tasks"];
            let page: TaskPage = self.get(&path, &[("after", &from.to_string())]).await?;
            tasks.extend(page.tasks);
            after = page.next;
        }
        Ok(tasks)
    }

    /// Every attempt of a campaign, with all raw samples.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub(crate) async fn campaign_attempts(&self, campaign: CampaignId) -> Result<Vec<CampaignAttempt>, ClientError> {
        let (mut attempts, mut after) = (Vec::new(), Some(0));
        while let Some(from) = after {
            let path = ["campaigns", &campaign.to_string(), "attempts"];
            let page: AttemptPage = self.get(&path, &[("after", &from.to_string())]).await?;
            attempts.extend(page.attempts);
            after = page.next;
        }
        Ok(attempts)
    }

    /// The trained predictors that campaigns may name.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub(crate) async fn trained(&self) -> Result<Vec<TrainedSummary>, ClientError> {
        self.get(&["trained"], &[]).await
    }

    /// Has the coordinator keep the file of a trained predictor.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub(crate) async fn keep_trained(&self, file: Vec<u8>) -> Result<TrainedSummary, ClientError> {
        let request = self.request(Method::POST, &["trained"], &[])?.body(file);
        let answer = self.answered(request).await?;
        answer.json().await.map_err(|error| self.strange(error.to_string()))
    }

    /// All devices.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub(crate) async fn devices(&self) -> Result<Vec<DeviceSummary>, ClientError> {
        self.get(&["devices"], &[]).await
    }

    /// A device.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub(crate) async fn device(&self, name: &str) -> Result<DeviceDetail, ClientError> {
        self.get(&["devices", name], &[]).await
    }

    /// Predictor versions, newest first, of a device and for a space where these are given.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub(crate) async fn predictors(
        &self,
        device: Option<&str>,
        space: Option<&str>,
    ) -> Result<Vec<PredictorSummary>, ClientError> {
        let query: Vec<(&str, &str)> = [("device", device), ("space", space)]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect();
        self.get(&["predictors"], &query).await
    }

    /// The file of a predictor version.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub(crate) async fn predictor_file(&self, predictor: PredictorId) -> Result<Vec<u8>, ClientError> {
        let path = ["predictors", &predictor.to_string(), "file"];
        let answer = self.answer(Method::GET, &path, &[], None::<&()>).await?;
        let bytes = answer.bytes().await.map_err(|error| self.unreachable(&error))?;
        Ok(bytes.to_vec())
    }

    /// Predictions.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub(crate) async fn predict(&self, request: &PredictRequest) -> Result<PredictResponse, ClientError> {
        self.send(Method::POST, &["predictions"], &[], Some(request)).await
    }

    async fn get<T: DeserializeOwned>(&self, path: &[&str], query: &[(&str, &str)]) -> Result<T, ClientError> {
        self.send(Method::GET, path, query, None::<&()>).await
    }

    async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: Option<&impl Serialize>,
    ) -> Result<T, ClientError> {
        let answer = self.answer(method, path, query, body).await?;
        answer.json().await.map_err(|error| self.strange(error.to_string()))
    }

    async fn answer(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: Option<&impl Serialize>,
    ) -> Result<reqwest::Response, ClientError> {
        let mut request = self.request(method, path, query)?;
        if let Some(body) = body {
            request = request.json(body);
        }
        self.answered(request).await
    }

    fn request(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<reqwest::RequestBuilder, ClientError> {
        let mut url = self.base.clone();
        // Segments are escaped: a device may be called `a/b` or `a?b`.
        url.path_segments_mut()
            .map_err(|()| ClientError::Address(self.base.to_string()))?
            .pop_if_empty()
            .push(&format!("v{VERSION}"))
            .extend(path);
        let request = self.http.request(method, url).query(query);
        Ok(request.header(VERSION_HEADER, VERSION.to_string()).bearer_auth(self.token.secret()))
    }

    async fn answered(&self, request: reqwest::RequestBuilder) -> Result<reqwest::Response, ClientError> {
        let answer = request.send().await.map_err(|error| self.unreachable(&error))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        Err(match answer.json::<ErrorBody>().await {
            Ok(body) => ClientError::Refused(body),
            Err(_) => self.strange(status_line(status)),
        })
    }

    fn unreachable(&self, error: &reqwest::Error) -> ClientError {
        ClientError::Unreachable { address: self.base.clone(), cause: root_cause(error) }
    }

    fn strange(&self, detail: String) -> ClientError {
        ClientError::Strange { address: self.base.clone(), detail }
    }
}

fn status_line(status: StatusCode) -> String {
    format!("status {status} without an error that can be read")
}

/// The innermost error: `connection refused` rather than `error sending request`.
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
