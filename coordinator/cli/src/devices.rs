//! `tenshot devices`: boards and what is known of them.

use clap::Subcommand;
use tenshot_measurement::Reading;
use tenshot_protocol::v2::{DeviceDetail, DeviceSummary};

use super::connection::Connection;
use super::{Failure, output, runtime};
use crate::campaign_document;
use tenshot_coordinator::domain::UnixMillis;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List all devices.
    List {
        #[command(flatten)]
        connection: Connection,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show a device with its targets, embeddings and predictors.
    Show {
        /// The device's name.
        name: String,
        #[command(flatten)]
        connection: Connection,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(crate) fn run(args: Args) -> Result<(), Failure> {
    runtime::block_on(async {
        match args.action {
            Action::List { connection, json } => {
                let devices = connection.client()?.devices().await?;
                if json { output::json(&devices) } else { list(&devices) }
            }
            Action::Show { name, connection, json } => {
                let device = connection.client()?.device(&name).await?;
                if json { output::json(&device) } else { show(&device) }
            }
        }
    })
}

fn list(devices: &[DeviceSummary]) -> Result<(), Failure> {
    let row = |device: &DeviceSummary| {
        [
            device.name.clone(),
            if device.online { "online" } else { "offline" }.to_owned(),
            ago(device.last_seen_unix_ms),
            device.agent_version.clone().unwrap_or_else(|| "none".to_owned()),
        ]
    };
    output::table(&["DEVICE", "STATE", "LAST SEEN", "AGENT"], devices.iter().map(row))
}

fn show(device: &DeviceDetail) -> Result<(), Failure> {
    list(std::slice::from_ref(&device.summary))?;
    if let Some(facts) = &device.facts {
        let cpu = match &facts.cpu_model {
            Reading::Known(model) => model.as_str(),
            Reading::Unknown => "unknown processor",
        };
        output::line(&format!("\n{} x {cpu}, {}, {}", facts.cpu_count, facts.architecture, facts.operating_system))?;
    }
    for target in &device.targets {
        output::line(&format!("\n{}", campaign_document::target(&target.target)))?;
        if let Some(embedding) = target.embeddings.first() {
            let rows = embedding.architectures.iter().enumerate().map(|(index, architecture)| {
                let number = |values: Option<&Vec<f64>>| {
                    values.and_then(|values| values.get(index)).map_or_else(String::new, |value| format!("{value:.3}"))
                };
                let suspect = embedding.suspect.get(index).copied().unwrap_or(false);
                [
                    architecture.clone(),
                    number(Some(&embedding.latencies_ms)),
                    number(embedding.standardised.as_ref()),
                    if suspect { "suspect" } else { "" }.to_owned(),
                ]
            });
            output::table(&["REFERENCE", "MS", "EMBEDDING", ""], rows)?;
        }
        super::predictors::list(&target.predictors)?;
    }
    Ok(())
}

/// How long ago a moment was.
fn ago(unix_ms: u64) -> String {
    let seconds = UnixMillis::now().ms_since(UnixMillis(i64::try_from(unix_ms).unwrap_or(0))) / 1000;
    match seconds {
        0..120 => format!("{seconds} s ago"),
        120..7_200 => format!("{} min ago", seconds / 60),
        7_200..172_800 => format!("{} h ago", seconds / 3_600),
        _ => format!("{} days ago", seconds / 86_400),
    }
}
