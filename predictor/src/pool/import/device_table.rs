//! A CSV table with a row for each architecture and a column for each device.
//!
//! ```text
//! # unit: ms
//! architecture,pixel2,raspi4
//! 9930,12.5,80.1
//! ```
//!
//! Lines that begin with `#` are comments, of which one may name the unit: `ms` (the default),
//! `us` or `s`.

use std::path::Path;

use tenshot_onnx_models::{Architecture, ArchitectureError, Space};

use super::{ImportError, finish, read_file};
use crate::pool::{Pool, PoolDevice, Ranges};

/// Why a table of devices could not be read.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// Bytes that are no CSV table.
    #[error("not a CSV table")]
    Table(#[from] csv::Error),
    /// A table without the column of architectures.
    #[error("no column `architecture` in its first line; it is `architecture` and the names of devices")]
    NoArchitectures,
    /// A table without a column of latencies.
    #[error("no column of latencies beside `architecture`; there is one for each device, called by its name")]
    NoDevices,
    /// A device without name.
    #[error("column {column} has no name; it is the device's")]
    NoName {
        /// Its column, counted from one.
        column: usize,
    },
    /// A unit of time that is not known.
    #[error("unknown unit `{found}`, expected ms, us or s")]
    Unit {
        /// The unit.
        found: String,
    },
    /// A text that names no architecture of the space.
    #[error("line {line}, column `architecture`")]
    Architecture {
        /// The line, counted from one.
        line: u64,
        /// What is wrong with it.
        source: ArchitectureError,
    },
    /// A device without latency of an architecture.
    #[error("line {line}, column `{device}`: no latency; every device has one of every architecture")]
    Missing {
        /// The line, counted from one.
        line: u64,
        /// The device.
        device: String,
    },
    /// A latency that is no number.
    #[error("line {line}, column `{device}`: `{text}` is no number")]
    Number {
        /// The line, counted from one.
        line: u64,
        /// The device.
        device: String,
        /// What stands there.
        text: String,
    },
}

const ARCHITECTURE: &str = "architecture";

pub(super) fn read(path: &Path, space: Space) -> Result<Pool, ImportError> {
    let (bytes, file) = read_file(path)?;
    let table = read_table(&bytes, space).map_err(|source| ImportError::Table { path: path.into(), source })?;
    let ranges = Ranges::usual(space, &table.architectures);
    finish(Pool::new(space, table.architectures, table.devices, ranges), path, "a CSV table", vec![file])
}

struct Table {
    architectures: Vec<Architecture>,
    devices: Vec<PoolDevice>,
}

fn read_table(bytes: &[u8], space: Space) -> Result<Table, TableError> {
    let per_ms = unit_in_ms(bytes)?;
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).comment(Some(b'#')).from_reader(bytes);
    let header = reader.headers()?.clone();
    // Spreadsheets put a byte order mark before the first name.
    let names: Vec<&str> = header.iter().map(|name| name.trim_start_matches('\u{feff}')).collect();
    let key = names.iter().position(|name| *name == ARCHITECTURE).ok_or(TableError::NoArchitectures)?;
    let columns: Vec<(usize, &str)> = names.iter().copied().enumerate().filter(|(place, _)| *place != key).collect();
    if columns.is_empty() {
        return Err(TableError::NoDevices);
    }
    if let Some((place, _)) = columns.iter().find(|(_, name)| name.is_empty()) {
        return Err(TableError::NoName { column: place + 1 });
    }
    let mut devices: Vec<PoolDevice> = columns.iter().map(|(_, name)| PoolDevice::named(name, Vec::new())).collect();
    let mut architectures = Vec::new();
    for record in reader.records() {
        let record = record?;
        let line = record.position().map_or(0, csv::Position::line);
        let field = |place| record.get(place).unwrap_or_default();
        let architecture = space.parse(field(key)).map_err(|source| TableError::Architecture { line, source })?;
        architectures.push(architecture);
        for (device, (place, _)) in devices.iter_mut().zip(&columns) {
            let latency = latency(field(*place), line, &device.name)?;
            device.latencies_ms.push(latency * per_ms);
        }
    }
    Ok(Table { architectures, devices })
}

fn latency(text: &str, line: u64, device: &str) -> Result<f64, TableError> {
    let device = || device.to_owned();
    if text.is_empty() {
        return Err(TableError::Missing { line, device: device() });
    }
    text.parse().map_err(|_| TableError::Number { line, device: device(), text: text.to_owned() })
}

