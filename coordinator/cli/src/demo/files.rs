//! The files that a demonstration leaves.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::outcome::Outcome;
use crate::{Exit, Failure, FailureContext, output};
use tenshot_coordinator::report::{MeasuredModel, Report};

/// Where they are.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Files {
    /// The page for people.
    pub(super) report: PathBuf,
    /// Every model with its latency.
    pub(super) measurements: PathBuf,
    /// What `tenshot predict --predictor` reads.
    pub(super) predictor: PathBuf,
}

/// Writes report, measurements and predictor.
pub(super) fn write(folder: &Path, outcome: &Outcome) -> Result<Files, Failure> {
    let files = Files {
        report: folder.join("report.html"),
        measurements: folder.join("measurements.csv"),
        predictor: folder.join("predictor.safetensors"),
    };
    output::file(&files.report, outcome.campaign.to_html().as_bytes())?;
    output::file(&files.measurements, &measurements(outcome.report()?)?)?;
    output::file(&files.predictor, &outcome.predictor_file)?;
    Ok(files)
}

/// One line of the CSV. Its first two columns are what `tenshot adapt --measurements` reads.
#[derive(Serialize)]
struct Line<'a> {
    architecture: &'a str,
    latency_ms: f64,
    role: &'static str,
    ci95_low_ms: f64,
    ci95_high_ms: f64,
    samples: usize,
    attempts: u32,
    suspect: String,
    predicted_ms: Option<f64>,
    interval_90_low_ms: Option<f64>,
    interval_90_high_ms: Option<f64>,
}

impl<'a> Line<'a> {
    fn of(model: &'a MeasuredModel, role: &'static str) -> Self {
        let [ci95_low_ms, ci95_high_ms] = model.ci95_ms;
        Self {
            architecture: &model.architecture,
            latency_ms: model.latency_ms,
            role,
            ci95_low_ms,
            ci95_high_ms,
            samples: model.samples_ns.len(),
            attempts: model.attempts,
            suspect: model.reasons.join("; "),
            predicted_ms: None,
            interval_90_low_ms: None,
            interval_90_high_ms: None,
        }
    }
}

fn measurements(report: &Report) -> Result<Vec<u8>, Failure> {
    let references = report.references.iter().map(|model| Line::of(model, "reference"));
    let probes = report.probes.iter().map(|probe| Line {
        predicted_ms: Some(probe.predicted_ms),
        interval_90_low_ms: probe.interval_90_ms.map(|[low, _]| low),
        interval_90_high_ms: probe.interval_90_ms.map(|[_, high]| high),
        ..Line::of(&probe.measured, "probe")
    });
    let mut csv = csv::Writer::from_writer(Vec::new());
    for line in references.chain(probes) {
        csv.serialize(line).or_fail(Exit::Unexpected, "cannot write CSV")?;
    }
    csv.into_inner().or_fail(Exit::Unexpected, "cannot write CSV")
}
