//! What campaigns ask for, in both versions of the protocol.

use tenshot_protocol::{v1, v2};

use super::error::ApiError;
use super::views::{choice, choice_of};
use crate::domain::campaign::CampaignSpec;

impl From<v2::CampaignSpec> for CampaignSpec {
    fn from(spec: v2::CampaignSpec) -> Self {
        Self {
            name: spec.name,
            space: spec.space,
            trained: spec.trained,
            references: choice_of(spec.references),
            probes: spec.probes.map(choice_of),
            devices: spec.devices,
            batches: spec.batches,
            backend: spec.backend,
            execution_provider: spec.execution_provider,
            threads: spec.threads,
            cpu_set: spec.cpu_set,
            settings: spec.settings.into(),
            limits: spec.limits.into(),
            passes: spec.passes,
            attempts: spec.attempts,
            cool_down_ms: spec.cool_down_ms,
        }
    }
}

impl From<CampaignSpec> for v2::CampaignSpec {
    fn from(spec: CampaignSpec) -> Self {
        Self {
            name: spec.name,
            space: spec.space,
            trained: spec.trained,
            references: choice(spec.references),
            probes: spec.probes.map(choice),
            devices: spec.devices,
            batches: spec.batches,
            backend: spec.backend,
            execution_provider: spec.execution_provider,
            threads: spec.threads,
            cpu_set: spec.cpu_set,
            settings: spec.settings.into(),
            limits: spec.limits.into(),
            passes: spec.passes,
            attempts: spec.attempts,
            cool_down_ms: spec.cool_down_ms,
        }
    }
}

/// Version 2 of what version 1 says.
pub(super) fn from_v1(spec: v1::CampaignSpec) -> v2::CampaignSpec {
    v2::CampaignSpec {
        name: spec.name,
        space: spec.space,
        trained: None,
        references: spec.references,
        probes: spec.probes,
        devices: spec.devices,
        batches: spec.batches,
        backend: spec.backend,
        execution_provider: spec.execution_provider,
        threads: spec.threads,
        cpu_set: spec.cpu_set,
        settings: spec.settings,
        limits: spec.limits,
        passes: spec.passes,
        attempts: spec.attempts,
        cool_down_ms: spec.cool_down_ms,
    }
}

/// Version 1 of a campaign; one that names a trained predictor cannot be said in it.
pub(super) fn to_v1(spec: v2::CampaignSpec) -> Result<v1::CampaignSpec, ApiError> {
    if spec.trained.is_some() {
        return Err(ApiError::upgrade_client("campaigns that name a trained predictor"));
    }
    Ok(v1::CampaignSpec {
        name: spec.name,
        space: spec.space,
        references: spec.references,
        probes: spec.probes,
        devices: spec.devices,
        batches: spec.batches,
        backend: spec.backend,
        execution_provider: spec.execution_provider,
        threads: spec.threads,
        cpu_set: spec.cpu_set,
        settings: spec.settings,
        limits: spec.limits,
        passes: spec.passes,
        attempts: spec.attempts,
        cool_down_ms: spec.cool_down_ms,
    })
}
