//! What a campaign gave, read from the lab's folder when its coordinator has ended.

use std::path::Path;

use tenshot_coordinator::domain::UnixMillis;
use tenshot_coordinator::http::read_record;
use tenshot_coordinator::report::{CampaignReport, Report};
use tenshot_coordinator::service::{Coordinator, PredictorFilter, Timing};
use tenshot_protocol::v2::CampaignProgress;

use crate::{Exit, Failure, FailureContext};

/// What there is to tell.
pub(super) struct Outcome {
    /// The campaign's page, as the lab has it for every campaign.
    pub(super) campaign: CampaignReport,
    /// The predictor's file.
    pub(super) predictor_file: Vec<u8>,
}

impl Outcome {
    /// Of a complete campaign on one target.
    pub(super) fn of(folder: &Path, ended: &CampaignProgress) -> Result<Self, Failure> {
        let lab = Coordinator::open(folder, Timing::default()).or_exit(Exit::Machine)?;
        let number = ended.summary.campaign;
        let campaign = CampaignReport::of(&lab, number, read_record, UnixMillis::now()).or_exit(Exit::Unexpected)?;
        let filter = PredictorFilter { campaign: Some(number), ..PredictorFilter::default() };
        let predictors = lab.predictors(&filter).or_exit(Exit::Unexpected)?;
        let predictor = predictors.first().ok_or_else(|| {
            Failure::unexpected("the campaign has ended without a predictor: see the coordinator's log")
        })?;
        Ok(Self { campaign, predictor_file: lab.predictor_file(predictor.predictor).or_exit(Exit::Unexpected)? })
    }

    /// The report of the one target.
    pub(super) fn report(&self) -> Result<&Report, Failure> {
        self.campaign.targets.first().ok_or_else(|| Failure::unexpected("the campaign has no target"))
    }
}
