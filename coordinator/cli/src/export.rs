//! `tenshot export`: an adapted predictor as one ONNX file.

use std::path::PathBuf;

use serde_json::json;
use tenshot_predictor::{Adapted, encoding};

use super::pool_data::check_folder_of;
use super::{Exit, Failure, FailureContext, output};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  tenshot export --predictor toaster.safetensors --out toaster.onnx\n\nThe file reads \
                        `architecture`, int64 [batch, columns], and gives `mean_ms` and, where the method has \
                        intervals, `interval_ms`. docs/encodings.md says what the columns are."
)]
pub(crate) struct Args {
    /// An adapted predictor's file, as `tenshot adapt` and `tenshot predictors pull` write it.
    #[arg(long, value_name = "FILE")]
    predictor: PathBuf,
    /// The ONNX file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Print what was done as JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: Args) -> Result<(), Failure> {
    check_folder_of(&args.out)?;
    let adapted = Adapted::read(&args.predictor).or_exit(Exit::Input)?;
    let bytes = adapted.to_onnx().or_exit(Exit::Input)?;
    output::file(&args.out, &bytes)?;
    let columns = encoding::columns(adapted.space()).len();
    if args.json {
        return output::json(&json!({
            "space": adapted.space(),
            "method": adapted.trained_header().method,
            "device": adapted.header().device,
            "columns": columns,
            "bytes": bytes.len(),
            "file": args.out,
        }));
    }
    let (space, file, kilobytes) = (adapted.space(), args.out.display(), bytes.len().div_ceil(1000));
    output::line(&format!("{file}: {kilobytes} kB, reads {columns} integers of an architecture of {space}"))
}
