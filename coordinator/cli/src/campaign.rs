//! `tenshot campaign`: collection campaigns.

use std::path::PathBuf;

use clap::Subcommand;
use tenshot_measurement::{MeasurementFailure, Settings};
use tenshot_protocol::v2::{
    ArchitectureChoice, CampaignId, CampaignSpec, CampaignState, CampaignSummary, Limits, ModelHash, TaskView,
};

use super::connection::Connection;
use super::{Exit, Failure, FailureContext, output, runtime};
use crate::campaign_document::{self, CampaignDocument};
use crate::client::Client;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Create a campaign: references to adapt a predictor from, probes to judge it by.
    Create(Box<Create>),
    /// List all campaigns, newest first.
    List {
        #[command(flatten)]
        connection: Connection,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Follow a campaign until it ends; exit code 6 where a reference set stays incomplete.
    Watch {
        /// The campaign's number; the newest where it is left out.
        campaign: Option<i64>,
        #[command(flatten)]
        connection: Connection,
        /// Print the campaign as JSON when it has ended.
        #[arg(long)]
        json: bool,
    },
    /// Show a campaign and all its tasks as they are now.
    Show {
        /// The campaign's number; the newest where it is left out.
        campaign: Option<i64>,
        #[command(flatten)]
        connection: Connection,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Write a campaign's page: what it gave, as far as it is, in one HTML file that needs nothing else.
    Report {
        /// The campaign's number; the newest where it is left out.
        campaign: Option<i64>,
        #[command(flatten)]
        connection: Connection,
        /// Where to write it [default: campaign-N.html].
        #[arg(long, short, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Stop a campaign; what it has measured is kept.
    Cancel {
        /// The campaign's number.
        campaign: i64,
        #[command(flatten)]
        connection: Connection,
    },
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tenshot campaign create --name first --data-dir lab\n  \
                        tenshot campaign create --name batches --device jetson --batch 1,8 --probes 30 --data-dir lab")]
struct Create {
    /// A name for people; unique.
    #[arg(long)]
    name: String,
    /// The search space.
    #[arg(long, default_value = "nasbench201")]
    space: String,
    /// The trained predictor to adapt: its file, which the coordinator then keeps, or the SHA-256 of one that it
    /// keeps already; otherwise the built-in one of the space.
    #[arg(long, value_name = "FILE|SHA256")]
    trained: Option<String>,
    /// The reference set: `paper`, `random:COUNT` or `random:COUNT:SEED`; or architectures separated by commas.
    #[arg(long, default_value = "paper", value_parser = choice)]
    references: ArchitectureChoice,
    /// How many probes to measure, spread evenly over latency; 0 for none.
    #[arg(long, default_value_t = 0)]
    probes: u32,
    /// Devices by name, separated by commas; may be left out where there is only one.
    #[arg(long = "device", value_name = "NAME", value_delimiter = ',')]
    devices: Vec<String>,
    /// Batch sizes, separated by commas; each is a target of its own.
    #[arg(long = "batch", value_name = "N", value_delimiter = ',', default_value = "1")]
    batches: Vec<u32>,
    /// The inference backend.
    #[arg(long, default_value = "tract")]
    backend: String,
    /// The backend's execution provider.
    #[arg(long, default_value = "cpu")]
    execution_provider: String,
    /// Threads for the backend.
    #[arg(long, default_value_t = 1)]
    threads: u32,
    /// Processors to bind to, separated by commas; otherwise not bound.
    #[arg(long, value_name = "N", value_delimiter = ',')]
    cpus: Option<Vec<u32>>,
    /// The measuring protocol.
    #[arg(long, default_value = "help", value_parser = |name: &str| Settings::preset(name))]
    preset: Settings,
    /// How often each model is measured afresh.
    #[arg(long, default_value_t = 1)]
    passes: u32,
    /// How often a suspect or failed measurement is tried, at most.
    #[arg(long, default_value_t = 3)]
    attempts: u32,
    /// Rest before a suspect measurement is repeated, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    cool_down: u64,
    #[command(flatten)]
    connection: Connection,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Reads `paper`, `random:COUNT`, `random:COUNT:SEED`, or a list.
fn choice(text: &str) -> Result<ArchitectureChoice, String> {
    let wrong =
        || format!("`{text}`: expected paper, random:COUNT, random:COUNT:SEED, or architectures separated by commas");
    let number = |text: Option<&str>| text.and_then(|text| text.parse().ok()).ok_or_else(wrong);
    let mut parts = text.split(':');
    match parts.next() {
        Some("paper") => Ok(ArchitectureChoice::Paper),
        Some("random") => {
            let count = u32::try_from(number(parts.next())?).map_err(|_| wrong())?;
            let seed = if text.matches(':').count() > 1 { number(parts.next())? } else { 0 };
            Ok(ArchitectureChoice::Random { count, seed })
        }
        _ => Ok(ArchitectureChoice::Listed(text.split(',').map(|part| part.trim().to_owned()).collect())),
    }
}

impl Create {
    fn spec(&self, trained: Option<ModelHash>) -> CampaignSpec {
        let create = self;
        CampaignSpec {
            name: create.name.clone(),
            space: create.space.clone(),
            trained,
            references: create.references.clone(),
            probes: (create.probes > 0).then_some(ArchitectureChoice::Spread { count: create.probes, seed: 0 }),
            devices: create.devices.clone(),
            batches: create.batches.clone(),
            backend: create.backend.clone(),
            execution_provider: create.execution_provider.clone(),
            threads: create.threads,
            cpu_set: create.cpus.clone(),
            settings: create.preset.clone().into(),
            limits: Limits::default(),
            passes: create.passes,
            attempts: create.attempts,
            cool_down_ms: create.cool_down.saturating_mul(1000),
        }
    }
}

pub(crate) fn run(args: Args) -> Result<(), Failure> {
    runtime::block_on(async {
        match args.action {
            Action::Create(create) => {
                let client = create.connection.client()?;
                let trained = match &create.trained {
                    Some(named) => Some(trained(&client, named).await?),
                    None => None,
                };
                let progress = client.create_campaign(&create.spec(trained)).await?;
                if create.json { output::json(&progress) } else { list(std::slice::from_ref(&progress.summary)) }
            }
            Action::List { connection, json } => {
                let campaigns = connection.client()?.campaigns().await?;
                if json { output::json(&campaigns) } else { list(&campaigns) }
            }
            Action::Watch { campaign, connection, json } => {
                let client = connection.client()?;
                let campaign = newest_unless(&client, campaign).await?;
                watch(&client, campaign, json).await
            }
            Action::Show { campaign, connection, json } => {
                let client = connection.client()?;
                let campaign = newest_unless(&client, campaign).await?;
                let document = CampaignDocument::of(&client, campaign).await?;
                if json { output::json(&document) } else { show(&document) }
            }
            Action::Report { campaign, connection, out } => {
                let client = connection.client()?;
                let campaign = newest_unless(&client, campaign).await?;
                let path = out.unwrap_or_else(|| format!("campaign-{campaign}.html").into());
                output::file(&path, &client.campaign_report(campaign).await?)?;
                output::line(&path.display().to_string())
            }
            Action::Cancel { campaign, connection } => {
                let progress = connection.client()?.cancel_campaign(CampaignId(campaign)).await?;
                list(std::slice::from_ref(&progress.summary))
            }
        }
    })
}

/// The hash of a trained predictor that the coordinator keeps, or keeps from now on.
async fn trained(client: &Client, named: &str) -> Result<ModelHash, Failure> {
    if let Ok(hash) = named.parse() {
        return Ok(hash);
    }
    let file = std::fs::read(named).or_fail(Exit::Input, format_args!("cannot read the trained predictor {named}"))?;
    Ok(client.keep_trained(file).await?.sha256)
}

async fn newest_unless(client: &Client, given: Option<i64>) -> Result<CampaignId, Failure> {
    if let Some(given) = given {
        return Ok(CampaignId(given));
    }
    let campaigns = client.campaigns().await?;
    let newest = campaigns
        .first()
        .ok_or_else(|| Failure::input("there is no campaign yet: `tenshot campaign create` makes one"))?;
    Ok(newest.campaign)
}

async fn watch(client: &Client, campaign: CampaignId, json: bool) -> Result<(), Failure> {
    let mut progress = client.campaign(campaign).await?;
    let bar = super::progress::Bar::new(progress.summary.tasks);
    while progress.summary.state == CampaignState::Running {
        bar.show(&progress);
        progress = client.watch_campaign(campaign, progress.summary.ended).await?;
    }
    bar.finish();
    let document = CampaignDocument::with_tasks(client, progress).await?;
    if json {
        output::json(&document)?;
    } else {
        show(&document)?;
    }
    let problems: Vec<&str> = document.progress.targets.iter().filter_map(|target| target.problem.as_deref()).collect();
    if problems.is_empty() { Ok(()) } else { Err(Failure::incomplete(problems.join("; "))) }
}

fn list(campaigns: &[CampaignSummary]) -> Result<(), Failure> {
    let row = |campaign: &CampaignSummary| {
        [
            campaign.campaign.to_string(),
            campaign.name.clone(),
            campaign.space.clone(),
            format!("{:?}", campaign.state).to_lowercase(),
            format!("{} of {}", campaign.ended, campaign.tasks),
        ]
    };
    output::table(&["NUMBER", "NAME", "SPACE", "STATE", "TASKS ENDED"], campaigns.iter().map(row))
}

fn show(document: &CampaignDocument) -> Result<(), Failure> {
    let CampaignDocument { progress, tasks_detail } = document;
    list(std::slice::from_ref(&progress.summary))?;
    output::line("")?;
    let row = |task: &TaskView| {
        let remark = match &task.failure {
            Some(failure) => MeasurementFailure::from(failure.clone()).to_string(),
            None => campaign_document::reasons(&task.reasons).join("; "),
        };
        [
            task.target.device.clone(),
            task.target.batch.to_string(),
            format!("{:?}", task.role).to_lowercase(),
            task.architecture.clone(),
            format!("{:?}", task.state).to_lowercase(),
            task.attempts.to_string(),
            task.latency_ms.map_or_else(String::new, |ms| format!("{ms:.3}")),
            remark,
        ]
    };
    output::table(
        &["DEVICE", "BATCH", "ROLE", "ARCHITECTURE", "STATE", "ATTEMPTS", "MS", "REMARK"],
        tasks_detail.iter().map(row),
    )?;
    for target in &progress.targets {
        let name = campaign_document::target(&target.target);
        match (&target.predictor_version, &target.problem) {
            (Some(version), _) => output::line(&format!("\n{name}: predictor version {version}"))?,
            (None, Some(problem)) => output::line(&format!("\n{name}: {problem}"))?,
            (None, None) => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tenshot_protocol::v2::ArchitectureChoice;

    use super::choice;

    #[test]
    fn reference_sets_by_name() {
        assert_eq!(choice("paper"), Ok(ArchitectureChoice::Paper));
        assert_eq!(choice("random:20"), Ok(ArchitectureChoice::Random { count: 20, seed: 0 }));
        assert_eq!(choice("random:20:7"), Ok(ArchitectureChoice::Random { count: 20, seed: 7 }));
        assert_eq!(choice("1, 2,3"), Ok(ArchitectureChoice::Listed(vec!["1".into(), "2".into(), "3".into()])));
        for wrong in ["random", "random:", "random:x", "random:5:x"] {
            assert!(choice(wrong).unwrap_err().starts_with(&format!("`{wrong}`: expected")), "{wrong}");
        }
    }
}
