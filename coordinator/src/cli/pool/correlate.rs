//! `tenshot pool correlate`: the paper's Table A.3 for any pool.

use std::path::PathBuf;

use tenshot_predictor::pool::Correlations;

use super::PoolFile;
use crate::cli::pool_data::check_folder_of;
use crate::cli::{Exit, Failure, FailureContext, output};
use crate::report::heat_map;
use crate::store::files::write_whole;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tenshot pool correlate fbnet.pool --svg fbnet.svg")]
pub(super) struct Args {
    #[command(flatten)]
    pool: PoolFile,
    /// Write the matrix as a picture, too.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    if let Some(svg) = &args.svg {
        check_folder_of(svg)?;
    }
    let pool = args.pool.read()?;
    let correlations = pool.correlations().or_exit(Exit::Input)?;
    if let Some(svg) = &args.svg {
        let title = format!(
            "Spearman's rank correlation of devices, {} architectures of {}",
            correlations.architectures,
            pool.space()
        );
        let picture = heat_map(&title, &correlations.devices, &correlations.spearman);
        write_whole(svg, picture.as_bytes()).or_exit(Exit::Machine)?;
    }
    if args.json { output::json(&correlations) } else { table(&correlations) }
}

/// Columns are numbered as the rows are: names would be too wide.
fn table(correlations: &Correlations) -> Result<(), Failure> {
    let numbers: Vec<String> = (1..=correlations.devices.len()).map(|number| number.to_string()).collect();
    let header: Vec<&str> = ["", "DEVICE"].into_iter().chain(numbers.iter().map(String::as_str)).collect();
    let rows = correlations.devices.iter().zip(&correlations.spearman).zip(&numbers).map(|((device, row), number)| {
        let values = row.iter().map(|value| format!("{value:.2}"));
        [number.clone(), device.clone()].into_iter().chain(values).collect::<Vec<_>>()
    });
    output::table(&header, rows)
}
