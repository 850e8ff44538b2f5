//! `tenshot eval --table`: the paper's tables and figures, with the published numbers beside ours.

use std::str::FromStr;

use tenshot_onnx_models::Space;
use tenshot_predictor::evaluation::Report;
use tenshot_predictor::evaluation::paper::{Across, Published, Row, SetUp, SetUpError};
use tenshot_predictor::metrics::Statistic;
use tenshot_predictor::pool::Pool;

use super::Args;
use super::outcome::{NamedReports, Outcome};
use super::progress::Lines;
use super::scores_table::{approximate, correlation, percent};
use crate::pool::correlations;
use crate::{Exit, Failure, FailureContext, output};

/// A table or figure by its name in the paper.
#[derive(Debug, Clone)]
pub(super) enum TableName {
    /// Table A.3: how alike the devices order the architectures.
    Correlations,
    /// Any other.
    SetUp(SetUp),
}

impl FromStr for TableName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "A.3" => Ok(Self::Correlations),
            _ => SetUp::named(text).map(Self::SetUp).map_err(|error: SetUpError| format!("{error}, A.3")),
        }
    }
}

pub(super) fn run(args: &Args, table: &TableName) -> Result<(), Failure> {
    match table {
        TableName::Correlations => {
            let pool = args.pool.read(Space::NasBench201)?;
            correlations::show(&pool, args.files.svg.as_deref(), args.files.csv.as_deref(), args.json)
        }
        TableName::SetUp(set_up) => {
            let pool = args.pool.read(set_up.space)?;
            let outcome = evaluate(args, set_up, &pool)?;
            args.files.write(&outcome)?;
            if args.json { output::json(&outcome) } else { print(&outcome) }
        }
    }
}

/// Runs every row, with what the command line sets.
fn evaluate(args: &Args, set_up: &SetUp, pool: &Pool) -> Result<Outcome, Failure> {
    set_up.check(pool).or_exit(Exit::Input)?;
    let count = set_up.rows.len();
    let run = |(number, row): (usize, &Row)| {
        let mut row = row.clone();
        let evaluation = &mut row.evaluation;
        evaluation.repeats = args.repeats.unwrap_or(evaluation.repeats);
        evaluation.seed = args.seed.unwrap_or(evaluation.seed);
        evaluation.episodes = args.episodes.or(evaluation.episodes);
        evaluation.z_samples = args.z_samples;
        evaluation.keep_predictions |= args.files.keep_predictions(set_up.across);
        let lines = Lines::of(&format!("row {number} of {count}, {}", row.name));
        let reports = row.run(pool, &|progress| lines.show(progress)).or_exit(Exit::Input)?;
        Ok(NamedReports { name: row.name, reports, published: row.published })
    };
    let rows = (1..).zip(&set_up.rows).map(run).collect::<Result<_, Failure>>()?;
    let approximate = pool.provenance().approximate.clone();
    Ok(Outcome { table: Some(set_up.name), title: set_up.title.to_owned(), across: set_up.across, rows, approximate })
}

fn print(outcome: &Outcome) -> Result<(), Failure> {
    output::line(&format!("{}\n", outcome.title))?;
    let along = |of: fn(&Report) -> usize, first, what: fn(&Report) -> String| Grid::along(outcome, of, first, what);
    let spearman = |report: &Report| correlation(report.mean.spearman, report.repeats);
    let mape = |report: &Report| percent(report.mean.mape);
    match outcome.across {
        Across::Devices | Across::Predictions => Grid::over_devices(outcome).print()?,
        Across::Shots => {
            along(|report| report.shots, "SPEARMAN AT SHOTS", spearman).print()?;
            output::line("")?;
            along(|report| report.shots, "MAPE AT SHOTS", mape).print()?;
        }
        Across::PoolSizes => {
            along(|report| report.pool_size.unwrap_or(0), "SPEARMAN BY POOL SIZE", spearman).print()?;
            output::line("")?;
            along(|report| report.pool_size.unwrap_or(0), "MAPE BY POOL SIZE", mape).print()?;
        }
    }
    output::line(
        "\nMean ± deviation over runs: reference sets, seeds or pools. Test devices give the measurements of the \
         references and nothing more; queries are the pool's query range. MAPE leaves out cells that do no work; \
         COVERAGE is that of the 90% interval.",
    )?;
    let mut sources: Vec<&str> = outcome.rows.iter().filter_map(|row| Some(row.published?.source)).collect();
    sources.dedup();
    if !sources.is_empty() {
        output::line(&format!("Published: {}.", sources.join("; ")))?;
    }
    approximate(outcome)
}

/// A table whose shorter side runs across the page.
struct Grid {
    /// The first row is the header; the first cell of each row is its name.
    rows: Vec<Vec<String>>,
}

