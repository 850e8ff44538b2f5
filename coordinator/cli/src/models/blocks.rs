//! `tenshot models blocks`: what a space's networks are made of.

use std::path::{Path, PathBuf};

use serde::Serialize;
use tenshot_onnx_models::{
    Architecture, Block, BuildOptions, CostSummary, Form, ModelInput, Space, all_blocks, build_block, covering,
};

use super::network_options::FormArgs;
use super::{create_folder, millions, write};
use crate::{Exit, Failure, FailureContext, output};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tenshot models blocks\n  tenshot models blocks --covering\n  tenshot models \
                        blocks --space nasbench201 --out-dir blocks\n\nThe latency of a network is nearly the sum of \
                        its blocks'. Blocks are best timed inside of whole networks: --covering names a few that \
                        contain them all.")]
pub(crate) struct Args {
    /// The search space.
    #[arg(long, default_value = "nasbench201")]
    space: Space,
    #[command(flatten)]
    form: FormArgs,
    /// List architectures whose networks together contain every block, in place of the blocks.
    #[arg(long)]
    covering: bool,
    /// The folder to write the blocks into, each as an ONNX file of its own, and their list as
    /// `blocks.json`.
    #[arg(long, value_name = "DIR", conflicts_with = "covering")]
    out_dir: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// A block as it is listed.
#[derive(Debug, Serialize)]
struct Listed {
    block: String,
    inputs: Vec<ModelInput>,
    sha256: String,
    file: Option<String>,
    cost: CostSummary,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let options = args.form.options();
    let form = options.form_of(args.space).or_exit(Exit::Input)?;
    if args.covering {
        return list_covering(args.space, form, args.json);
    }
    if let Some(folder) = &args.out_dir {
        create_folder(folder)?;
    }
    let mut blocks = Vec::new();
    for block in all_blocks(args.space, form) {
        blocks.push(list(block, &options, args.out_dir.as_deref())?);
    }
    if let Some(folder) = &args.out_dir {
        let text = serde_json::to_string_pretty(&blocks).or_fail(Exit::Unexpected, "cannot write JSON")?;
        write(&folder.join("blocks.json"), text.as_bytes())?;
    }
    if args.json { output::json(&blocks) } else { show(&blocks) }
}

/// Builds a block, and writes it where there is a folder.
fn list(block: Block, options: &BuildOptions, folder: Option<&Path>) -> Result<Listed, Failure> {
    let model = build_block(block, options).or_exit(Exit::Input)?;
    let file = folder.map(|_| format!("{}.onnx", block.to_string().replace('/', "_")));
    if let (Some(folder), Some(file)) = (folder, &file) {
        write(&folder.join(file), &model.bytes)?;
    }
    let cost = CostSummary::from(&model.cost);
    Ok(Listed { block: block.to_string(), inputs: model.inputs, sha256: model.sha256, file, cost })
}

fn list_covering(space: Space, form: Form, as_json: bool) -> Result<(), Failure> {
    let architectures: Vec<String> = covering(space, form).iter().map(Architecture::to_string).collect();
    if as_json {
        return output::json(&architectures);
    }
    architectures.iter().try_for_each(|architecture| output::line(architecture))
}

fn show(blocks: &[Listed]) -> Result<(), Failure> {
    let shape = |input: &ModelInput| input.shape.iter().map(ToString::to_string).collect::<Vec<_>>().join("x");
    let row = |block: &Listed| {
        let inputs: Vec<String> = block.inputs.iter().map(shape).collect();
        let cost = &block.cost;
        [block.block.clone(), inputs.join(" "), millions(cost.macs), cost.parameters.to_string(), millions(cost.bytes)]
    };
    output::table(&["BLOCK", "READS", "M MACS", "PARAMETERS", "MB MOVED"], blocks.iter().map(row))
}
