//! `tenshot eval`: how well a method predicts devices that it was not trained on.

mod csv_file;
mod outcome;
mod output_files;
mod paper;
mod picture;
mod progress;
mod scores_table;
mod settings;

use std::num::NonZeroUsize;

use tenshot_onnx_models::Space;
use tenshot_predictor::evaluation::{LeaveOut, ReferenceChoice};
use tenshot_predictor::help::{Part, ZSamples};
use tenshot_predictor::methods::MethodName;

use self::outcome::Outcome;
use self::output_files::Files;
use self::paper::TableName;
use self::progress::Lines;
use self::settings::Queries;
use super::pool_data::PoolData;
use super::{Exit, Failure, FailureContext, output};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tenshot eval --data help\n  tenshot eval --data help --method nearest --references \
                        paper\n  tenshot eval --data help --train titanx_1,gold_6226,pixel3 --test raspi4 --shots \
                        5,10,20 --csv shots.csv\n  tenshot eval --data help --leave-out platform\n  tenshot eval --data \
                        help --pool-sizes 1,3,5,7,9 --references paper\n  tenshot eval --data help --method help \
                        --without modulator --references paper\n  tenshot eval --data help --table 3\n\nWithout \
                        --train and --test it is the paper's split. A test device gives its measurements of the \
                        references and nothing more; queries are the pool's query architectures."
)]
pub(crate) struct Args {
    #[command(flatten)]
    pool: PoolData,
    /// Run a table or figure of the paper, with the published numbers beside: 2, 3, A.3, C.2, C.3 (on a
    /// pool imported from LatBench), fig3, fig4 or fig5. Takes minutes where help is trained.
    #[arg(
        long,
        value_name = "NAME",
        conflicts_with_all = [
            "method", "train", "valid", "test", "leave_out", "shots", "references", "queries", "pool_sizes", "without",
        ]
    )]
    table: Option<TableName>,
    /// The method: bayes, help, meta-sgd, maml, anp, scratch, brp-nas (trained on many samples: --shots
    /// 900), layerwise, flops or nearest.
    #[arg(long, default_value = "bayes")]
    method: MethodName,
    /// Parts of help to leave out, between commas: device, inner-steps, modulator or learned-rates.
    #[arg(long, value_name = "PARTS", value_delimiter = ',')]
    without: Vec<Part>,
    /// Devices to train on, between commas; those of the space's split in the paper by default, or
    /// where it has none, all but those of --test.
    #[arg(long, value_name = "DEVICES", value_delimiter = ',')]
    train: Option<Vec<String>>,
    /// Devices that choose among what help, meta-sgd, maml and anp trained, between commas; the paper's
    /// as far as they are in the pool and not trained or tested on.
    #[arg(long, value_name = "DEVICES", value_delimiter = ',')]
    valid: Option<Vec<String>>,
    /// Devices to test on, between commas; the paper's by default.
    #[arg(long, value_name = "DEVICES", value_delimiter = ',')]
    test: Option<Vec<String>>,
    /// Make every device of the pool the target in turn, and leave out of training the device alone,
    /// all of its model, or all of its platform (GPUs, server CPUs, phones).
    #[arg(long, value_name = "KIND", conflicts_with_all = ["train", "test", "pool_sizes"])]
    leave_out: Option<LeaveOut>,
    /// Train on random ones of the training devices: so many, several numbers between commas.
    #[arg(long, value_name = "COUNTS", value_delimiter = ',')]
    pool_sizes: Option<Vec<usize>>,
    /// How many random pools of each of --pool-sizes.
    #[arg(long, value_name = "COUNT", default_value_t = 3, requires = "pool_sizes")]
    pools: usize,
    /// Measurements per test device; several numbers between commas.
    #[arg(long, value_name = "COUNTS", value_delimiter = ',', default_value = "10")]
    shots: Vec<usize>,
    /// The measured architectures: random, paper or designed.
    #[arg(long, default_value = "random")]
    references: ReferenceChoice,
    /// The predicted architectures: the first so many of the pool's query architectures, or those from
    /// one position of the pool up to before another.
    #[arg(long, value_name = "COUNT|FIRST..END")]
    queries: Option<Queries>,
    /// Reference sets, or of the paper's one set, seeds of methods that begin with random weights. By
    /// default 10, or 3 for methods that take long to train for each: help, meta-sgd, maml, brp-nas, and
    /// with the paper's set anp and scratch.
    #[arg(long)]
    repeats: Option<usize>,
    /// Episodes of meta-training for help, meta-sgd, maml and anp, in place of the paper's.
    #[arg(long)]
    episodes: Option<u32>,
    /// Draws of z that help averages its predictions over, as the paper's ten; by default z is at its
    /// mean.
    #[arg(long, value_name = "N", value_parser = z_samples)]
    z_samples: Option<NonZeroUsize>,
    /// The seed of everything random.
    #[arg(long)]
    seed: Option<u64>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    files: Files,
}

fn z_samples(text: &str) -> Result<NonZeroUsize, String> {
    let count = text.parse().ok().filter(|count: &NonZeroUsize| count.get() <= ZSamples::MOST);
    count.ok_or_else(|| format!("expected a number of draws from 1 to {}", ZSamples::MOST))
}

pub(crate) fn run(args: Args) -> Result<(), Failure> {
    args.files.check()?;
    if let Some(table) = &args.table {
        return paper::run(&args, table);
    }
    let pool = args.pool.read(Space::NasBench201)?;
    let (evaluation, sweep) = settings::of(&args, &pool)?;
    let lines = Lines::default();
    let reports = sweep.run(&pool, &evaluation, &|progress| lines.show(progress)).or_exit(Exit::Input)?;
    let outcome = Outcome::of(&pool, evaluation.method.as_str(), &sweep, reports);
    args.files.write(&outcome)?;
    if args.json {
        return match &outcome.reports()[..] {
            [report] => output::json(report),
            several => output::json(&several),
        };
    }
    scores_table::print(&outcome)
}
