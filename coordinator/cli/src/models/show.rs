//! `tenshot models show`: what an architecture is, and what its kernels cost.

use serde_json::{Value, json};
use tenshot_onnx_models::spaces::nasbench201::Cell;
use tenshot_onnx_models::{Architecture, CostSummary, KernelKind, cost, live_kernels};

use super::choice::ArchitectureArgs;
use super::network_options::FormArgs;
use super::{millions, totals};
use crate::{Exit, Failure, FailureContext, output};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tenshot models show --arch 11982 --batch 8")]
pub(crate) struct Args {
    #[command(flatten)]
    architecture: ArchitectureArgs,
    #[command(flatten)]
    form: FormArgs,
    /// Print JSON, the kernels one by one.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let architecture = args.architecture.read()?;
    let options = args.form.options();
    let cost = cost(&architecture, &options).or_exit(Exit::Input)?;
    let live = live_kernels(&architecture);
    if args.json {
        let mut description = json!({
            "space": architecture.space(),
            "architecture": architecture.to_string(),
            "options": options,
            "cost": cost,
            "live_kernels": live,
        });
        if let Some(cell) = architecture.as_cell() {
            description["index"] = json!(cell.index());
            description["dead"] = json!(cell.is_dead());
            description["edges"] = edges_as_json(cell);
        }
        return output::json(&description);
    }
    let summary = CostSummary::from(&cost);
    output::line(&format!("{architecture}\n{}\n", totals(&summary)))?;
    show_kind(&architecture)?;
    show_kernels(&summary)?;
    output::line(&format!(
        "\n{} kernels of what predictions are about, one run of the form {}, remain when activations are fused and what \
         never reaches the output is left out.",
        live.len(),
        architecture.space().latency_form()
    ))
}

fn show_kind(architecture: &Architecture) -> Result<(), Failure> {
    let Some(cell) = architecture.as_cell() else {
        return Ok(());
    };
    output::line(&format!(
        "index {}{}",
        cell.index(),
        if cell.is_dead() { ", dead: no path from input to output" } else { "" }
    ))?;
    let rows = cell.edges().zip(cell.live_edges()).map(|((edge, operation), live)| {
        let reaches = if live { "yes" } else { "no" };
        [format!("{} -> {}", edge.source, edge.target), operation.to_string(), reaches.to_owned()]
    });
    output::table(&["EDGE", "OPERATION", "REACHES THE OUTPUT"], rows)?;
    output::line("")
}

fn edges_as_json(cell: &Cell) -> Value {
    let edges = cell.edges().zip(cell.live_edges());
    edges
        .map(|((edge, operation), live)| {
            json!({"source": edge.source, "target": edge.target, "operation": operation.name(), "live": live})
        })
        .collect()
}

fn show_kernels(summary: &CostSummary) -> Result<(), Failure> {
    let row = |kind: KernelKind| {
        let of_kind = summary.kind(kind);
        [kind.name().to_owned(), of_kind.count.to_string(), millions(of_kind.flops), millions(of_kind.bytes)]
    };
    let kinds = KernelKind::ALL.into_iter().filter(|&kind| summary.kind(kind).count > 0);
    output::table(&["KERNELS", "COUNT", "MFLOP", "MB MOVED"], kinds.map(row))
}
