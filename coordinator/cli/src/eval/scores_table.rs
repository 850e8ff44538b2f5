//! Evaluations as a table for people.

use tenshot_predictor::evaluation::{Report, Scores};
use tenshot_predictor::metrics::Statistic;

use super::outcome::Outcome;
use crate::{Failure, output};

const SCORES: [&str; 9] =
    ["DEVICE", "SPEARMAN", "KENDALL", "MAPE", "MAPE ALL", "WITHIN 5%", "WITHIN 10%", "COVERAGE", "WIDTH"];

/// Prints the devices of every report, and what they were evaluated on.
pub(super) fn print(outcome: &Outcome) -> Result<(), Failure> {
    let reports = outcome.reports();
    let shots = shots(&reports);
    let several_shots = shots.len() > 1;
    let several_sizes = reports.iter().any(|report| report.pool_size.is_some());
    let mut header: Vec<&str> = Vec::new();
    header.extend(several_sizes.then_some("TRAINED ON"));
    header.extend(several_shots.then_some("SHOTS"));
    header.extend(SCORES);
    let of_report = |report: &&Report| {
        let before = [
            several_sizes.then(|| report.pool_size.map(|size| size.to_string()).unwrap_or_default()),
            several_shots.then(|| report.shots.to_string()),
        ];
        let row = |name: &str, scores: &Scores| row(name, scores, report.repeats);
        let devices = report.devices.iter().map(|device| row(&device.device, &device.scores));
        let rows = devices.chain([row("mean", &report.mean)]);
        rows.map(|row| before.iter().flatten().cloned().chain(row).collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    output::table(&header, reports.iter().flat_map(of_report))?;
    let Some(report) = reports.first() else { return Ok(()) };
    output::line(&format!(
        "{}, {} {} references, {} runs; mean ± deviation over runs. MAPE leaves out cells that do no work; COVERAGE and \
         WIDTH are those of the 90% interval.",
        method(report),
        shots.iter().map(usize::to_string).collect::<Vec<_>>().join(", "),
        report.references,
        reports.iter().map(|report| report.repeats).max().unwrap_or(0)
    ))?;
    approximate(outcome)
}

/// Says why numbers are approximate, if they are.
pub(super) fn approximate(outcome: &Outcome) -> Result<(), Failure> {
    match &outcome.approximate {
        Some(why) => output::line(&format!("Approximate: {why}.")),
        None => Ok(()),
    }
}

/// The method with what was left out of it.
fn method(report: &Report) -> String {
    report.parts.map_or_else(|| report.method.to_string(), |parts| format!("{} {parts}", report.method))
}

/// The numbers of shots, each once.
pub(super) fn shots(reports: &[&Report]) -> Vec<usize> {
    let mut shots: Vec<usize> = Vec::new();
    for report in reports {
        if !shots.contains(&report.shots) {
            shots.push(report.shots);
        }
    }
    shots
}

/// A correlation, and its deviation where there are several runs.
pub(super) fn correlation(one: Statistic, runs: usize) -> String {
    if runs > 1 { format!("{:.3} ± {:.3}", one.mean, one.sd) } else { format!("{:.3}", one.mean) }
}

/// A fraction in percent.
pub(super) fn percent(one: Statistic) -> String {
    format!("{:.1}%", 100.0 * one.mean)
}

fn row(name: &str, scores: &Scores, runs: usize) -> [String; 9] {
    let known = |one: Option<Statistic>| one.map_or_else(|| "none".to_owned(), percent);
    [
        name.to_owned(),
        correlation(scores.spearman, runs),
        correlation(scores.kendall, runs),
        percent(scores.mape),
        percent(scores.mape_all),
        percent(scores.within_5),
        percent(scores.within_10),
        known(scores.coverage_90),
        known(scores.width_90),
    ]
}
