//! What was evaluated, for tables, files and pictures alike.

use serde::Serialize;
use tenshot_predictor::evaluation::paper::{Across, Published};
use tenshot_predictor::evaluation::{Report, Sweep};
use tenshot_predictor::pool::Pool;

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
