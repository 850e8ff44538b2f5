//! Reads any ONNX file as a graph, by shape inference.

mod call;
mod error;
mod pick;
mod reader;
mod rules;
mod sizes;
mod tensor;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use prost::Message;

use crate::graph::{Graph, ModelProto};
pub use error::{Fault, ImportError};
use reader::Reader;

/// What a file may leave open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportOptions {
    /// The first dimension of every input whose file leaves it open. A file with a fixed batch
    /// keeps it.
    pub batch: usize,
    /// Sizes of other open dimensions, by the name that the file gives them (`height`) or by
    /// input and place (`image.2`).
    pub sizes: BTreeMap<String, usize>,
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self { batch: 1, sizes: BTreeMap::new() }
    }
}

/// The graph of an ONNX file at batch 1 where the file leaves the batch open; see
/// [`read_graph_with`].
///
/// # Errors
/// See [`read_graph_with`].
///
/// ```
/// use tenshot_onnx_models::{BuildOptions, Cost, Space, build, read_graph};
///
/// let model = build(&Space::NasBench201.parse("9930")?, &BuildOptions::default())?;
/// assert_eq!(Cost::of(&read_graph(&model.bytes)?), model.cost);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_graph(bytes: &[u8]) -> Result<Graph, ImportError> {
    read_graph_with(bytes, &ImportOptions::default())
}

/// The graph of an ONNX file.
///
/// Shapes follow from the operators of image and language networks, or else are taken from the
/// file. What depends on shapes and constants alone is computed here and is no node of the graph,
/// as runtimes do it before the first run. A node with several outputs that are read becomes
/// several nodes, of which the later ones only write. Operators that are not known here are
/// [`Unknown`](crate::graph::Arithmetic::Unknown): they need shapes in the file, and count the
/// bytes that they read and write. Subgraphs (`If`, `Loop`) and functions of the file are such.
///
/// # Errors
/// When the bytes are no ONNX file, a dimension is left open, a shape does not follow, or shapes
/// do not fit together. The message names node and operator.
pub fn read_graph_with(bytes: &[u8], options: &ImportOptions) -> Result<Graph, ImportError> {
    let model = ModelProto::decode(bytes)?;
    let opset = model.opset_import.iter().find(|set| set.domain.as_deref().unwrap_or_default().is_empty());
    let graph = model.graph.as_ref().ok_or(ImportError::NoGraph)?;
    Reader::new(graph, opset.map_or(1, |set| set.version), options)?.read()
}
