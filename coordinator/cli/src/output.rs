//! Results on stdout: a table for people, JSON for scripts.

use std::io::{self, ErrorKind, Write};
use std::path::Path;

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use tenshot_kit::write_whole;

use super::{Exit, Failure, FailureContext};

/// Prints a value as indented JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).or_fail(Exit::Unexpected, "cannot write JSON")?;
    line(&text)
}

/// Prints a table without borders.
pub(crate) fn table<Row>(header: &[&str], rows: impl IntoIterator<Item = Row>) -> Result<(), Failure>
where
    Row: IntoIterator<Item = String>,
{
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled).set_header(header);
    for row in rows {
        table.add_row(row);
    }
    line(&table.trim_fmt())
}

/// Prints a line. A reader that has read enough (`| head`) is no failure.
pub(crate) fn line(text: &str) -> Result<(), Failure> {
    match writeln!(io::stdout().lock(), "{text}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.or_fail(Exit::Machine, "cannot write to stdout"),
    }
}

/// Writes a file, whole or not at all.
pub(crate) fn file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write_whole(path, bytes).or_fail(Exit::Machine, format_args!("cannot write {}", path.display()))
}
