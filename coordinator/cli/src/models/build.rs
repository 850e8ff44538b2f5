//! `tenshot models build`: an architecture as an ONNX file.

use std::path::PathBuf;

use serde_json::json;
use tenshot_onnx_models::{CostSummary, build};

use super::choice::ArchitectureArgs;
use super::network_options::FormArgs;
use super::{totals, write};
use crate::{Exit, Failure, FailureContext, output};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tenshot models build --arch 9930 --out 9930.onnx\n  tenshot models build \
                        --arch '|nor_conv_3x3~0|+|none~0|skip_connect~1|+|none~0|none~1|avg_pool_3x3~2|' --batch 8 \
                        --batch-norm kept --out cell.onnx --json")]
pub(crate) struct Args {
    #[command(flatten)]
    architecture: ArchitectureArgs,
    #[command(flatten)]
    form: FormArgs,
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Print JSON, the kernels one by one.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let architecture = args.architecture.read()?;
    let options = args.form.options();
    let model = build(&architecture, &options).or_exit(Exit::Input)?;
    write(&args.out, &model.bytes)?;
    if args.json {
        return output::json(&json!({
            "space": architecture.space(),
            "architecture": architecture.to_string(),
            "options": options,
            "inputs": model.inputs,
            "sha256": model.sha256,
            "file": args.out,
            "cost": model.cost,
        }));
    }
    output::line(&format!("{} ({} bytes)", args.out.display(), model.bytes.len()))?;
    output::line(&format!("sha256 {}", model.sha256))?;
    output::line(&totals(&CostSummary::from(&model.cost)))
}
