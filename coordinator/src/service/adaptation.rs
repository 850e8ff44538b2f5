//! From a complete reference set to a predictor version, and from measured probes to its certificate.
//!
//! Every step looks at what is kept and does what is missing, so that it may be called after every
//! result and after every crash.

use std::collections::HashMap;
use std::time::Instant;

use tenshot_measurement::CampaignId;
use tenshot_onnx_models::{Architecture, Space};
use tenshot_predictor::{Adapted, Certificate, Support, SupportMeasurement};

use super::{Coordinator, ServiceError};
use crate::domain::UnixMillis;
use crate::domain::attempts::Measured;
use crate::domain::campaign::{ArchitectureChoice, CampaignState};
use crate::domain::embedding::Point;
use crate::domain::predictor::PredictorSummary;
use crate::domain::task::TaskRole;
use crate::store::predictors::{EmbeddingRecord, Filter, NewPredictor};
use crate::store::targets::TargetId;
use crate::store::tasks::MeasuredPass;
use crate::store::{StoreError, campaigns, predictors, targets, tasks};

/// Whether one target of a campaign has measured everything of one role, in the order of the campaign.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Complete {
    /// Some tasks are open.
    Open,
    /// All tasks have ended, and these architectures were never measured.
    Lacking(Vec<String>),
    /// Everything was measured.
    Yes(Vec<Point>),
}

impl Coordinator {
    /// Does what the newest result of this target makes possible.
    pub(super) fn advance(&self, campaign: CampaignId, target: TargetId) -> Result<(), ServiceError> {
        if let Complete::Yes(points) = self.measured(campaign, target, TaskRole::Reference)? {
            let predictor = self.ensure_predictor(campaign, target, &points)?;
            if let Complete::Yes(probes) = self.measured(campaign, target, TaskRole::Probe)? {
                self.ensure_certificate(campaign, &predictor, &probes)?;
            }
        }
        self.end_if_done(campaign)?;
        self.campaign_changes.happened(campaign);
        Ok(())
    }

    /// The same for all targets of a campaign.
    pub(super) fn advance_all(&self, campaign: CampaignId) -> Result<(), ServiceError> {
        let targets = self.store.read(|tx| tasks::targets_of_campaign(tx, campaign))?;
        targets.into_iter().try_for_each(|target| self.advance(campaign, target))
    }

    /// What a target has measured for a role.
    pub(super) fn measured(
        &self,
        campaign: CampaignId,
        target: TargetId,
        role: TaskRole,
    ) -> Result<Complete, ServiceError> {
        self.store.read(|tx| {
            if tasks::any_open(tx, campaign, target, role)? {
                return Ok(Complete::Open);
            }
            let lacking = tasks::never_measured(tx, campaign, target, role)?;
            if !lacking.is_empty() {
                return Ok(Complete::Lacking(lacking));
            }
            Ok(Complete::Yes(points(tasks::measured_passes(tx, campaign, target, role)?)))
        })
    }

    fn ensure_predictor(
        &self,
        campaign: CampaignId,
        target: TargetId,
        points: &[Point],
    ) -> Result<PredictorSummary, ServiceError> {
        let filter = Filter { campaign: Some(campaign), target: Some(target), ..Filter::default() };
        if let Some(predictor) = self.store.read(|tx| predictors::find(tx, &filter))?.into_iter().next() {
            return Ok(predictor);
        }
        let (spec, named_target) = self.store.read(|tx| {
            let record = campaigns::by_id(tx, campaign)?.ok_or(StoreError::Missing("campaign"))?;
            Ok::<_, ServiceError>((record.spec, targets::by_id(tx, target)?))
        })?;
        let space: Space = spec.space.parse()?;
        let trained = self.trained_for(space, spec.trained.as_ref())?;
        let support = support(space, points)?;
        let started = Instant::now();
        let adapted = trained.trained.adapt(&support)?;
        let adapting_ms = started.elapsed().as_secs_f64() * 1e3;
        let file = self
            .predictors
            .put(&adapted.for_device(&named_target.device, serde_json::json!(named_target)).to_bytes()?)?;
        let now = UnixMillis::now();
        let embedding = EmbeddingRecord {
            space: spec.space.clone(),
            reference_set: reference_set_name(&spec.references),
            points: points.to_vec(),
            created: now,
        };
        let new = |embedding| NewPredictor {
            target,
            space: &spec.space,
            method: trained.trained.header().method.as_str(),
            embedding,
            trained: &trained.hash,
            file: &file,
            shots: points.len(),
            suspect_shots: points.iter().filter(|point| point.suspect()).count(),
            adapting_ms,
        };
        self.store.write(|tx| {
            // Another thread may have been quicker: then its version is the one.
            if let Some(row) = predictors::add_embedding(tx, campaign, target, &embedding)? {
                let predictor = predictors::add(tx, &new(row), now)?;
                tracing::info!(%campaign, target = %named_target, %predictor, adapting_ms, "adapted");
            }
            let found = predictors::find(tx, &filter)?.into_iter().next();
            found.ok_or_else(|| StoreError::Missing("predictor").into())
        })
    }

