//! Networks of a folder of ONNX files, in `tenshot models list` and `tenshot models cost`.

use std::path::Path;

use serde_json::{Value, json};
use tenshot_onnx_models::{Folder, FolderNetwork, ModelInput, node_costs};

use super::millions;
use crate::{Exit, Failure, FailureContext, output};

/// Reads a folder; all its networks, or the one of a name.
pub(super) fn read(folder: &Path, name: Option<&str>, batch: usize) -> Result<Vec<FolderNetwork>, Failure> {
    let folder = Folder::open(folder, batch).or_exit(Exit::Input)?;
    let Some(name) = name else { return Ok(folder.networks) };
    let names: Vec<String> = folder.networks.iter().map(|network| network.name.clone()).collect();
    let chosen: Vec<_> = folder.networks.into_iter().filter(|network| network.name == name).collect();
    if chosen.is_empty() {
        let names = names.join(", ");
        return Err(Failure::input(format_args!("no network `{name}` in the folder, expected one of {names}")));
    }
    Ok(chosen)
}

/// The networks and what the table says of them.
pub(super) fn list(networks: &[FolderNetwork], as_json: bool) -> Result<(), Failure> {
    if as_json {
        return output::json(&networks.iter().map(describe).collect::<Vec<_>>());
    }
    let row = |network: &FolderNetwork| {
        let facts = network.facts.iter().filter(|(_, fact)| !fact.is_empty());
        let facts: Vec<_> = facts.map(|(column, fact)| format!("{column}={fact}")).collect();
        let inputs: Vec<_> = network.inputs.iter().map(input).collect();
        let sha256 = network.sha256.get(..12).unwrap_or_default().to_owned();
        let cost = &network.cost;
        [
            network.name.clone(),
            millions(cost.macs),
            millions(cost.parameters),
            inputs.join(" "),
            sha256,
            facts.join(" "),
        ]
    };
    output::table(&["NAME", "M MACS", "M PARAMETERS", "INPUTS", "SHA-256", "FACTS"], networks.iter().map(row))
}

/// What every network costs, a line for each.
pub(super) fn costs(networks: &[FolderNetwork], with_nodes: bool, as_json: bool) -> Result<(), Failure> {
    if as_json {
        let with_nodes = |network: &FolderNetwork| {
            let mut described = describe(network);
            if let (true, Some(described)) = (with_nodes, described.as_object_mut()) {
                described.insert("nodes".into(), json!(node_costs(&network.graph)));
            }
            described
        };
        return output::json(&networks.iter().map(with_nodes).collect::<Vec<_>>());
    }
    let row = |network: &FolderNetwork| {
        let cost = &network.cost;
        [
            network.name.clone(),
            millions(cost.macs),
            millions(cost.parameters),
            millions(cost.weight_bytes),
            millions(cost.peak_activation_bytes),
            millions(cost.bytes),
            cost.kernels.len().to_string(),
            network.graph.unknown_operators().join(" "),
        ]
    };
    let header =
        ["NAME", "M MACS", "M PARAMETERS", "MB WEIGHTS", "MB PEAK", "MB MOVED", "KERNELS", "UNKNOWN OPERATORS"];
    output::table(&header, networks.iter().map(row))
}

fn describe(network: &FolderNetwork) -> Value {
    json!({
        "name": network.name,
        "file": network.path,
        "sha256": network.sha256,
        "inputs": network.inputs,
        "facts": network.facts,
        "cost": network.cost,
        "unknown_operators": network.graph.unknown_operators(),
    })
}

fn input(input: &ModelInput) -> String {
    let shape: Vec<_> = input.shape.iter().map(ToString::to_string).collect();
    format!("{}={}", input.name, shape.join("x"))
}
