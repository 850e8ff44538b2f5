//! A space made of a folder of ONNX files: networks of any origin, by name.
//!
//! The folder holds the files, in subfolders as one likes, and a table of them, `networks.csv`:
//!
//! ```csv
//! name,file,sizes,accuracy
//! resnet50,,,76.1
//! detector,exports/det_v4.onnx,height=640 width=640,
//! ```
//!
//! - `name` is how the network is called, unique in the folder.
//! - `file` is its ONNX file, inside the folder. Where it is empty or the column is missing, it is
//!   the name with `.onnx` behind.
//! - `sizes` has the sizes of dimensions that the file leaves open, the batch apart: `name=size` by
//!   the file's own name for the dimension, or `input.place=size`, with spaces between.
//! - Every other column is a fact about the network, kept as it is written.
//!
//! It is not one of [`Space`](crate::Space), whose members are known when this is compiled and
//! whose architectures are made of blocks: a folder has networks as wholes.

mod network_list;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use tenshot_kit::sha256;
use thiserror::Error;

use crate::cost::Cost;
use crate::graph::Graph;
use crate::import::{ImportError, ImportOptions, read_graph_with};
use crate::model::{ModelInput, model_input};
pub use network_list::{RowFault, TableError};

/// The table of a folder's networks.
pub const TABLE: &str = "networks.csv";

/// A folder's networks.
#[derive(Debug, Clone, PartialEq)]
pub struct Folder {
    /// Where it is.
    pub path: PathBuf,
    /// The networks in the order of the table.
    pub networks: Vec<FolderNetwork>,
}

/// A network of a folder.
#[derive(Debug, Clone, PartialEq)]
pub struct FolderNetwork {
    /// Its name in the table.
    pub name: String,
    /// Its file.
    pub path: PathBuf,
    /// The SHA-256 of the file in lower hex: the model's name everywhere.
    pub sha256: String,
    /// What goes in, at the batch asked for where the file leaves it open. Elements of other types
    /// than 64-bit integers stand as floats.
    pub inputs: Vec<ModelInput>,
    /// Its operators.
    pub graph: Graph,
    /// What one run costs.
    pub cost: Cost,
    /// What else the table says of it, by column.
    pub facts: BTreeMap<String, String>,
}

/// Why a folder is no space.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FolderError {
    /// There is no table, or it cannot be read.
    #[error("{}: {source}, expected a table with the columns name and file", .path.display())]
    Table {
        /// The table.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The table says something that does not hold together.
    #[error("{}: {fault}", .path.display())]
    Row {
        /// The table.
        path: PathBuf,
        /// What is wrong with it.
        fault: TableError,
    },
    /// A file that is not there, or cannot be read.
    #[error("{} line {line}: {}: {source}", .table.display(), .file.display())]
    File {
        /// The table.
        table: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file that is no network.
    #[error("{} line {line}: {}: {fault}", .table.display(), .file.display())]
    Network {
        /// The table.
        table: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        fault: Box<ImportError>,
    },
}

impl Folder {
    /// Reads the table of a folder and all its networks. `batch` is the first dimension of inputs
    /// whose files leave it open.
    ///
    /// # Errors
    /// When the table or one of its files cannot be read; the message names line and file.
    pub fn open(path: &Path, batch: usize) -> Result<Self, FolderError> {
        let table = path.join(TABLE);
        let text = std::fs::read(&table).map_err(|source| FolderError::Table { path: table.clone(), source })?;
        let rows = network_list::read(&text).map_err(|fault| FolderError::Row { path: table.clone(), fault })?;
        let networks = rows.into_iter().map(|row| open_network(path, &table, row, batch)).collect::<Result<_, _>>()?;
        Ok(Self { path: path.to_owned(), networks })
    }

    /// The network of a name.
    #[must_use]
    pub fn network(&self, name: &str) -> Option<&FolderNetwork> {
        self.networks.iter().find(|network| network.name == name)
    }
}

fn open_network(
    folder: &Path,
    table: &Path,
    row: network_list::Row,
    batch: usize,
) -> Result<FolderNetwork, FolderError> {
    let network_list::Row { line, name, file, sizes, facts } = row;
    let path = folder.join(&file);
    let (at, of) = (|| table.to_owned(), || file.clone());
    let bytes = std::fs::read(&path).map_err(|source| FolderError::File { table: at(), line, file: of(), source })?;
    let graph = read_graph_with(&bytes, &ImportOptions { batch, sizes });
    let graph = graph.map_err(|fault| FolderError::Network { table: at(), line, file: of(), fault: fault.into() })?;
    Ok(FolderNetwork {
        name,
        path,
        sha256: sha256(&bytes),
        inputs: graph.inputs().iter().map(|input| model_input(&graph, input)).collect(),
        cost: Cost::of(&graph),
        graph,
        facts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BuildOptions, Space, build};

    /// A folder with a model of its own, two names for it, and no model.
    fn folder(table: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let model = build(&Space::NasBench201.parse("9").unwrap(), &BuildOptions::default()).unwrap();
        std::fs::create_dir(folder.path().join("more")).unwrap();
        std::fs::write(folder.path().join("small.onnx"), &model.bytes).unwrap();
        std::fs::write(folder.path().join("more/other.onnx"), &model.bytes).unwrap();
        std::fs::write(folder.path().join("text.onnx"), "no network").unwrap();
        std::fs::write(folder.path().join(TABLE), table).unwrap();
        folder
    }

    fn message(table: &str) -> String {
        let folder = folder(table);
        let text = Folder::open(folder.path(), 1).unwrap_err().to_string();
        text.replace(&folder.path().display().to_string(), "DIR")
    }

    #[test]
    fn networks_have_names_hashes_costs_and_facts() {
        let folder = folder("accuracy,name,file\n93.5,small,\n,other,more/other.onnx\n");
        let space = Folder::open(folder.path(), 1).unwrap();
        let model = build(&Space::NasBench201.parse("9").unwrap(), &BuildOptions::default()).unwrap();
        let small = space.network("small").unwrap();
        assert_eq!((&small.sha256, &small.inputs, &small.cost), (&model.sha256, &model.inputs, &model.cost));
        assert_eq!(small.facts, [("accuracy".to_owned(), "93.5".to_owned())].into());
        assert_eq!(space.networks[1].path, folder.path().join("more/other.onnx"));
        assert!(space.network("none").is_none());
    }

    #[test]
    fn what_is_wrong_is_named_by_line_and_file() {
        insta::assert_snapshot!(message("name\nsmall\nabsent\n"), @"DIR/networks.csv line 3: absent.onnx: No such file or directory (os error 2)");
        insta::assert_snapshot!(message("name,file\nsmall,text.onnx\n"), @"DIR/networks.csv line 2: text.onnx: not an ONNX file: failed to decode Protobuf message: invalid wire type value: 6");
        insta::assert_snapshot!(message("name\nsmall\nsmall\n"), @"DIR/networks.csv: line 3: the name `small` is that of line 2 already, expected another");
        let empty = tempfile::tempdir().unwrap();
        let text = Folder::open(empty.path(), 1).unwrap_err().to_string();
        insta::assert_snapshot!(text.replace(&empty.path().display().to_string(), "DIR"), @"DIR/networks.csv: No such file or directory (os error 2), expected a table with the columns name and file");
    }
}
