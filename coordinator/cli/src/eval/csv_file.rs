//! Evaluations as CSV: one row for every device and setting, or for every prediction.

use serde::Serialize;
use tenshot_predictor::evaluation::{LeaveOut, ReferenceChoice, Report, Scores};
use tenshot_predictor::help::Part;
use tenshot_predictor::methods::MethodName;
use tenshot_predictor::metrics::Statistic;

use super::outcome::{NamedReports, Outcome};

/// A device, or `mean` for the mean over them, under one setting. Of every score there is the mean
/// over repeats and its deviation; `mape` and what follows are fractions.
#[derive(Serialize)]
struct Row<'a> {
    table: &'a str,
    row: &'a str,
    space: String,
    method: MethodName,
    without: String,
    references: ReferenceChoice,
    shots: usize,
    repeats: usize,
    seed: u64,
    pool_size: Option<usize>,
    leave_out: Option<LeaveOut>,
    device: &'a str,
    published_spearman: Option<f64>,
    spearman: f64,
    spearman_sd: Option<f64>,
    kendall: f64,
    kendall_sd: Option<f64>,
    mape: f64,
    mape_sd: Option<f64>,
    mape_all: f64,
    mape_all_sd: Option<f64>,
    within_5: f64,
    within_5_sd: Option<f64>,
    within_10: f64,
    within_10_sd: Option<f64>,
    coverage_90: Option<f64>,
    coverage_90_sd: Option<f64>,
    width_90: Option<f64>,
    width_90_sd: Option<f64>,
}

/// The scores.
pub(super) fn scores(outcome: &Outcome) -> Result<Vec<u8>, csv::Error> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    for row in &outcome.rows {
        for report in &row.reports {
            for device in &report.devices {
                csv.serialize(of_device(outcome, row, report, &device.device, &device.scores))?;
            }
            csv.serialize(of_device(outcome, row, report, "mean", &report.mean))?;
        }
    }
    csv.into_inner().map_err(|error| error.into_error().into())
}

fn of_device<'a>(
    outcome: &'a Outcome,
    row: &'a NamedReports,
    report: &Report,
    device: &'a str,
    scores: &Scores,
) -> Row<'a> {
    let is_off = |part: &Part| report.parts.is_some_and(|parts| !parts.has(*part));
    let without: Vec<&str> = Part::ALL.into_iter().filter(is_off).map(Part::as_str).collect();
    let of = |published: tenshot_predictor::evaluation::paper::Published| match device {
        "mean" => Some(published.mean),
        device => published.of_device(device),
    };
    let mean = |one: Statistic| one.mean;
    // A single run has no deviation.
    let sd = |one: Statistic| (report.repeats > 1).then_some(one.sd);
    let Scores { spearman, kendall, mape, mape_all, within_5, within_10, coverage_90, width_90 } = *scores;
    Row {
        table: outcome.table.unwrap_or_default(),
        row: &row.name,
        space: report.space.to_string(),
        method: report.method,
        without: without.join(" "),
        references: report.references,
        shots: report.shots,
        repeats: report.repeats,
        seed: report.seed,
        pool_size: report.pool_size,
        leave_out: report.leave_out,
        device,
        published_spearman: row.published.and_then(of),
        spearman: mean(spearman),
        spearman_sd: sd(spearman),
        kendall: mean(kendall),
        kendall_sd: sd(kendall),
        mape: mean(mape),
        mape_sd: sd(mape),
        mape_all: mean(mape_all),
        mape_all_sd: sd(mape_all),
        within_5: mean(within_5),
        within_5_sd: sd(within_5),
        within_10: mean(within_10),
        within_10_sd: sd(within_10),
        coverage_90: coverage_90.map(mean),
        coverage_90_sd: coverage_90.and_then(sd),
        width_90: width_90.map(mean),
        width_90_sd: width_90.and_then(sd),
    }
}

