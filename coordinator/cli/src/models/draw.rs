//! `tenshot models draw`: an architecture as a picture.

use std::path::PathBuf;

use serde_json::json;
use tenshot_onnx_models::{BuildOptions, DrawOptions, Form, draw};

use super::choice::ArchitectureArgs;
use super::write;
use crate::{Exit, Failure, FailureContext, output};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tenshot models draw --arch 11982 --out 11982.svg --caption '6.2 ms on my board'")]
pub(crate) struct Args {
    #[command(flatten)]
    architecture: ArchitectureArgs,
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The form whose channels and pixels are told, one of the space's (`tenshot models list` names
    /// them); its first where none is given.
    #[arg(long, value_name = "FORM")]
    form: Option<Form>,
    /// A title above the picture, in place of the architecture's own.
    #[arg(long)]
    title: Option<String>,
    /// A line below the title.
    #[arg(long)]
    caption: Option<String>,
    /// Print what was written as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let architecture = args.architecture.read()?;
    let build = BuildOptions { form: args.form, ..BuildOptions::default() };
    let form = build.form_of(architecture.space()).or_exit(Exit::Input)?;
    let options = DrawOptions {
        title: args.title.clone(),
        caption: args.caption.clone(),
        form: Some(form),
        ..DrawOptions::default()
    };
    let picture = draw(&architecture, &options);
    write(&args.out, picture.as_bytes())?;
    if args.json {
        let (space, bytes) = (architecture.space(), picture.len());
        return output::json(
            &json!({"space": space, "architecture": architecture.to_string(), "file": args.out, "bytes": bytes}),
        );
    }
    output::line(&format!("{} ({} bytes)", args.out.display(), picture.len()))
}
