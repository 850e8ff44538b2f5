//! `tenshot predictors`: adapted predictors.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;
use tenshot_protocol::v2::{PredictorSummary, TrainedSummary};

use super::connection::Connection;
use super::{Failure, output, runtime};
use crate::campaign_document::target;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List predictor versions, newest first.
    List {
        /// Only those of this device.
        #[arg(long)]
        device: Option<String>,
        /// Only those for this search space.
        #[arg(long)]
        space: Option<String>,
        #[command(flatten)]
        connection: Connection,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Pull a predictor version as one file, which `tenshot predict --predictor FILE` uses without a coordinator.
    Pull {
        /// The device; may be left out where there is only one.
        #[arg(long)]
        device: Option<String>,
        /// The search space.
        #[arg(long, default_value = "nasbench201")]
        space: String,
        /// The predictor's number as `list` shows it; otherwise the newest that fits.
        #[arg(long, value_name = "NUMBER")]
        predictor: Option<i64>,
        /// The file to write.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        connection: Connection,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// List the trained predictors that campaigns may adapt: those that the coordinator keeps, and the built-in ones.
    Trained {
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
            Action::List { device, space, connection, json } => {
                let found = connection.client()?.predictors(device.as_deref(), space.as_deref()).await?;
                if json { output::json(&found) } else { list(&found) }
            }
            Action::Trained { connection, json } => {
                let found = connection.client()?.trained().await?;
                if json { output::json(&found) } else { list_trained(&found) }
            }
            Action::Pull { device, space, predictor, out, connection, json } => {
                let client = connection.client()?;
                let found = client.predictors(device.as_deref(), Some(&space)).await?;
                let chosen = choose(&found, predictor)?;
                let bytes = client.predictor_file(chosen.predictor).await?;
                output::file(&out, &bytes)?;
                if json {
                    return output::json(&json!({ "predictor": chosen, "file": out, "bytes": bytes.len() }));
                }
                output::line(&format!("{}: version {} for {}", out.display(), chosen.version, target(&chosen.target)))
            }
        }
    })
}

fn list_trained(trained: &[TrainedSummary]) -> Result<(), Failure> {
    let row = |summary: &TrainedSummary| {
        let kept = if summary.built_in { "built in" } else { "kept" };
        let devices = summary.devices.to_string();
        [summary.sha256.to_string(), summary.space.clone(), summary.method.clone(), devices, kept.to_owned()]
    };
    output::table(&["SHA-256", "SPACE", "METHOD", "DEVICES", ""], trained.iter().map(row))
}

/// The version of this number, or the newest where all that fit are of one target.
fn choose(found: &[PredictorSummary], number: Option<i64>) -> Result<&PredictorSummary, Failure> {
    if let Some(number) = number {
        return found.iter().find(|summary| summary.predictor.0 == number).ok_or_else(|| {
            Failure::input(format!(
                "there is no predictor {number}: `tenshot predictors list` shows those that there are"
            ))
        });
    }
    let newest = found.first().ok_or_else(|| Failure::input("there is no predictor yet: run a campaign first"))?;
    match found.iter().find(|other| other.target != newest.target) {
        None => Ok(newest),
        Some(other) => Err(Failure::input(format!(
            "predictors of several targets fit, {} and {} among them: say --device or --predictor",
            target(&newest.target),
            target(&other.target)
        ))),
    }
}

pub(super) fn list(predictors: &[PredictorSummary]) -> Result<(), Failure> {
    let row = |summary: &PredictorSummary| {
        let certificate = match &summary.certificate {
            Some(certificate) => {
                format!("Spearman {:.3}, MAPE {:.1}%", certificate.spearman, certificate.mape * 100.0)
            }
            None if summary.suspect_shots > 0 => format!("none: {} suspect references", summary.suspect_shots),
            None => "none: no probes measured".to_owned(),
        };
        [
            summary.predictor.to_string(),
            target(&summary.target),
            summary.space.clone(),
            summary.version.to_string(),
            summary.method.clone(),
            summary.shots.to_string(),
            certificate,
        ]
    };
    output::table(
        &["NUMBER", "TARGET", "SPACE", "VERSION", "METHOD", "SHOTS", "CERTIFICATE"],
        predictors.iter().map(row),
    )
}

#[cfg(test)]
mod tests {
    use tenshot_protocol::v2::{Metric, PredictorId, PredictorSummary, Target};

    use super::choose;

    fn summary(number: i64, device: &str) -> PredictorSummary {
        let target = Target {
            device: device.into(),
            backend: "tract".into(),
            execution_provider: "cpu".into(),
            threads: 1,
            batch: 1,
            metric: Metric::Latency,
        };
        PredictorSummary {
            predictor: PredictorId(number),
            target,
            space: "nasbench201".into(),
            version: 1,
            method: "bayes".into(),
            sha256: String::new(),
            shots: 10,
            suspect_shots: 0,
            adapting_ms: 0.1,
            created_at_unix_ms: 0,
            certificate: None,
        }
    }

    #[test]
    fn the_newest_of_the_only_target_is_the_default() {
        let found = [summary(2, "a"), summary(1, "a")];
        assert_eq!(choose(&found, None).unwrap().predictor, PredictorId(2));
        assert_eq!(choose(&found, Some(1)).unwrap().predictor, PredictorId(1));
        assert!(choose(&found, Some(3)).unwrap_err().message.starts_with("there is no predictor 3"));
    }

    #[test]
    fn several_targets_need_a_choice() {
        let found = [summary(2, "a"), summary(1, "b")];
        assert!(choose(&found, None).unwrap_err().message.contains("say --device or --predictor"));
        assert!(choose(&[], None).is_err());
    }
}