    /// A version that was adapted from suspect measurements carries no certificate.
    fn ensure_certificate(
        &self,
        campaign: CampaignId,
        predictor: &PredictorSummary,
        probes: &[Point],
    ) -> Result<(), ServiceError> {
        if predictor.certificate.is_some() || predictor.suspect_shots > 0 || probes.len() < 2 {
            return Ok(());
        }
        let adapted = self.adapted(predictor)?;
        let space: Space = predictor.space.parse()?;
        let architectures = parse_all(space, probes.iter().map(|probe| probe.architecture.as_str()))?;
        let predictions = adapted.predict(&architectures)?;
        let measured_ms: Vec<f64> = probes.iter().map(|probe| probe.latency_ms).collect();
        let certificate = Certificate::of(&predictions, &measured_ms)?;
        let file = self.predictors.put(&adapted.with_certificate(certificate).to_bytes()?)?;
        tracing::info!(%campaign, predictor = %predictor.predictor, spearman = certificate.spearman, "certified");
        let now = UnixMillis::now();
        self.store.write(|tx| Ok(predictors::certify(tx, predictor.predictor, campaign, &certificate, &file, now)?))
    }

    fn end_if_done(&self, campaign: CampaignId) -> Result<(), ServiceError> {
        let all_ended = |tx: &rusqlite::Transaction| {
            let counts = tasks::counts(tx, campaign)?;
            Ok::<_, ServiceError>(counts.tasks == counts.ended)
        };
        if !self.store.read(all_ended)? {
            return Ok(());
        }
        let targets = self.store.read(|tx| tasks::targets_of_campaign(tx, campaign))?;
        let mut state = CampaignState::Complete;
        for target in targets {
            if matches!(self.measured(campaign, target, TaskRole::Reference)?, Complete::Lacking(_)) {
                state = CampaignState::Incomplete;
            }
        }
        if self.store.write(|tx| campaigns::end(tx, campaign, state, UnixMillis::now()))? {
            tracing::info!(%campaign, ?state, "campaign ended");
        }
        Ok(())
    }

    /// The adapted predictor of this version, read where it was not asked lately.
    ///
    /// # Errors
    /// Where its file cannot be read.
    pub fn adapted(&self, predictor: &PredictorSummary) -> Result<Adapted, ServiceError> {
        self.ready.get(predictor.sha256.clone(), |hash| Ok(Adapted::from_bytes(&self.predictors.get(hash)?)?))
    }
}

/// The passes over each architecture as one point, in the order of the first passes.
fn points(passes: Vec<MeasuredPass>) -> Vec<Point> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut by_architecture: Vec<(String, Vec<(i64, Measured)>)> = Vec::new();
    for MeasuredPass { architecture, row, measured } in passes {
        let place = *places.entry(architecture.clone()).or_insert(by_architecture.len());
        match by_architecture.get_mut(place) {
            Some((_, passes)) => passes.push((row, measured)),
            None => by_architecture.push((architecture, vec![(row, measured)])),
        }
    }
    by_architecture.iter().filter_map(|(architecture, passes)| Point::of_passes(architecture, passes)).collect()
}

fn support(space: Space, points: &[Point]) -> Result<Support, ServiceError> {
    let measurement = |point: &Point| {
        Ok::<_, ServiceError>(SupportMeasurement {
            architecture: space.parse(&point.architecture)?,
            latency_ms: point.latency_ms,
            extra_noise: point.extra_noise,
        })
    };
    Ok(Support::new(points.iter().map(measurement).collect::<Result<_, _>>()?)?)
}

pub(super) fn parse_all<'a>(
    space: Space,
    texts: impl Iterator<Item = &'a str>,
) -> Result<Vec<Architecture>, ServiceError> {
    texts.map(|text| Ok(space.parse(text)?)).collect()
}

fn reference_set_name(choice: &ArchitectureChoice) -> String {
    match choice {
        ArchitectureChoice::Paper => "paper".to_owned(),
        ArchitectureChoice::Random { count, seed } => format!("random-{count}-seed-{seed}"),
        ArchitectureChoice::Spread { count, seed } => format!("spread-{count}-seed-{seed}"),
        ArchitectureChoice::Listed(listed) => format!("listed-{}", listed.len()),
    }
}
