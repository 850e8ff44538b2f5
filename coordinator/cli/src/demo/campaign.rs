//! The demonstration's campaign: the one that was cut off, or a new one.

use tenshot_protocol::v2::{ArchitectureChoice, CampaignProgress, CampaignSpec, CampaignState, Limits, Settings};

use super::Args;
use super::children::Lab;
use crate::Failure;
use crate::progress::Bar;

/// Rest before a suspect measurement is repeated: other tasks are measured meanwhile.
const COOL_DOWN_MS: u64 = 3_000;

/// Seed of the probes: the same networks in every run, so that runs can be compared.
const PROBE_SEED: u64 = 0;

/// The campaign of an earlier run that was cut off, where it asked for the same; otherwise a new one.
pub(super) async fn continue_or_create(lab: &mut Lab, args: &Args) -> Result<CampaignProgress, Failure> {
    let campaigns = lab.ask(async |client| client.campaigns().await).await?;
    let wanted = spec(lab, args, &format!("demo-{}", campaigns.len() + 1));
    for running in campaigns.iter().filter(|campaign| campaign.state == CampaignState::Running) {
        let found = lab.ask(async |client| client.campaign(running.campaign).await).await?;
        let same = found.spec == CampaignSpec { name: found.spec.name.clone(), ..wanted.clone() };
        if same && !args.fresh {
            eprintln!("continuing campaign {}: {} of {} measured", running.name, running.ended, running.tasks);
            return Ok(found);
        }
        eprintln!("giving up campaign {}, which asked for something else or is to be started anew", running.name);
        lab.ask(async |client| client.cancel_campaign(running.campaign).await).await?;
    }
    lab.ask(async |client| client.create_campaign(&wanted).await).await
}

/// Follows a campaign to its end.
pub(super) async fn follow(lab: &mut Lab, first: CampaignProgress) -> Result<CampaignProgress, Failure> {
    let bar = Bar::new(first.summary.tasks);
    let mut progress = first;
    while progress.summary.state == CampaignState::Running {
        bar.show(&progress);
        let summary = progress.summary;
        progress = lab.ask(async |client| client.watch_campaign(summary.campaign, summary.ended).await).await?;
    }
    bar.finish();
    Ok(progress)
}

fn spec(lab: &Lab, args: &Args, name: &str) -> CampaignSpec {
    CampaignSpec {
        name: name.to_owned(),
        space: args.space.clone(),
        trained: None,
        references: ArchitectureChoice::Paper,
        probes: Some(ArchitectureChoice::Spread { count: args.probe_count(), seed: PROBE_SEED }),
        devices: vec![lab.device.clone()],
        batches: vec![1],
        backend: "tract".to_owned(),
        execution_provider: "cpu".to_owned(),
        threads: args.threads,
        cpu_set: None,
        settings: Settings::default(),
        limits: Limits::default(),
        passes: 1,
        attempts: 3,
        cool_down_ms: COOL_DOWN_MS,
    }
}
