//! `tenshot models cost`: what a network costs, in all or node by node.

use serde_json::json;
use tenshot_onnx_models::{Cost, CostSummary, KernelKind, NodeCost, graph, node_costs};

use super::choice::ArchitectureArgs;
use super::form::FormArgs;
use super::millions;
use crate::cli::{Exit, Failure, FailureContext, output};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tenshot models cost --arch 9930\n  tenshot models cost --arch 9930 --nodes\n\n\
                        MACs count convolutions and products of matrices. Bytes moved are all that kernels read and \
                        write, weights included; peak activations are the most that is alive at once.")]
pub(crate) struct Args {
    #[command(flatten)]
    architecture: ArchitectureArgs,
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
    let architecture = args.architecture.read()?;
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
