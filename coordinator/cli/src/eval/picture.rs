//! Evaluations as pictures.

use tenshot_predictor::evaluation::paper::Across;
use tenshot_predictor::evaluation::{DeviceReport, QueryPrediction, Report};
use tenshot_predictor::metrics::Statistic;

use super::outcome::{NamedReports, Outcome};
use super::scores_table::shots;
use tenshot_coordinator::report::{
    AxisName, DevicePredictions, LineChart, Point, PredictedPoint, Series, Spacing, lines_file, predicted_by_device,
};

/// The picture that suits an outcome. Of a table with several rows it shows the last one's
/// predictions.
pub(super) fn draw(outcome: &Outcome) -> String {
    match outcome.across {
        Across::Shots => lines_file(&against_shots(outcome)),
        Across::PoolSizes => lines_file(&against_pool_size(outcome)),
        Across::Predictions => predicted(outcome, &outcome.rows),
        Across::Devices => predicted(outcome, outcome.rows.last().map_or(&[], std::slice::from_ref)),
    }
}

/// The paper's Figure 3.
fn against_shots(outcome: &Outcome) -> LineChart {
    LineChart {
        title: outcome.title.clone(),
        caption:
            "Mean absolute percentage error over the test devices; bars are its deviation over runs. Architectures \
                  that do no work are left out."
                .to_owned(),
        across: AxisName { name: "measurements of the device".to_owned(), spacing: Spacing::Logarithmic },
        upwards: AxisName { name: "mean error in percent".to_owned(), spacing: Spacing::Linear },
        series: series(&outcome.rows, |report| report.shots, |report| report.mean.mape, 100.0),
        guides: Vec::new(),
    }
}

/// The paper's Figure 5.
fn against_pool_size(outcome: &Outcome) -> LineChart {
    LineChart {
        title: outcome.title.clone(),
        caption: "Mean over the test devices; bars are its deviation over runs and random pools.".to_owned(),
        across: AxisName { name: "devices trained on".to_owned(), spacing: Spacing::Linear },
        upwards: AxisName { name: "Spearman's rank correlation".to_owned(), spacing: Spacing::UpToOne },
        series: series(&by_shots(outcome), |report| report.pool_size.unwrap_or(0), |report| report.mean.spearman, 1.0),
        guides: Vec::new(),
    }
}

/// The rows, each apart for every number of shots where there are several.
fn by_shots(outcome: &Outcome) -> Vec<NamedReports> {
    let shots = shots(&outcome.reports());
    let of_row = |row: &NamedReports| {
        let with = |&shots: &usize| NamedReports {
            name: format!("{}, {shots} shots", row.name),
            reports: row.reports.iter().filter(|report| report.shots == shots).cloned().collect(),
            ..row.clone()
        };
        if shots.len() > 1 { shots.iter().map(with).collect() } else { vec![row.clone()] }
    };
    outcome.rows.iter().flat_map(of_row).collect()
}

fn series(rows: &[NamedReports], x: fn(&Report) -> usize, y: fn(&Report) -> Statistic, unit: f64) -> Vec<Series> {
    let point = |report: &Report| {
        let Statistic { mean, sd } = y(report);
        let deviation = (report.repeats > 1).then_some(sd * unit);
        Point { x: x(report) as f64, mean: mean * unit, deviation }
    };
    let of_row = |NamedReports { name, reports, .. }: &NamedReports| {
        let mut points: Vec<Point> = reports.iter().map(point).collect();
        points.sort_by(|a, b| a.x.total_cmp(&b.x));
        Series { name: name.clone(), points, published: Vec::new() }
    };
    rows.iter().map(of_row).collect()
}

/// The paper's Figure 4.
fn predicted(outcome: &Outcome, rows: &[NamedReports]) -> String {
    let title = match rows {
        [row] if outcome.table.is_some() => format!("{}: {}", outcome.title, row.name),
        _ => outcome.title.clone(),
    };
    let panel = |row: &NamedReports, device: &DeviceReport| {
        let correlation = format!("Spearman {:.3}", device.scores.spearman.mean);
        let note = if rows.len() > 1 { format!("{}, {correlation}", row.name) } else { correlation };
        let points = device.predictions.iter().map(point).collect();
        DevicePredictions { device: device.device.clone(), note, points }
    };
    let of_row = |row: &NamedReports| {
        let devices = row.reports.iter().flat_map(|report| &report.devices);
        devices.map(|device| panel(row, device)).collect::<Vec<_>>()
    };
    let panels: Vec<DevicePredictions> = rows.iter().flat_map(of_row).collect();
    predicted_by_device(&title, "The predictions of the first run; correlations are means over runs.", &panels)
}

fn point(one: &QueryPrediction) -> PredictedPoint {
    PredictedPoint {
        measured_ms: one.measured_ms,
        predicted_ms: one.predicted.mean_ms,
        interval_90_ms: one.predicted.interval_ms.map(|interval| [interval.low, interval.high]),
    }
}

#[cfg(test)]
mod tests {
    use super::super::outcome::fixture;
    use super::*;

    #[test]
    fn curves_have_a_point_for_every_number_of_shots() {
        let chart = against_shots(&fixture());
        let names: Vec<&str> = chart.series.iter().map(|series| series.name.as_str()).collect();
        assert_eq!(names, ["bayes", "help"]);
        let expected = |x| Point { x, mean: 5.0, deviation: Some(0.1) };
        assert_eq!(chart.series[0].points, [expected(10.0), expected(20.0)]);
    }

    #[test]
    fn predictions_of_a_table_are_those_of_its_last_row() {
        let mut outcome = fixture();
        outcome.across = Across::Devices;
        outcome.rows.iter_mut().for_each(|row| row.reports.truncate(1));
        let svg = draw(&outcome);
        assert!(svg.contains("Table 3: help") && !svg.contains("bayes") && svg.contains("Spearman 0.950"), "{svg}");
        outcome.across = Across::Predictions;
        let svg = draw(&outcome);
        assert!(svg.contains("bayes, Spearman 0.950") && svg.contains("help, Spearman 0.950"), "{svg}");
    }
}
