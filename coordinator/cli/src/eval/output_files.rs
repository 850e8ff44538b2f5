//! Files that are written beside what is printed.

use std::path::PathBuf;

use tenshot_predictor::evaluation::paper::Across;

use super::outcome::Outcome;
use super::{csv_file, picture};
use crate::pool_data::check_folder_of;
use crate::{Exit, Failure, FailureContext, output};

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
            output::file(file, &csv_file::scores(outcome).or_fail(Exit::Unexpected, doing)?)?;
        }
        if let Some(file) = &self.predictions {
            output::file(file, &csv_file::predictions(outcome).or_fail(Exit::Unexpected, doing)?)?;
        }
        if let Some(file) = &self.svg {
            output::file(file, picture::draw(outcome).as_bytes())?;
        }
        Ok(())
    }
}
