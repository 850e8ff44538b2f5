//! What a demonstration prints.

use std::time::Duration;

use serde::Serialize;

use super::files::Files;
use super::outcome::Outcome;
use crate::{Failure, output};
use tenshot_coordinator::report::{ProbeResult, Report, Scores, Seconds};

/// `tenshot demo --json`.
#[derive(Debug, Serialize)]
pub(super) struct Summary {
    device: String,
    space: String,
    references: usize,
    probes: usize,
    #[serde(flatten)]
    scores: Scores,
    seconds: Seconds,
    /// References and probes whose measurement was never trusted.
    suspect: usize,
    files: Files,
}

impl Summary {
    /// `took` is what the user waited: starting both programs is in it.
    pub(super) fn of(outcome: &Outcome, took: Duration, files: Files) -> Result<Self, Failure> {
        let report = outcome.report()?;
        let scores = report.scores.ok_or_else(|| Failure::unexpected("the campaign measured no probes"))?;
        let models = report.references.iter().chain(report.probes.iter().map(|probe| &probe.measured));
        Ok(Self {
            device: report.target.device.clone(),
            space: report.space.clone(),
            references: report.references.len(),
            probes: report.probes.len(),
            scores,
            seconds: Seconds { total: took.as_secs_f64(), ..report.seconds },
            suspect: models.filter(|model| !model.reasons.is_empty()).count(),
            files,
        })
    }
}

/// The table of probes, and what it comes to.
pub(super) fn print(report: &Report, summary: &Summary) -> Result<(), Failure> {
    let row = |probe: &ProbeResult| {
        let interval = probe.interval_90_ms.map_or_else(String::new, |[low, high]| format!("{low:.2} to {high:.2}"));
        [
            probe.measured.architecture.clone(),
            format!("{:.2}", probe.predicted_ms),
            interval,
            format!("{:.2}", probe.measured.latency_ms),
            format!("{:+.1}%", probe.relative_error() * 100.0),
        ]
    };
    output::table(&["PROBE", "PREDICTED MS", "90% INTERVAL", "MEASURED MS", "ERROR"], report.probes.iter().map(row))?;
    output::line(&closing(report, summary))
}

fn closing(report: &Report, summary: &Summary) -> String {
    let Summary { scores, seconds, files, .. } = summary;
    let suspect = match summary.suspect {
        0 => String::new(),
        count => format!(
            "\n{count} measurements stayed suspect after three attempts, most likely because other programs ran; the report says why."
        ),
    };
    format!(
        "\n{device}, from {references} measured networks, on {probes} that the predictor never saw:\n\
         Spearman {spearman:.3}, MAPE {mape:.1}%, mean error {error:.2} ms, {coverage} inside the 90% interval\n\n\
         measuring the references {measuring:.1} s, adapting {adapting:.2} ms, everything {total:.0} s\n\
         900 samples, which a predictor trained from nothing needs, would have cost {minutes:.0} min{suspect}\n\n\
         report        {report_file}\nmeasurements  {csv}\npredictor     {predictor}",
        device = report.target.device,
        references = summary.references,
        probes = summary.probes,
        spearman = scores.spearman,
        mape = scores.mape * 100.0,
        error = scores.mean_error_ms,
        coverage = scores.coverage_90.map_or_else(|| "no".to_owned(), |share| format!("{:.0}%", share * 100.0)),
        measuring = seconds.measuring_references,
        adapting = seconds.adapting.unwrap_or_default() * 1e3,
        total = seconds.total,
        minutes = seconds.for_900_samples / 60.0,
        report_file = files.report.display(),
        csv = files.measurements.display(),
        predictor = files.predictor.display(),
    )
}