/// How many milliseconds the table's unit is.
fn unit_in_ms(bytes: &[u8]) -> Result<f64, TableError> {
    let text = String::from_utf8_lossy(bytes);
    let comments = text.trim_start_matches('\u{feff}').lines().filter_map(|line| line.strip_prefix('#'));
    let named = comments.filter_map(|comment| comment.trim().strip_prefix("unit:")).map(str::trim).next();
    match named {
        None | Some("ms") => Ok(1.0),
        Some("us") => Ok(1e-3),
        Some("s") => Ok(1e3),
        Some(other) => Err(TableError::Unit { found: other.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::message;
    use super::*;

    fn import(text: &str) -> Result<Pool, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pool.csv");
        std::fs::write(&path, text).unwrap();
        read(&path, Space::NasBench201).map_err(|error| message(&error, folder.path()))
    }

    #[test]
    fn reads_a_column_for_each_device_in_its_unit() {
        let pool = import("# from the lab\n# unit: s\nraspi4,architecture, pixel2\n0.5,9930,1\n2,55,0.25\n").unwrap();
        assert_eq!(pool.architectures()[1], Space::NasBench201.parse("55").unwrap());
        assert_eq!(pool.device("raspi4").unwrap().latencies_ms, [500.0, 2000.0]);
        assert_eq!(pool.device("pixel2").unwrap().latencies_ms, [1000.0, 250.0]);
        assert_eq!(pool.provenance().files[0].name, "pool.csv");
    }

    #[test]
    fn architectures_with_commas_are_quoted() {
        let network = Space::FbNet.sample(1, 1).unwrap()[0];
        let table = read_table(format!("architecture,fpga\n\"{network}\",2.5\n").as_bytes(), Space::FbNet).unwrap();
        assert_eq!((table.architectures, &table.devices[0].latencies_ms[..]), (vec![network], &[2.5][..]));
    }

    #[test]
    fn faults_are_named_by_line_and_column() {
        let refused = |text| import(text).unwrap_err();
        insta::assert_snapshot!(refused("cell,a\n9,1\n"), @"TMP/pool.csv could not be read: no column `architecture` in its first line; it is `architecture` and the names of devices");
        insta::assert_snapshot!(refused("architecture\n9\n"), @"TMP/pool.csv could not be read: no column of latencies beside `architecture`; there is one for each device, called by its name");
        insta::assert_snapshot!(refused("architecture,a,\n9,1,2\n"), @"TMP/pool.csv could not be read: column 3 has no name; it is the device's");
        insta::assert_snapshot!(refused("# unit: hours\narchitecture,a\n9,1\n"), @"TMP/pool.csv could not be read: unknown unit `hours`, expected ms, us or s");
        insta::assert_snapshot!(refused("architecture,a,b\n9,1,2\n55,1\n"), @"TMP/pool.csv could not be read: not a CSV table: CSV error: record 2 (line: 3, byte: 23): found record with 2 fields, but the previous record has 3 fields");
        insta::assert_snapshot!(refused("architecture,a,b\n9,1,2\n55,1,\n"), @"TMP/pool.csv could not be read: line 3, column `b`: no latency; every device has one of every architecture");
        insta::assert_snapshot!(refused("architecture,a,b\n9,1,2\n55,1,fast\n"), @"TMP/pool.csv could not be read: line 3, column `b`: `fast` is no number");
        insta::assert_snapshot!(refused("architecture,a,b\n9,1,2\n55,1,nan\n"), @"TMP/pool.csv does not hold a pool: device `b` has a latency of NaN ms for architecture 1; latencies are positive numbers");
        insta::assert_snapshot!(refused("architecture,a,b\n9,1,2\n55,1,0\n"), @"TMP/pool.csv does not hold a pool: device `b` has a latency of 0 ms for architecture 1; latencies are positive numbers");
        insta::assert_snapshot!(refused("architecture,a,b\n9,1,2\n55,-1,1\n"), @"TMP/pool.csv does not hold a pool: device `a` has a latency of -1 ms for architecture 1; latencies are positive numbers");
        insta::assert_snapshot!(refused("architecture,a,b\n9,1,2\n9,1,1\n"), @"TMP/pool.csv does not hold a pool: architecture |avg_pool_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|nor_conv_3x3~2| is there twice");
        insta::assert_snapshot!(refused("architecture,a,a\n9,1,2\n"), @"TMP/pool.csv does not hold a pool: device `a` is there twice");
        insta::assert_snapshot!(refused("architecture,a\n15625,1\n"), @"TMP/pool.csv could not be read: line 2, column `architecture`: cell index 15625 is out of range, expected 0 to 15624");
        insta::assert_snapshot!(refused("architecture,a\n"), @"TMP/pool.csv does not hold a pool: the pool has no architectures");
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "(architecture,a\n)?[0-9a-z,|~+.#: \n\"-]{0,80}") {
            drop(read_table(text.as_bytes(), Space::NasBench201));
        }
    }
}
