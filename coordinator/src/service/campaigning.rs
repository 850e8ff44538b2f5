//! Campaigns are made, stopped and listed.

use std::collections::HashMap;

use tenshot_measurement::{CampaignId, DeviceId, ModelHash};
use tenshot_onnx_models::{Architecture, BuildOptions, ReferenceSet, Space, build};

use super::{Coordinator, ServiceError};
use crate::domain::UnixMillis;
use crate::domain::campaign::{
    ArchitectureChoice, Architectures, CampaignSpec, CampaignState, Candidate, check, devices, expand,
};
use crate::domain::progress::CampaignSummary;
use crate::store::campaigns::CampaignRecord;
use crate::store::devices::{self as kept_devices, DeviceRecord};
use crate::store::tasks::{Counts, NewTask};
use crate::store::{StoreError, campaigns, models, targets as kept_targets, tasks};

/// The models that a campaign needs, built and written: hash and size of the file by architecture and batch.
type Built = HashMap<(Architecture, u32), (ModelHash, usize)>;

impl Coordinator {
    /// Makes a campaign: builds its models and queues its tasks.
    ///
    /// # Errors
    /// Where the campaign cannot be, its name is taken, or the database fails.
    pub fn create_campaign(&self, spec: &CampaignSpec, now: UnixMillis) -> Result<CampaignId, ServiceError> {
        check(spec)?;
        // Refused now, rather than when everything is measured.
        self.trained_for(spec.space.parse()?, spec.trained.as_ref())?;
        let architectures = self.architectures(spec)?;
        let known = self.store.read(|tx| kept_devices::all(tx))?;
        let candidates: Vec<Candidate> = known.iter().map(candidate).collect();
        let chosen = devices(spec, &candidates)?;
        let planned = expand(spec, &architectures, &chosen);
        let built = self.build_models(spec, &architectures)?;
        let numbers: HashMap<&str, DeviceId> = known.iter().map(|device| (device.name.as_str(), device.id)).collect();
        let mut targets = HashMap::new();
        let campaign = self.store.write(|tx| {
            let campaign = campaigns::add(tx, spec, now)?.ok_or_else(|| {
                ServiceError::Conflict(format!("there is a campaign `{}` already: choose another name", spec.name))
            })?;
            for ((architecture, batch), (hash, bytes)) in &built {
                models::add(tx, hash, architecture, *batch, *bytes, now)?;
            }
            for (position, planned) in planned.iter().enumerate() {
                let device = *numbers.get(planned.target.device.as_str()).ok_or(StoreError::Missing("device"))?;
                let target = match targets.get(&planned.target) {
                    Some(target) => *target,
                    None => {
                        *targets.entry(&planned.target).or_insert(kept_targets::ensure(tx, device, &planned.target)?)
                    }
                };
                let key = (planned.architecture, planned.target.batch);
                let (model, _) = built.get(&key).ok_or(StoreError::Missing("model"))?;
                tasks::add(tx, &NewTask { campaign, device, target, planned, model, position }, now)?;
            }
            Ok::<_, ServiceError>(campaign)
        })?;
        tracing::info!(%campaign, name = spec.name, tasks = planned.len(), "campaign created");
        for device in chosen.iter().filter_map(|device| numbers.get(device.name.as_str())) {
            self.device_changes.happened(*device);
        }
        Ok(campaign)
    }

    /// Stops a campaign. What it has measured is kept.
    ///
    /// # Errors
    /// Where there is no such campaign, or it has ended.
    pub fn cancel_campaign(&self, campaign: CampaignId, now: UnixMillis) -> Result<(), ServiceError> {
        self.store.write(|tx| {
            campaigns::by_id(tx, campaign)?.ok_or_else(|| ServiceError::no_campaign(campaign))?;
            if !campaigns::end(tx, campaign, CampaignState::Cancelled, now)? {
                return Err(ServiceError::Conflict(format!("campaign {campaign} has ended already")));
            }
            Ok(tasks::cancel_open(tx, campaign)?)
        })?;
        self.campaign_changes.happened(campaign);
        Ok(())
    }

    /// All campaigns, newest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn campaigns(&self) -> Result<Vec<CampaignSummary>, ServiceError> {
        self.store.read(|tx| {
            let counts = tasks::counts_by_campaign(tx)?;
            let count = |record: &CampaignRecord| counts.get(&record.id).copied().unwrap_or_default();
            Ok(campaigns::all(tx)?.iter().map(|record| summary(record, count(record))).collect())
        })
    }

    pub(super) fn running_campaigns(&self) -> Result<Vec<CampaignId>, ServiceError> {
        let all = self.store.read(|tx| campaigns::all(tx))?;
        Ok(all.into_iter().filter(|record| record.state == CampaignState::Running).map(|record| record.id).collect())
    }

    fn architectures(&self, spec: &CampaignSpec) -> Result<Architectures, ServiceError> {
        let space: Space = spec.space.parse()?;
        let references = self.choose(space, &spec.references, &[])?;
        let probes = match &spec.probes {
            Some(choice) => self.choose(space, choice, &references)?,
            None => Vec::new(),
        };
        let architectures = Architectures { space, references, probes };
        architectures.check()?;
        Ok(architectures)
    }

    /// The architectures of a choice; chosen ones avoid `taken`, listed ones are as they are.
    fn choose(
        &self,
        space: Space,
        choice: &ArchitectureChoice,
        taken: &[Architecture],
    ) -> Result<Vec<Architecture>, ServiceError> {
        Ok(match choice {
            ArchitectureChoice::Paper => ReferenceSet::paper(space)?.architectures,
            ArchitectureChoice::Random { count, seed } => {
                let wanted = as_count(*count);
                let mut sample = space.sample(*seed, wanted.saturating_add(taken.len()))?;
                sample.retain(|architecture| !taken.contains(architecture));
                sample.truncate(wanted);
                sample
            }
            ArchitectureChoice::Spread { count, seed } => {
                tenshot_predictor::probes(&self.trained_for(space, None)?.trained, as_count(*count), taken, *seed)
            }
            ArchitectureChoice::Listed(texts) => {
                texts.iter().map(|text| space.parse(text)).collect::<Result<_, _>>()?
            }
        })
    }

    fn build_models(&self, spec: &CampaignSpec, architectures: &Architectures) -> Result<Built, ServiceError> {
        let mut built = Built::new();
        for &batch in &spec.batches {
            // What predictors of the space tell the latency of: of a Transformer, the whole.
            let form = Some(architectures.space.latency_form());
            let options = BuildOptions { form, batch: as_count(batch), ..BuildOptions::default() };
            for architecture in architectures.references.iter().chain(&architectures.probes) {
                let model = build(architecture, &options)?;
                let hash = self.models.put(&model.bytes)?;
                built.insert((*architecture, batch), (hash, model.bytes.len()));
            }
        }
        Ok(built)
    }
}

fn as_count(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

fn candidate(device: &DeviceRecord) -> Candidate {
    Candidate { name: device.name.clone(), backends: device.backends.clone() }
}

pub(super) fn summary(record: &CampaignRecord, counts: Counts) -> CampaignSummary {
    CampaignSummary {
        campaign: record.id,
        name: record.spec.name.clone(),
        space: record.spec.space.clone(),
        state: record.state,
        created: record.created,
        tasks: counts.tasks,
        ended: counts.ended,
    }
}
