//! `tenshot models references`: reference sets, and their models as files.

use std::path::PathBuf;

use clap::ValueEnum;
use tenshot_onnx_models::{ReferenceModel, ReferenceModels, ReferenceSet, Space, build};
use tenshot_predictor::{bundled, design};

use super::network_options::FormArgs;
use super::{create_folder, millions, write};
use crate::{Exit, Failure, FailureContext, output};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tenshot models references\n  tenshot models references --set random --count 20 \
                        --draw-seed 7 --out-dir models\n  tenshot models references --set designed --count 5")]
pub(crate) struct Args {
    /// The search space.
    #[arg(long, default_value = "nasbench201")]
    space: Space,
    /// The paper's set, a random one, or one designed to tell most about a new device.
    #[arg(long, default_value = "paper")]
    set: Set,
    /// How many architectures a random or designed set has.
    #[arg(long, default_value_t = 10)]
    count: usize,
    /// The seed of a random or designed set.
    #[arg(long, value_name = "N", default_value_t = 0)]
    draw_seed: u64,
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
    /// Drawn by `--draw-seed`.
    Random,
    /// Chosen by the bundled predictor; the first ones tell most.
    Designed,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let set = choose(args)?;
    let options = args.form.options();
    if let Some(folder) = &args.out_dir {
        create_folder(folder)?;
    }
    let mut models = Vec::with_capacity(set.architectures.len());
    for architecture in &set.architectures {
        let model = build(architecture, &options).or_exit(Exit::Input)?;
        if let Some(folder) = &args.out_dir {
            write(&folder.join(format!("{}.onnx", model.sha256)), &model.bytes)?;
        }
        models.push(ReferenceModel::from(&model));
    }
    let references = ReferenceModels { set, options, models };
    if let Some(folder) = &args.out_dir {
        let text = serde_json::to_string_pretty(&references).or_fail(Exit::Unexpected, "cannot write JSON")?;
        write(&folder.join(format!("{}.json", references.set.name)), text.as_bytes())?;
    }
    if args.json { output::json(&references) } else { show(&references) }
}

fn choose(args: &Args) -> Result<ReferenceSet, Failure> {
    let &Args { space, count, draw_seed, .. } = args;
    match args.set {
        Set::Paper => ReferenceSet::paper(space).or_exit(Exit::Input),
        Set::Random => ReferenceSet::random(space, draw_seed, count).or_exit(Exit::Input),
        Set::Designed => {
            let architectures = design(&bundled(space).or_exit(Exit::Input)?, count, draw_seed);
            Ok(ReferenceSet { space, name: format!("designed-{count}-{draw_seed}"), architectures })
        }
    }
}

fn show(references: &ReferenceModels) -> Result<(), Failure> {
    let rows = references.set.architectures.iter().zip(&references.models).map(|(architecture, model)| {
        let index = architecture.as_cell().map_or_else(String::new, |cell| cell.index().to_string());
        [index, millions(model.macs), model.sha256.clone(), architecture.to_string()]
    });
    output::table(&["INDEX", "M MACS", "SHA-256", "ARCHITECTURE"], rows)
}
