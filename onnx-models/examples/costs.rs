//! Prints what ONNX files cost, as one line of JSON for each: totals, operators, and shapes by node.
//!
//! Arguments `name=size` give dimensions that the files leave open their sizes.

use std::error::Error;

use serde_json::json;
use tenshot_onnx_models::{Cost, ImportOptions, node_costs, read_graph_with};

fn main() -> Result<(), Box<dyn Error>> {
    let mut options = ImportOptions::default();
    for argument in std::env::args().skip(1) {
        if let Some((name, size)) = argument.split_once('=') {
            options.sizes.insert(name.to_owned(), size.parse()?);
            continue;
        }
        let read = read_graph_with(&std::fs::read(&argument)?, &options);
        let line = match &read {
            Ok(graph) => json!({
                "file": argument,
                "cost": Cost { kernels: Vec::new(), ..Cost::of(graph) },
                "nodes": node_costs(graph),
                "unknown": graph.unknown_operators(),
            }),
            Err(error) => json!({ "file": argument, "error": error.to_string() }),
        };
        println!("{line}");
    }
    Ok(())
}
