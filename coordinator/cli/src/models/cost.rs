//! `tenshot models cost`: what a network costs, in all or node by node.

use std::path::PathBuf;

use serde_json::json;
use tenshot_onnx_models::{Cost, CostSummary, FolderNetwork, KernelKind, NodeCost, Space, graph, node_costs};

use super::network_options::FormArgs;
use super::{choice, folder, millions};
use crate::{Exit, Failure, FailureContext, output};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tenshot models cost --arch 9930\n  tenshot models cost --arch 9930 --nodes\n  tenshot \
                        models cost --folder exports --name resnet50 --nodes\n\n\
                        MACs count convolutions and products of matrices. Bytes moved are all that kernels read and \
                        write, weights included; peak activations are the most that is alive at once."
)]
pub(crate) struct Args {
    /// The search space.
    #[arg(long, default_value = "nasbench201")]
    space: Space,
    /// The architecture as its space writes it, or `@FILE` that holds it.
    #[arg(long, value_name = "ARCH", allow_hyphen_values = true, required_unless_present = "folder")]
    arch: Option<String>,
    /// A folder of ONNX files with a table `networks.csv`: what its networks cost.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["arch", "space"])]
    folder: Option<PathBuf>,
    /// One network of the folder.
    #[arg(long, requires = "folder")]
    name: Option<String>,
    #[command(flatten)]
    form: FormArgs,
    /// A line for every node of the network.
    #[arg(long)]
    nodes: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    if let Some(path) = &args.folder {
        return run_folder(&folder::read(path, args.name.as_deref(), args.form.options().batch)?, args);
    }
    let architecture = choice::read(args.space, args.arch.as_deref().unwrap_or_default())?;
    let graph = graph(&architecture, &args.form.options()).or_exit(Exit::Input)?;
    let cost = Cost::of(&graph);
    let nodes = args.nodes.then(|| node_costs(&graph));
    if args.json {
        return output::json(&json!({
            "space": architecture.space(),
            "architecture": architecture.to_string(),
            "options": args.form.options(),
            "cost": cost,
            "kinds": CostSummary::of(&graph).kinds,
            "nodes": nodes,
        }));
    }
    match nodes {
        Some(nodes) => show_nodes(&nodes),
        None => show_totals(&cost, &CostSummary::of(&graph)),
    }
}

fn run_folder(networks: &[FolderNetwork], args: &Args) -> Result<(), Failure> {
    match networks {
        [network] if !args.json && args.nodes => show_nodes(&node_costs(&network.graph)),
        [network] if !args.json && args.name.is_some() => show_totals(&network.cost, &CostSummary::of(&network.graph)),
        _ if !args.json && args.nodes => {
            Err(Failure::input("--nodes without --name, expected the name of one network"))
        }
        _ => folder::costs(networks, args.nodes, args.json),
    }
}

/// The rows of the totals: what, and how much.
fn show_totals(cost: &Cost, summary: &CostSummary) -> Result<(), Failure> {
    let totals = [
        ("multiply-accumulates, M", cost.macs),
        ("parameters, M", cost.parameters),
        ("weights, MB", cost.weight_bytes),
        ("activations written, MB", cost.activation_bytes),
        ("peak activations, MB", cost.peak_activation_bytes),
        ("moved, MB", cost.bytes),
    ];
    let totals = totals.into_iter().map(|(what, number)| [what.to_owned(), millions(number)]);
    let kinds = KernelKind::ALL.into_iter().filter(|&kind| summary.kind(kind).count > 0);
    let kinds = kinds.map(|kind| [format!("kernels, {}", kind.name()), summary.kind(kind).count.to_string()]);
    output::table(&["COST", ""], totals.chain(kinds))
}

fn show_nodes(nodes: &[NodeCost]) -> Result<(), Failure> {
    let row = |node: &NodeCost| {
        let shape: Vec<String> = node.output_shape.iter().map(ToString::to_string).collect();
        [
            node.node.clone(),
            node.operator.clone(),
            node.block.clone().unwrap_or_default(),
            shape.join("x"),
            millions(node.macs),
            node.parameters.to_string(),
            millions(node.kernel.map_or(0, |kernel| kernel.bytes)),
        ]
    };
    let header = ["NODE", "OPERATOR", "BLOCK", "WRITES", "M MACS", "PARAMETERS", "MB MOVED"];
    output::table(&header, nodes.iter().map(row))
}
