//! How alike a pool's devices order its architectures, as table, picture and file.

use std::path::Path;

use tenshot_predictor::pool::{Correlations, Pool};

use crate::{Exit, Failure, FailureContext, output};
use tenshot_coordinator::report::heat_map;

/// Prints the correlations, and writes them as a picture and as CSV where files are given.
pub(crate) fn show(pool: &Pool, svg: Option<&Path>, csv: Option<&Path>, json: bool) -> Result<(), Failure> {
    let correlations = pool.correlations().or_exit(Exit::Input)?;
    if let Some(svg) = svg {
        let title = format!(
            "Spearman's rank correlation of devices, {} architectures of {}",
            correlations.architectures,
            pool.space()
        );
        let picture = heat_map(&title, &correlations.devices, &correlations.spearman);
        output::file(svg, picture.as_bytes())?;
    }
    if let Some(csv) = csv {
        let bytes = matrix(&correlations).or_fail(Exit::Unexpected, "cannot write CSV")?;
        output::file(csv, &bytes)?;
    }
    if json {
        return output::json(&correlations);
    }
    table(&correlations)
}

/// A row and a column for each device.
fn matrix(correlations: &Correlations) -> Result<Vec<u8>, csv::Error> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(std::iter::once("device").chain(correlations.devices.iter().map(String::as_str)))?;
    for (device, row) in correlations.devices.iter().zip(&correlations.spearman) {
        csv.write_record([device.clone()].into_iter().chain(row.iter().map(f64::to_string)))?;
    }
    csv.into_inner().map_err(|error| error.into_error().into())
}

/// Columns are numbered as the rows are: names would be too wide.
fn table(correlations: &Correlations) -> Result<(), Failure> {
    let numbers: Vec<String> = (1..=correlations.devices.len()).map(|number| number.to_string()).collect();
    let header: Vec<&str> = ["", "DEVICE"].into_iter().chain(numbers.iter().map(String::as_str)).collect();
    let rows = correlations.devices.iter().zip(&correlations.spearman).zip(&numbers).map(|((device, row), number)| {
        let values = row.iter().map(|value| format!("{value:.2}"));
        [number.clone(), device.clone()].into_iter().chain(values).collect::<Vec<_>>()
    });
    output::table(&header, rows)?;
    output::line(&match &correlations.repeated[..] {
        [] => "\nThe diagonal is 1: the pool holds one series of measurements for each device.".to_owned(),
        repeated => format!("\nThe diagonal compares two measurements of {}; of others it is 1.", repeated.join(", ")),
    })
}