/// A prediction; the interval is that of 90%.
#[derive(Serialize)]
struct PredictionRow<'a> {
    row: &'a str,
    shots: usize,
    pool_size: Option<usize>,
    device: &'a str,
    architecture: String,
    measured_ms: f64,
    predicted_ms: f64,
    low_ms: Option<f64>,
    high_ms: Option<f64>,
}

/// The predictions of every first repeat.
pub(super) fn predictions(outcome: &Outcome) -> Result<Vec<u8>, csv::Error> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    for row in &outcome.rows {
        for report in &row.reports {
            for device in &report.devices {
                for one in &device.predictions {
                    csv.serialize(PredictionRow {
                        row: &row.name,
                        shots: report.shots,
                        pool_size: report.pool_size,
                        device: &device.device,
                        architecture: one.architecture.to_string(),
                        measured_ms: one.measured_ms,
                        predicted_ms: one.predicted.mean_ms,
                        low_ms: one.predicted.interval_ms.map(|interval| interval.low),
                        high_ms: one.predicted.interval_ms.map(|interval| interval.high),
                    })?;
                }
            }
        }
    }
    csv.into_inner().map_err(|error| error.into_error().into())
}

#[cfg(test)]
mod tests {
    use tenshot_onnx_models::Space;
    use tenshot_predictor::evaluation::QueryPrediction;

    use super::super::outcome::fixture;
    use super::*;

    #[test]
    fn there_is_a_row_for_every_device_and_setting() {
        let text = String::from_utf8(scores(&fixture()).unwrap()).unwrap();
        assert_eq!(text.lines().count(), 1 + 2 * 2 * 3);
        let lines: Vec<&str> = text.lines().take(2).chain(text.lines().skip(10)).collect();
        insta::assert_snapshot!(lines.join("\n"), @r"
        table,row,space,method,without,references,shots,repeats,seed,pool_size,leave_out,device,published_spearman,spearman,spearman_sd,kendall,kendall_sd,mape,mape_sd,mape_all,mape_all_sd,within_5,within_5_sd,within_10,within_10_sd,coverage_90,coverage_90_sd,width_90,width_90_sd
        3,bayes,nasbench201,bayes,,random,10,2,0,,,raspi4,,0.95,0.001,0.8,0.001,0.05,0.001,0.06,0.001,0.6,0.001,0.9,0.001,,,,
        3,help,nasbench201,help,,random,20,2,0,,,raspi4,0.9,0.97,0.001,0.8,0.001,0.05,0.001,0.06,0.001,0.6,0.001,0.9,0.001,,,,
        3,help,nasbench201,help,,random,20,2,0,,,fpga,,0.97,0.001,0.8,0.001,0.05,0.001,0.06,0.001,0.6,0.001,0.9,0.001,,,,
        3,help,nasbench201,help,,random,20,2,0,,,mean,0.91,0.97,0.001,0.8,0.001,0.05,0.001,0.06,0.001,0.6,0.001,0.9,0.001,,,,
        ");
    }

    #[test]
    fn predictions_have_their_units() {
        let mut outcome = fixture();
        let cell = "|nor_conv_3x3~0|+|none~0|skip_connect~1|+|avg_pool_3x3~0|nor_conv_1x1~1|none~2|";
        let one: QueryPrediction = serde_json::from_value(serde_json::json!({
            "architecture": Space::NasBench201.parse(cell).unwrap(),
            "measured_ms": 2.5, "mean_ms": 2.0, "interval_ms": {"low": 1.5, "high": 3.0},
        }))
        .unwrap();
        outcome.rows[0].reports[0].devices[1].predictions = vec![one];
        let text = String::from_utf8(predictions(&outcome).unwrap()).unwrap();
        insta::assert_snapshot!(text, @r"
        row,shots,pool_size,device,architecture,measured_ms,predicted_ms,low_ms,high_ms
        bayes,10,,fpga,|nor_conv_3x3~0|+|none~0|skip_connect~1|+|avg_pool_3x3~0|nor_conv_1x1~1|none~2|,2.5,2.0,1.5,3.0
        ");
    }
}
