//! The API from the other side: what the command line and the demonstration speak to a coordinator with.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tenshot_kit::Token;
use tenshot_protocol::v2::{
    CampaignId, CampaignProgress, CampaignSpec, CampaignSummary, DeviceDetail, DeviceSummary, ErrorCode,
    PredictRequest, PredictResponse, PredictorId, PredictorSummary, TaskPage, TaskView, TrainedSummary, VERSION,
};
use tenshot_transport::{CoordinatorUrl, Limits, Program, Request, Transport, TransportError};

/// Longer than any long poll, and larger than any page or predictor.
const LIMITS: Limits = Limits { timeout: Duration::from_secs(60), largest_bytes: 1 << 30 };

/// Why the coordinator gave no answer that helps.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.explained())]
pub(crate) struct ClientError(#[from] pub(crate) TransportError);

impl ClientError {
    /// Whether the request was wrong, rather than the connection.
    #[must_use]
    pub(crate) fn blames_request(&self) -> bool {
        let Self(TransportError::Status { code, .. }) = self else { return false };
        matches!(code, Some(ErrorCode::BadRequest | ErrorCode::NotFound | ErrorCode::Conflict))
    }

    /// In the coordinator's own words where it says what is wrong; else with what to do.
    fn explained(&self) -> String {
        match &self.0 {
            TransportError::Status { code: Some(_), message, .. } => message.clone(),
            TransportError::Unreachable { .. } => {
                format!("{}; start one with `tenshot serve`, or say where with --coordinator", self.0)
            }
            TransportError::TooSlow { .. } => {
                format!("{}; it may still do what was asked: look before you ask again", self.0)
            }
            TransportError::Status { code: None, .. } | TransportError::Unintelligible { .. } => {
                format!("{}; check that the address is a coordinator's", self.0)
            }
            TransportError::Older { .. } | TransportError::Newer { .. } | TransportError::Client(_) => {
                self.0.to_string()
            }
        }
    }
}

/// A campaign of all architectures of a space is as many networks to be built.
const CREATION: Limits = Limits { timeout: Duration::from_secs(30 * 60), ..LIMITS };

/// A coordinator as a client sees it.
#[derive(Debug, Clone)]
pub(crate) struct Client(Transport);

impl Client {
    /// A client of the coordinator at this address.
    ///
    /// # Errors
    /// Where the HTTP client cannot be made.
    pub(crate) fn new(coordinator: CoordinatorUrl, token: &Token) -> Result<Self, ClientError> {
        Ok(Self(Transport::new(coordinator, token, Program("tenshot"))?))
    }

    /// Creates a campaign.
    ///
    /// # Errors
    /// See [`ClientError`]; so for every other call.
    pub(crate) async fn create_campaign(&self, spec: &CampaignSpec) -> Result<CampaignProgress, ClientError> {
        self.post(&["campaigns"], spec, CREATION).await
    }

    /// Stops a campaign.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub(crate) async fn cancel_campaign(&self, campaign: CampaignId) -> Result<CampaignProgress, ClientError> {
        self.post(&["campaigns", &campaign.to_string(), "cancel"], &(), LIMITS).await
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

    /// The page of a campaign.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub(crate) async fn campaign_report(&self, campaign: CampaignId) -> Result<Vec<u8>, ClientError> {
        let path = ["campaigns", &campaign.to_string(), "report"];
        Ok(self.0.bytes(Request::get(VERSION, &path), LIMITS).await?)
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
        Ok(self.0.exchange(Request::post(VERSION, &["trained"]).file(file), LIMITS).await?)
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
        Ok(self.0.bytes(Request::get(VERSION, &path), LIMITS).await?)
    }

    /// Predictions.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub(crate) async fn predict(&self, request: &PredictRequest) -> Result<PredictResponse, ClientError> {
        self.post(&["predictions"], request, LIMITS).await
    }

    async fn get<T: DeserializeOwned>(&self, path: &[&str], query: &[(&str, &str)]) -> Result<T, ClientError> {
        Ok(self.0.exchange(Request::get(VERSION, path).query(query), LIMITS).await?)
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &[&str],
        value: &impl Serialize,
        limits: Limits,
    ) -> Result<T, ClientError> {
        let request = Request::post(VERSION, path).json(value);
        let request = request.map_err(|error| TransportError::Client(error.to_string()))?;
        Ok(self.0.exchange(request, limits).await?)
    }
}
