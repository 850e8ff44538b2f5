//! Campaigns as readers see them, in both versions of the protocol.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tenshot_measurement::CampaignId;
use tenshot_protocol::{v1, v2};
use tokio::time::{Instant, timeout_at};

use super::blocking::blocking;
use super::campaign_specs::to_v1;
use super::error::{ApiError, InPath, InQuery};
use super::{Shared, views};
use crate::domain::campaign::CampaignState;
use crate::domain::progress::CampaignProgress;
use crate::service::CampaignAttempt;

/// How long a watcher's request is held open.
const WATCH_WAIT: Duration = Duration::from_secs(20);

/// Tasks on a page where the request does not say, and at most: some 500 bytes each.
const TASKS_ON_A_PAGE: u32 = 1_000;
const MOST_TASKS_ON_A_PAGE: u32 = 10_000;

/// Attempts on a page where the request does not say, and at most: some kilobytes each, and up to 10 MB.
const ATTEMPTS_ON_A_PAGE: u32 = 100;
const MOST_ATTEMPTS_ON_A_PAGE: u32 = 1_000;

pub(super) async fn campaigns(State(coordinator): State<Shared>) -> Result<Json<Vec<v1::CampaignSummary>>, ApiError> {
    let all = blocking(&coordinator, |lab| lab.campaigns()).await?;
    Ok(Json(views::list(all, views::campaign_summary)))
}

#[derive(Deserialize)]
pub(super) struct Watch {
    /// Answer only when other than this many tasks have ended, or after a while.
    unless_ended: Option<u64>,
}

/// With `?unless_ended=N`: held open while N tasks have ended and the campaign runs.
async fn watched(coordinator: &Shared, campaign: CampaignId, watch: Watch) -> Result<(), ApiError> {
    let Some(seen) = watch.unless_ended else { return Ok(()) };
    let deadline = Instant::now() + WATCH_WAIT;
    let mut changes = coordinator.campaign_changes(campaign);
    loop {
        changes.mark_unchanged();
        let summary = blocking(coordinator, move |lab| lab.campaign_summary(campaign)).await?;
        let same = summary.state == CampaignState::Running && summary.ended == seen;
        if !same || timeout_at(deadline, changes.changed()).await.is_err() {
            return Ok(());
        }
    }
}

pub(super) async fn campaign_v1(
    State(coordinator): State<Shared>,
    InPath(campaign): InPath<CampaignId>,
    InQuery(watch): InQuery<Watch>,
) -> Result<Json<v1::CampaignProgress>, ApiError> {
    watched(&coordinator, campaign, watch).await?;
    in_v1(&coordinator, campaign).await.map(Json)
}

pub(super) async fn campaign(
    State(coordinator): State<Shared>,
    InPath(campaign): InPath<CampaignId>,
    InQuery(watch): InQuery<Watch>,
) -> Result<Json<v2::CampaignProgress>, ApiError> {
    watched(&coordinator, campaign, watch).await?;
    in_v2(&coordinator, campaign).await.map(Json)
}

/// A campaign with all its tasks, as version 1 has it.
pub(super) async fn in_v1(coordinator: &Shared, campaign: CampaignId) -> Result<v1::CampaignProgress, ApiError> {
    let read = move |lab: &crate::service::Coordinator| {
        Ok((lab.campaign(campaign)?, lab.campaign_tasks(campaign, 0, u32::MAX)?))
    };
    let (CampaignProgress { summary, spec, targets, .. }, page) = blocking(coordinator, read).await?;
    Ok(v1::CampaignProgress {
        summary: views::campaign_summary(summary),
        spec: to_v1(spec.into())?,
        targets: views::list(targets, views::target_progress),
        tasks_detail: views::list(page.tasks, views::task),
    })
}

/// A campaign as version 2 has it.
pub(super) async fn in_v2(coordinator: &Shared, campaign: CampaignId) -> Result<v2::CampaignProgress, ApiError> {
    let CampaignProgress { summary, spec, retries, targets } =
        blocking(coordinator, move |lab| lab.campaign(campaign)).await?;
    Ok(v2::CampaignProgress {
        summary: views::campaign_summary(summary),
        spec: spec.into(),
        retries,
        targets: views::list(targets, views::target_progress),
    })
}

/// Which page: what lies behind `after`, `limit` of it.
#[derive(Deserialize)]
pub(super) struct Page {
    after: Option<u64>,
    limit: Option<u32>,
}

impl Page {
    fn limit(&self, usual: u32, most: u32) -> u32 {
        self.limit.unwrap_or(usual).clamp(1, most)
    }
}

pub(super) async fn tasks(
    State(coordinator): State<Shared>,
    InPath(campaign): InPath<CampaignId>,
    InQuery(page): InQuery<Page>,
) -> Result<Json<v2::TaskPage>, ApiError> {
    let (from, limit) = (page.after.unwrap_or(0), page.limit(TASKS_ON_A_PAGE, MOST_TASKS_ON_A_PAGE));
    let page = blocking(&coordinator, move |lab| lab.campaign_tasks(campaign, from, limit)).await?;
    Ok(Json(v2::TaskPage { tasks: views::list(page.tasks, views::task), next: page.next }))
}

/// [`v1::CampaignAttempt`], whose outcome is handed out as it came.
#[derive(Serialize)]
pub(super) struct Attempt {
    task: v1::TaskView,
    received_at_unix_ms: u64,
    used: bool,
    outcome: Box<RawValue>,
}

/// [`v2::AttemptPage`] of these.
#[derive(Serialize)]
pub(super) struct AttemptPage {
    attempts: Vec<Attempt>,
    next: Option<u64>,
}

/// So far, agents send nothing but version 1.
fn attempt(attempt: CampaignAttempt) -> Result<Attempt, ApiError> {
    let CampaignAttempt { task, received, used, record } = attempt;
    let outcome = RawValue::from_string(record.text).map_err(|error| ApiError::internal(&error))?;
    Ok(Attempt { task: views::task(task), received_at_unix_ms: received.as_u64(), used, outcome })
}

async fn attempt_page(
    coordinator: &Shared,
    campaign: CampaignId,
    after: u64,
    limit: u32,
) -> Result<AttemptPage, ApiError> {
    let page = blocking(coordinator, move |lab| lab.campaign_attempts(campaign, after, limit)).await?;
    Ok(AttemptPage { attempts: page.attempts.into_iter().map(attempt).collect::<Result<_, _>>()?, next: page.next })
}

pub(super) async fn attempts_v1(
    State(coordinator): State<Shared>,
    InPath(campaign): InPath<CampaignId>,
) -> Result<Json<Vec<Attempt>>, ApiError> {
    Ok(Json(attempt_page(&coordinator, campaign, 0, u32::MAX).await?.attempts))
}

pub(super) async fn attempts(
    State(coordinator): State<Shared>,
    InPath(campaign): InPath<CampaignId>,
    InQuery(page): InQuery<Page>,
) -> Result<Json<AttemptPage>, ApiError> {
    let limit = page.limit(ATTEMPTS_ON_A_PAGE, MOST_ATTEMPTS_ON_A_PAGE);
    attempt_page(&coordinator, campaign, page.after.unwrap_or(0), limit).await.map(Json)
}
