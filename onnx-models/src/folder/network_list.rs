//! The table of a folder's networks.

use std::collections::{BTreeMap, HashMap};
use std::path::{Component, Path, PathBuf};

use thiserror::Error;

/// What a line of the table says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// From 1, the header's.
    pub(super) line: u64,
    pub(super) name: String,
    /// Inside the folder.
    pub(super) file: PathBuf,
    pub(super) sizes: BTreeMap<String, usize>,
    pub(super) facts: BTreeMap<String, String>,
}

/// What is wrong with a table.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TableError {
    /// It is no CSV.
    #[error(transparent)]
    Csv(#[from] csv::Error),
    /// It does not name networks.
    #[error("there is no column `name`, expected name, and if need be file and sizes")]
    NoNames,
    /// Two columns of one name.
    #[error("there are two columns `{0}`, expected one")]
    Column(String),
    /// A line that does not hold together.
    #[error("line {line}: {fault}")]
    Row {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        fault: RowFault,
    },
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RowFault {
    /// There is no name.
    #[error("the name is empty")]
    NoName,
    /// The name is taken.
    #[error("the name `{name}` is that of line {first} already, expected another")]
    Duplicate {
        /// The name.
        name: String,
        /// The line that has it.
        first: u64,
    },
    /// The file is not in the folder.
    #[error("the file `{0}` is not inside the folder, expected a path without `..`")]
    Outside(String),
    /// The sizes are none.
    #[error("`{0}` is no size, expected name=size with a size of at least 1")]
    Size(String),
}

/// The lines of a table, in their order.
pub(super) fn read(text: &[u8]) -> Result<Vec<Row>, TableError> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text);
    let columns: Vec<String> = reader.headers()?.iter().map(str::to_owned).collect();
    let twice = columns.iter().enumerate().find(|(place, column)| columns[..*place].contains(column));
    if let Some((_, column)) = twice {
        return Err(TableError::Column(column.clone()));
    }
    if !columns.iter().any(|column| column == "name") {
        return Err(TableError::NoNames);
    }
    let mut lines = HashMap::new();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record?;
        let line = record.position().map_or(0, csv::Position::line);
        let cells = columns.iter().map(String::as_str).zip(&record).collect();
        let row = row(line, cells).map_err(|fault| TableError::Row { line, fault })?;
        if let Some(first) = lines.insert(row.name.clone(), line) {
            return Err(TableError::Row { line, fault: RowFault::Duplicate { name: row.name, first } });
        }
        rows.push(row);
    }
    Ok(rows)
}

fn row(line: u64, mut cells: BTreeMap<&str, &str>) -> Result<Row, RowFault> {
    let name = cells.remove("name").unwrap_or_default();
    if name.is_empty() {
        return Err(RowFault::NoName);
    }
    let file = match cells.remove("file").unwrap_or_default() {
        "" => format!("{name}.onnx"),
        file => file.to_owned(),
    };
    let inside = Path::new(&file).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !inside {
        return Err(RowFault::Outside(file));
    }
    let sizes = cells.remove("sizes").unwrap_or_default().split_whitespace().map(size).collect::<Result<_, _>>()?;
    let facts = cells.into_iter().map(|(column, fact)| (column.to_owned(), fact.to_owned())).collect();
    Ok(Row { line, name: name.to_owned(), file: file.into(), sizes, facts })
}

fn size(text: &str) -> Result<(String, usize), RowFault> {
    let pair = text.rsplit_once('=').and_then(|(name, size)| Some((name.to_owned(), size.parse().ok()?)));
    pair.filter(|(name, size)| !name.is_empty() && *size > 0).ok_or_else(|| RowFault::Size(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::*;

    fn message(table: &str) -> String {
        read(table.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn a_line_is_read() {
        let rows = read(b"name, file ,sizes,year\n a , x/b.onnx,height=7 image.3=9,2021\nc,,,\n").unwrap();
        let sizes = [("height".to_owned(), 7), ("image.3".to_owned(), 9)].into();
        let facts = [("year".to_owned(), "2021".to_owned())].into();
        assert_eq!(rows[0], Row { line: 2, name: "a".into(), file: "x/b.onnx".into(), sizes, facts });
        assert_eq!((rows[1].line, rows[1].file.to_str()), (3, Some("c.onnx")));
    }

    #[test]
    fn what_is_wrong_is_named() {
        insta::assert_snapshot!(message("file\na.onnx\n"), @"there is no column `name`, expected name, and if need be file and sizes");
        insta::assert_snapshot!(message("name,file,name\n"), @"there are two columns `name`, expected one");
        insta::assert_snapshot!(message("name,file\n,a.onnx\n"), @"line 2: the name is empty");
        insta::assert_snapshot!(message("name\na\nb\na\n"), @"line 4: the name `a` is that of line 2 already, expected another");
        insta::assert_snapshot!(message("name\n../a\n"), @"line 2: the file `../a.onnx` is not inside the folder, expected a path without `..`");
        insta::assert_snapshot!(message("name,file\na,/etc/passwd\n"), @"line 2: the file `/etc/passwd` is not inside the folder, expected a path without `..`");
        insta::assert_snapshot!(message("name,sizes\na,height=0\n"), @"line 2: `height=0` is no size, expected name=size with a size of at least 1");
        insta::assert_snapshot!(message("name,file\na\n"), @"CSV error: record 1 (line: 2, byte: 10): found record with 1 fields, but the previous record has 2 fields");
    }

    proptest! {
        #[test]
        fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
        }
    }
}