impl Grid {
    /// Rows against test devices, with the published numbers below.
    fn over_devices(outcome: &Outcome) -> Self {
        let reports = outcome.reports();
        let devices: Vec<&str> = reports
            .first()
            .map(|report| report.devices.iter().map(|device| device.device.as_str()).collect())
            .unwrap_or_default();
        let header = ["METHOD", "RUNS"].into_iter().chain(devices.iter().copied()).chain(["MEAN", "MAPE", "COVERAGE"]);
        let mut rows = vec![header.map(str::to_owned).collect()];
        for NamedReports { name, reports, published } in &outcome.rows {
            rows.extend(reports.iter().map(|report| of_report(name, report)));
            rows.extend(published.map(|published| of_published(&published, &devices)));
        }
        Self { rows }
    }

    /// Rows against a number that reports have.
    fn along(outcome: &Outcome, of: fn(&Report) -> usize, first: &str, what: fn(&Report) -> String) -> Self {
        let mut numbers: Vec<usize> = outcome.reports().into_iter().map(of).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let header = [first.to_owned()].into_iter().chain(numbers.iter().map(usize::to_string));
        let mut rows: Vec<Vec<String>> = vec![header.collect()];
        for NamedReports { name, reports, .. } in &outcome.rows {
            let at = |number: &usize| reports.iter().find(|report| of(report) == *number);
            let cells = numbers.iter().map(|number| at(number).map(what).unwrap_or_default());
            rows.push([name.clone()].into_iter().chain(cells).collect());
        }
        Self { rows }
    }

    fn print(self) -> Result<(), Failure> {
        let mut rows = self.across().into_iter();
        let header = rows.next().unwrap_or_default();
        output::table(&header.iter().map(String::as_str).collect::<Vec<_>>(), rows)
    }

    fn across(self) -> Vec<Vec<String>> {
        let columns = self.rows.first().map_or(0, Vec::len);
        if columns <= self.rows.len() {
            return self.rows;
        }
        let column = |column: usize| self.rows.iter().filter_map(|row| row.get(column).cloned()).collect();
        (0..columns).map(column).collect()
    }
}

fn of_report(name: &str, report: &Report) -> Vec<String> {
    let value = |one: Statistic| correlation(one, report.repeats);
    let devices = report.devices.iter().map(|device| value(device.scores.spearman));
    let mean = &report.mean;
    let last = [value(mean.spearman), percent(mean.mape), mean.coverage_90.map(percent).unwrap_or_default()];
    [name.to_owned(), report.repeats.to_string()].into_iter().chain(devices).chain(last).collect()
}

fn of_published(published: &Published, devices: &[&str]) -> Vec<String> {
    let value = |spearman: f64| format!("{spearman:.3}");
    let devices = devices.iter().map(|device| published.of_device(device).map(value).unwrap_or_default());
    let last = [value(published.mean), String::new(), String::new()];
    ["  published".to_owned(), String::new()].into_iter().chain(devices).chain(last).collect()
}

#[cfg(test)]
mod tests {
    use super::super::outcome::fixture;
    use super::*;

    fn text(grid: Grid) -> String {
        grid.across().iter().map(|row| row.join(" | ").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn published_numbers_stand_below_ours() {
        let mut outcome = fixture();
        outcome.rows.iter_mut().for_each(|row| row.reports.truncate(1));
        insta::assert_snapshot!(text(Grid::over_devices(&outcome)), @r"
        METHOD | bayes | help |   published
        RUNS | 2 | 2 |
        raspi4 | 0.950 ± 0.001 | 0.950 ± 0.001 | 0.900
        fpga | 0.950 ± 0.001 | 0.950 ± 0.001 |
        MEAN | 0.950 ± 0.001 | 0.950 ± 0.001 | 0.910
        MAPE | 5.0% | 5.0% |
        COVERAGE |  |  |
        ");
    }

    #[test]
    fn numbers_that_differ_run_across() {
        let grid = Grid::along(&fixture(), |report| report.shots, "SHOTS", |report| percent(report.mean.mape));
        insta::assert_snapshot!(text(grid), @r"
        SHOTS | 10 | 20
        bayes | 5.0% | 5.0%
        help | 5.0% | 5.0%
        ");
    }

    #[test]
    fn tables_are_known_by_name() {
        assert!(matches!("A.3".parse(), Ok(TableName::Correlations)));
        assert!(matches!("C.2".parse(), Ok(TableName::SetUp(SetUp { name: "C.2", .. }))));
        insta::assert_snapshot!("4".parse::<TableName>().unwrap_err(), @"unknown table `4`, expected 2, 3, C.2, C.3, fig3, fig4, fig5, A.3");
    }
}
