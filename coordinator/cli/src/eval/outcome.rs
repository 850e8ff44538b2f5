//! What was evaluated, for tables, files and pictures alike.

use std::path::PathBuf;

use serde::Serialize;
use tenshot_predictor::evaluation::paper::{Across, Published};
use tenshot_predictor::evaluation::{Report, Sweep};
use tenshot_predictor::pool::Pool;

use super::{csv_file, picture};
use crate::pool_data::check_folder_of;
use crate::{Exit, Failure, FailureContext};
use tenshot_coordinator::store::files::write_whole;

/// What was evaluated.
#[derive(Debug, Serialize)]
pub(super) struct Outcome {
    /// The table or figure of the paper, if it is one, by its name and what it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) table: Option<&'static str>,
    pub(super) title: String,
    /// What the rows are compared over.
    #[serde(skip)]
    pub(super) across: Across,
    pub(super) rows: Vec<NamedReports>,
    /// Why numbers of this pool are approximate, if they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) approximate: Option<String>,
}

/// The reports of a row of a table or a curve of a figure: one for every pool size and number of
/// shots.
#[derive(Debug, Clone, Serialize)]
pub(super) struct NamedReports {
    pub(super) name: String,
    pub(super) reports: Vec<Report>,
    /// What the authors published, if they did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) published: Option<Published>,
}

impl Outcome {
    /// A single evaluation.
    pub(super) fn of(pool: &Pool, method: &str, sweep: &Sweep, reports: Vec<Report>) -> Self {
        let across = match sweep {
            Sweep::PoolSizes { .. } => Across::PoolSizes,
            _ if reports.len() > 1 => Across::Shots,
            _ => Across::Devices,
        };
        Self {
            table: None,
            title: format!("{method} on {}", pool.space()),
            across,
            rows: vec![NamedReports { name: method.to_owned(), reports, published: None }],
            approximate: pool.provenance().approximate.clone(),
        }
    }

    /// All reports.
    pub(super) fn reports(&self) -> Vec<&Report> {
        self.rows.iter().flat_map(|row| &row.reports).collect()
    }
}

/// Files to write beside what is printed.
#[derive(Debug, clap::Args)]
pub(super) struct Files {
    /// Write the scores of every device and setting as CSV, too.
    #[arg(long, value_name = "FILE")]
    pub(super) csv: Option<PathBuf>,
    /// Write every prediction of the first repeat as CSV, too.
    #[arg(long, value_name = "FILE")]
    pub(super) predictions: Option<PathBuf>,
    /// Draw a picture, too: of several --shots the error against them, of --pool-sizes the correlation
    /// against those, else predicted against measured latencies (of a table, those of its last row).
    #[arg(long, value_name = "FILE")]
    pub(super) svg: Option<PathBuf>,
}

impl Files {
    /// Fails early where a file could not be written in the end.
    pub(super) fn check(&self) -> Result<(), Failure> {
        [&self.csv, &self.predictions, &self.svg].into_iter().flatten().try_for_each(|file| check_folder_of(file))
    }

    /// Whether predictions are to be kept for these files.
    pub(super) fn keep_predictions(&self, across: Across) -> bool {
        let are_drawn = matches!(across, Across::Devices | Across::Predictions);
        self.predictions.is_some() || self.svg.is_some() && are_drawn
    }

    /// Writes what was asked for.
    pub(super) fn write(&self, outcome: &Outcome) -> Result<(), Failure> {
        let doing = "cannot write CSV";
        if let Some(file) = &self.csv {
            write_whole(file, &csv_file::scores(outcome).or_fail(Exit::Unexpected, doing)?).or_exit(Exit::Machine)?;
        }
        if let Some(file) = &self.predictions {
            write_whole(file, &csv_file::predictions(outcome).or_fail(Exit::Unexpected, doing)?)
                .or_exit(Exit::Machine)?;
        }
        if let Some(file) = &self.svg {
            write_whole(file, picture::draw(outcome).as_bytes()).or_exit(Exit::Machine)?;
        }
        Ok(())
    }
}

/// Two rows on two devices with made-up scores; the second row is as published.
#[cfg(test)]
pub(super) fn fixture() -> Outcome {
    let statistic = |mean: f64| serde_json::json!({"mean": mean, "sd": 0.001});
    let scores = |spearman: f64| {
        serde_json::json!({
            "spearman": statistic(spearman), "kendall": statistic(0.8), "mape": statistic(0.05),
            "mape_all": statistic(0.06), "within_5": statistic(0.6), "within_10": statistic(0.9),
            "coverage_90": null, "width_90": null,
        })
    };
    let device = |name: &str, spearman: f64| {
        let mut device = scores(spearman);
        device["device"] = name.into();
        device
    };
    let report = |method: &str, shots: usize, spearman: f64| -> Report {
        let report = serde_json::json!({
            "space": "nasbench201", "method": method, "shots": shots, "references": "random", "repeats": 2,
            "queries": {"start": 900, "end": 1900}, "seed": 0, "train": ["pixel3"],
            "devices": [device("raspi4", spearman), device("fpga", spearman)], "mean": scores(spearman),
        });
        serde_json::from_value(report).unwrap()
    };
    let published = Published { source: "a paper", spearman: &[("raspi4", 0.9)], mean: 0.91 };
    let row = |name: &str, published| {
        let reports = vec![report(name, 10, 0.95), report(name, 20, 0.97)];
        NamedReports { name: name.to_owned(), reports, published }
    };
    Outcome {
        table: Some("3"),
        title: "Table 3".to_owned(),
        across: Across::Shots,
        rows: vec![row("bayes", None), row("help", Some(published))],
        approximate: None,
    }
}
