//! `tenshot models list`: the search spaces, or architectures of one of them, or networks of a folder.

use std::path::PathBuf;

use serde_json::{Value, json};
use tenshot_onnx_models::{Architecture, CostTable, Space};

use super::network_options::FormArgs;
use super::{folder, millions};
use crate::{Exit, Failure, FailureContext, output};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tenshot models list\n  tenshot models list --space fbnet --count 5\n  tenshot \
                        models list --space nasbench201 --all --json\n  tenshot models list --folder exports")]
pub(crate) struct Args {
    /// The space to list architectures of; without it the spaces are listed.
    #[arg(long)]
    space: Option<Space>,
    /// A folder of ONNX files with a table `networks.csv` (columns name, file, sizes, and facts of
    /// any name): its networks are listed.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["space", "all"])]
    folder: Option<PathBuf>,
    /// How many architectures, drawn by `--draw-seed`.
    #[arg(long, value_name = "N", default_value_t = 10)]
    count: usize,
    /// The seed of the draw.
    #[arg(long, value_name = "N", default_value_t = 0)]
    draw_seed: u64,
    /// Every architecture, where a space can be listed.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    form: FormArgs,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    if let Some(path) = &args.folder {
        return folder::list(&folder::read(path, None, args.form.options().batch)?, args.json);
    }
    match args.space {
        None => list_spaces(args.json),
        Some(space) => list_architectures(space, args),
    }
}

fn list_spaces(as_json: bool) -> Result<(), Failure> {
    let forms = |space: Space| space.forms().iter().map(|form| form.name()).collect::<Vec<_>>();
    if as_json {
        let describe = |&space: &Space| {
            // Numbers of this size are no numbers in most readers of JSON.
            json!({"space": space, "architectures": space.size().to_string(), "forms": forms(space)})
        };
        return output::json(&Space::ALL.iter().map(describe).collect::<Vec<_>>());
    }
    let row = |&space: &Space| [space.to_string(), size(space), forms(space).join(", ")];
    output::table(&["SPACE", "ARCHITECTURES", "FORMS"], Space::ALL.iter().map(row))
}

fn size(space: Space) -> String {
    let size = space.size();
    if size < 1_000_000 { size.to_string() } else { format!("{:.1e}", size as f64) }
}

fn list_architectures(space: Space, args: &Args) -> Result<(), Failure> {
    let table = CostTable::new(space, &args.form.options()).or_exit(Exit::Input)?;
    let architectures: Vec<Architecture> = match (args.all, space.enumerate()) {
        (true, Some(all)) => all.collect(),
        (true, None) => {
            let (size, example) = (size(space), "--count 1000");
            return Err(Failure::input(format_args!(
                "{space} has {size} architectures: too many to list, try {example}"
            )));
        }
        (false, _) => space.sample(args.draw_seed, args.count).or_exit(Exit::Input)?,
    };
    if args.json {
        let describe = |architecture: &Architecture| -> Value {
            json!({"architecture": architecture.to_string(), "cost": table.cost(architecture)})
        };
        return output::json(&architectures.iter().map(describe).collect::<Vec<_>>());
    }
    let row = |architecture: &Architecture| {
        let cost = table.cost(architecture);
        [millions(cost.macs), millions(cost.parameters), architecture.to_string()]
    };
    output::table(&["M MACS", "M PARAMETERS", "ARCHITECTURE"], architectures.iter().map(row))
}
