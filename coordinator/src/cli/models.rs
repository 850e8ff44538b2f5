//! `tenshot models`: architectures as ONNX files, and what they cost.

use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};
use tenshot_onnx_models::spaces::nasbench201::Cell;
use tenshot_onnx_models::{
    Architecture, BatchNorm, BuildOptions, Cost, Kernel, KernelKind, Model, ReferenceSet, Space, build, cost,
    live_kernels,
};

use super::{Exit, Failure, FailureContext, output};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Write an architecture's network as an ONNX file with random weights.
    Build(Build),
    /// Show what an architecture is, what it costs, and which of its edges reach the output.
    Show(Show),
    /// List a reference set, and write its models where a folder is given.
    References(References),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tenshot models build --arch 9930 --out 9930.onnx\n  tenshot models build \
                        --arch '|nor_conv_3x3~0|+|none~0|skip_connect~1|+|none~0|none~1|avg_pool_3x3~2|' --batch 8 \
                        --batch-norm kept --out cell.onnx --json")]
struct Build {
    #[command(flatten)]
    architecture: ArchitectureArgs,
    #[command(flatten)]
    form: FormArgs,
    /// The seed of the weights.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Print JSON, the kernels one by one.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tenshot models show --arch 11982 --batch 8")]
struct Show {
    #[command(flatten)]
    architecture: ArchitectureArgs,
    #[command(flatten)]
    form: FormArgs,
    /// The seed of the weights.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Print JSON, the kernels one by one.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tenshot models references\n  tenshot models references --set random --count 20 \
                        --seed 7 --out-dir models")]
struct References {
    /// The search space.
    #[arg(long, default_value = "nasbench201")]
    space: String,
    /// The paper's set, or a random one.
    #[arg(long, default_value = "paper")]
    set: Set,
    /// How many architectures a random set has.
    #[arg(long, default_value_t = 10)]
    count: usize,
    /// The seed of a random set.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    form: FormArgs,
    /// The folder to write the models into, each named by its SHA-256, and the set as `NAME.json`.
    #[arg(long, value_name = "DIR")]
    out_dir: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Set {
    /// The paper's ten, in their published order.
    Paper,
    /// Drawn uniformly by `--seed`.
    Random,
}

#[derive(Debug, clap::Args)]
struct ArchitectureArgs {
    /// The search space.
    #[arg(long, default_value = "nasbench201")]
    space: String,
    /// The architecture: a cell string, or the benchmark's index.
    #[arg(long, value_name = "ARCH", allow_hyphen_values = true)]
    arch: String,
}

impl ArchitectureArgs {
    fn read(&self) -> Result<Architecture, Failure> {
        let space: Space = self.space.parse().or_exit(Exit::Input)?;
        space.parse(&self.arch).or_exit(Exit::Input)
    }
}

#[derive(Debug, clap::Args)]
struct FormArgs {
    /// Images per run.
    #[arg(long, value_name = "N", default_value_t = 1)]
    batch: usize,
    /// Classes of the classifier; the form's own where none are given.
    #[arg(long, value_name = "N")]
    classes: Option<usize>,
    /// Batch normalisation folded into the convolutions, or kept as nodes of its own.
    #[arg(long, default_value = "folded")]
    batch_norm: BatchNormChoice,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum BatchNormChoice {
    Folded,
    Kept,
}

impl FormArgs {
    fn options(&self, seed: u64) -> BuildOptions {
        let batch_norm = match self.batch_norm {
            BatchNormChoice::Folded => BatchNorm::Folded,
            BatchNormChoice::Kept => BatchNorm::Kept,
        };
        BuildOptions { batch: self.batch, classes: self.classes, batch_norm, seed, ..BuildOptions::default() }
    }
}

pub(crate) fn run(args: Args) -> Result<(), Failure> {
    match args.action {
        Action::Build(args) => run_build(&args),
        Action::Show(args) => run_show(&args),
        Action::References(args) => run_references(&args),
    }
}

fn run_build(args: &Build) -> Result<(), Failure> {
    let architecture = args.architecture.read()?;
    let model = build(&architecture, &args.form.options(args.seed)).or_exit(Exit::Input)?;
    write(&args.out, &model.bytes)?;
    if args.json {
        let mut summary = summary(&architecture, &model.options, &model.cost);
        summary["inputs"] = json!(model.inputs);
        summary["sha256"] = json!(model.sha256);
        summary["file"] = json!(args.out);
        return output::json(&summary);
    }
    output::line(&format!("{} ({} bytes)", args.out.display(), model.bytes.len()))?;
    output::line(&format!("sha256 {}", model.sha256))?;
    output::line(&totals(&model.cost))
}

fn run_show(args: &Show) -> Result<(), Failure> {
    let architecture = args.architecture.read()?;
    let options = args.form.options(args.seed);
    let cost = cost(&architecture, &options).or_exit(Exit::Input)?;
    let live = live_kernels(&architecture);
    if args.json {
        let mut summary = summary(&architecture, &options, &cost);
        summary["live_kernels"] = json!(live);
        if let Some(cell) = architecture.as_cell() {
            summary["index"] = json!(cell.index());
            summary["dead"] = json!(cell.is_dead());
            summary["edges"] = edges_as_json(cell);
        }
        return output::json(&summary);
    }
    output::line(&format!("{architecture}\n{}\n", totals(&cost)))?;
    if let Some(cell) = architecture.as_cell() {
        show_cell(cell)?;
    }
    show_kernels(&cost.kernels)?;
    output::line(&format!(
        "\n{} of {} kernels remain when activations are fused and dead edges left out.",
        live.len(),
        cost.kernels.len()
    ))
}

/// What is known without a file.
fn summary(architecture: &Architecture, options: &BuildOptions, cost: &Cost) -> Value {
    json!({
        "space": architecture.space(),
        "architecture": architecture.to_string(),
        "batch": options.batch,
        "batch_norm": options.batch_norm,
        "seed": options.seed,
        "macs": cost.macs,
        "parameters": cost.parameters,
        "bytes": cost.bytes,
        "kernels": cost.kernels,
    })
}

fn edges_as_json(cell: &Cell) -> Value {
    let edges = cell.edges().zip(cell.live_edges());
    edges
        .map(|((edge, operation), live)| {
            json!({"source": edge.source, "target": edge.target, "operation": operation.name(), "live": live})
        })
        .collect()
}

fn show_cell(cell: &Cell) -> Result<(), Failure> {
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

fn show_kernels(kernels: &[Kernel]) -> Result<(), Failure> {
    let of = |kind: KernelKind| kernels.iter().filter(move |kernel| kernel.kind == kind);
    let row = |kind: KernelKind| {
        let flops: u64 = of(kind).map(|kernel| kernel.flops).sum();
        let bytes: u64 = of(kind).map(|kernel| kernel.bytes).sum();
        [kind.name().to_owned(), of(kind).count().to_string(), millions(flops), millions(bytes)]
    };
    let kinds = KernelKind::ALL.into_iter().filter(|&kind| of(kind).next().is_some());
    output::table(&["KERNELS", "COUNT", "MFLOP", "MB MOVED"], kinds.map(row))
}

fn totals(cost: &Cost) -> String {
    let (macs, parameters, bytes) = (millions(cost.macs), millions(cost.parameters), millions(cost.bytes));
    format!(
        "{macs} M multiply-accumulates, {parameters} M parameters, {bytes} MB moved, {} kernels",
        cost.kernels.len()
    )
}

fn millions(number: u64) -> String {
    format!("{:.3}", number as f64 / 1e6)
}

fn run_references(args: &References) -> Result<(), Failure> {
    let space: Space = args.space.parse().or_exit(Exit::Input)?;
    let set = match args.set {
        Set::Paper => ReferenceSet::paper(space),
        Set::Random => ReferenceSet::random(space, args.seed, args.count).or_exit(Exit::Input)?,
    };
    // Weights of the default seed: those that campaigns measure.
    let options = args.form.options(BuildOptions::default().seed);
    if let Some(folder) = &args.out_dir {
        std::fs::create_dir_all(folder).or_fail(Exit::Machine, format_args!("cannot create {}", folder.display()))?;
    }
    let mut models = Vec::with_capacity(set.architectures.len());
    for architecture in &set.architectures {
        let model = build(architecture, &options).or_exit(Exit::Input)?;
        let file = args.out_dir.as_ref().map(|folder| folder.join(format!("{}.onnx", model.sha256)));
        if let Some(file) = &file {
            write(file, &model.bytes)?;
        }
        models.push((architecture, model, file));
    }
    let description = json!({
        "space": set.space,
        "name": set.name,
        "architectures": set.architectures.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "batch": options.batch,
        "models": models.iter().map(|(architecture, model, file)| json!({
            "architecture": architecture.to_string(),
            "macs": model.cost.macs,
            "sha256": model.sha256,
            "file": file,
        })).collect::<Vec<_>>(),
    });
    if let Some(folder) = &args.out_dir {
        write(&folder.join(format!("{}.json", set.name)), description.to_string().as_bytes())?;
    }
    if args.json { output::json(&description) } else { show_references(&models) }
}

fn show_references(models: &[(&Architecture, Model, Option<PathBuf>)]) -> Result<(), Failure> {
    let rows = models.iter().map(|(architecture, model, _)| {
        let index = architecture.as_cell().map_or_else(String::new, |cell| cell.index().to_string());
        [index, architecture.to_string(), millions(model.cost.macs), model.sha256.clone()]
    });
    output::table(&["INDEX", "ARCHITECTURE", "M MACS", "SHA-256"], rows)
}

fn write(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(file, bytes).or_fail(Exit::Machine, format_args!("cannot write {}", file.display()))
}
