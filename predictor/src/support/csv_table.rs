//! Supports from CSV, as a spreadsheet writes it.

use std::io::Read;

use tenshot_onnx_models::{ArchitectureError, Space};

use super::{Support, SupportError, SupportMeasurement};

const ARCHITECTURE: &str = "architecture";
const LATENCY: &str = "latency_ms";

/// Why a table of measurements could not be read.
#[derive(Debug, thiserror::Error)]
pub enum CsvError {
    /// Bytes that are no table.
    #[error("not a CSV table")]
    Table(#[from] csv::Error),
    /// A first line without one of the two columns.
    #[error("no column `{column}` in its first line; it starts with `architecture,latency_ms`")]
    NoColumn {
        /// The column that is missing.
        column: &'static str,
    },
    /// A text that names no architecture of the space.
    #[error("line {line}, column `architecture`")]
    Architecture {
        /// Its line, counted from one.
        line: u64,
        /// What is wrong with it.
        source: ArchitectureError,
    },
    /// A latency that is no number.
    #[error("line {line}, column `latency_ms`: `{text}` is no number")]
    Number {
        /// Its line, counted from one.
        line: u64,
        /// What stands there.
        text: String,
    },
    /// A latency that is not positive.
    #[error("line {line}, column `latency_ms`: {text} ms cannot be; latencies are positive numbers")]
    Latency {
        /// Its line, counted from one.
        line: u64,
        /// What stands there.
        text: String,
    },
    /// An architecture that is there twice.
    #[error("line {line}, column `architecture`: measured in line {first} already")]
    Duplicate {
        /// Where it is again.
        line: u64,
        /// Where it was first.
        first: u64,
    },
    /// Measurements that no predictor adapts from.
    #[error(transparent)]
    Support(#[from] SupportError),
}

impl Support {
    /// Reads a table with the columns `architecture` (as its space writes it, or by index where
    /// the space has one) and `latency_ms`; further columns are ignored.
    ///
    /// # Errors
    /// The first fault, with its line and column.
    pub fn from_csv(reader: impl Read, space: Space) -> Result<Self, CsvError> {
        Ok(Self::new(read_measurements(reader, space)?)?)
    }
}

/// The measurements of such a table, few or many.
pub(crate) fn read_measurements(reader: impl Read, space: Space) -> Result<Vec<SupportMeasurement>, CsvError> {
    let mut table = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(reader);
    let header = table.headers()?.clone();
    let column = |column| {
        // Spreadsheets put a byte order mark before the first name.
        let place = header.iter().position(|name| name.trim_start_matches('\u{feff}') == column);
        place.ok_or(CsvError::NoColumn { column })
    };
    let (architecture, latency) = (column(ARCHITECTURE)?, column(LATENCY)?);
    let mut measurements: Vec<SupportMeasurement> = Vec::new();
    let mut lines = Vec::new();
    for record in table.records() {
        let record = record?;
        let line = record.position().map_or(0, csv::Position::line);
        let field = |place| record.get(place).unwrap_or_default();
        let measurement = read_record(field(architecture), field(latency), line, space)?;
        let is_same = |other: &SupportMeasurement| other.architecture == measurement.architecture;
        if let Some(first) = measurements.iter().position(is_same) {
            return Err(CsvError::Duplicate { line, first: lines[first] });
        }
        measurements.push(measurement);
        lines.push(line);
    }
    Ok(measurements)
}

fn read_record(architecture: &str, latency: &str, line: u64, space: Space) -> Result<SupportMeasurement, CsvError> {
    let architecture = space.parse(architecture).map_err(|source| CsvError::Architecture { line, source })?;
    let text = || latency.to_owned();
    let latency_ms: f64 = latency.parse().map_err(|_| CsvError::Number { line, text: text() })?;
    if latency_ms.is_finite() && latency_ms > 0.0 {
        Ok(SupportMeasurement::new(architecture, latency_ms))
    } else {
        Err(CsvError::Latency { line, text: text() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Support, CsvError> {
        Support::from_csv(text.as_bytes(), Space::NasBench201)
    }

    #[test]
    fn reads_cells_by_string_and_index_in_columns_of_any_order() {
        let cell = Space::NasBench201.parse("55").unwrap();
        let text = format!("\u{feff}latency_ms, architecture,note\n 1.5,9,x\n2,{cell},\n3e1,431,\n");
        let support = read(&text).unwrap();
        assert_eq!(support.latencies_ms(), [1.5, 2.0, 30.0]);
        assert_eq!(support.architectures()[1], cell);
    }

    #[test]
    fn faults_are_named_by_line_and_column() {
        let refused = |text| {
            let error = read(text).unwrap_err();
            let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
            format!("{error}{}", cause.unwrap_or_default())
        };
        insta::assert_snapshot!(refused("architecture,latency\n9,1\n"), @"no column `latency_ms` in its first line; it starts with `architecture,latency_ms`");
        insta::assert_snapshot!(refused("architecture,latency_ms\n9,1\n15625,2\n"), @"line 3, column `architecture`: cell index 15625 is out of range, expected 0 to 15624");
        insta::assert_snapshot!(refused("architecture,latency_ms\n9,1\n55,fast\n"), @"line 3, column `latency_ms`: `fast` is no number");
        insta::assert_snapshot!(refused("architecture,latency_ms\n9,1\n55,-2\n"), @"line 3, column `latency_ms`: -2 ms cannot be; latencies are positive numbers");
        insta::assert_snapshot!(refused("architecture,latency_ms\n9,1\n55,nan\n"), @"line 3, column `latency_ms`: nan ms cannot be; latencies are positive numbers");
        insta::assert_snapshot!(refused("architecture,latency_ms\n9,1\n\n55,2\n9,3\n"), @"line 5, column `architecture`: measured in line 2 already");
        insta::assert_snapshot!(refused("architecture,latency_ms\n9,1\n55,2\n"), @"2 measurements are too few; a predictor adapts from 3 or more");
        insta::assert_snapshot!(refused("architecture,latency_ms\n9,1\n55,2,3\n"), @"not a CSV table: CSV error: record 2 (line: 3, byte: 28): found record with 3 fields, but the previous record has 2 fields");
        insta::assert_snapshot!(refused(""), @"no column `architecture` in its first line; it starts with `architecture,latency_ms`");
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "(architecture,latency_ms\n)?[0-9a-z,|~+.\n\"-]{0,80}") {
            drop(read(&text));
        }
    }
}
