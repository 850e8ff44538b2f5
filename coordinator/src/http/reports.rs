//! A campaign's page.

use axum::extract::State;
use axum::response::Html;
use tenshot_measurement::{CampaignId, Outcome};
use tenshot_protocol::v1;

use super::Shared;
use super::blocking::blocking;
use super::error::{ApiError, InPath};
use crate::domain::UnixMillis;
use crate::report::CampaignReport;
use crate::service::Record;

pub(super) async fn report(
    State(coordinator): State<Shared>,
    InPath(campaign): InPath<CampaignId>,
) -> Result<Html<String>, ApiError> {
    let page = blocking(&coordinator, move |lab| {
        CampaignReport::of(lab, campaign, read_record, UnixMillis::now()).map(|report| report.to_html())
    });
    page.await.map(Html)
}

/// What an agent sent, in the words of the protocol version that it came in: so far, none but version 1 has any.
///
/// # Errors
/// Where it is not what that version says.
pub fn read_record(record: &Record) -> Result<Outcome, serde_json::Error> {
    serde_json::from_str::<v1::Outcome>(&record.text).map(Into::into)
}
