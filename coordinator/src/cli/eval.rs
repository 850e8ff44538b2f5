//! `tenshot eval`: how well a method predicts devices that it was not trained on.

use std::num::NonZeroUsize;
use std::sync::Mutex;

use tenshot_predictor::evaluation::{self, Evaluation, LeaveOut, Progress, ReferenceChoice, Report, Scores, Stage};
use tenshot_predictor::methods::MethodName;
use tenshot_predictor::metrics::Statistic;
use tenshot_predictor::pool::{PaperSplit, Pool};

use super::pool_data::{PoolData, device_names, validation_names};
use super::{Exit, Failure, FailureContext, output};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tenshot eval --data help\n  tenshot eval --data help --method nearest --references \
                        paper\n  tenshot eval --data help --train titanx_1,gold_6226,pixel3 --test raspi4 --shots 5 \
                        --json\n  tenshot eval --data help --leave-out platform\n\nWithout --train and --test it is the paper's split. A test device gives its \
                        measurements of the references and nothing more; queries are the pool's query architectures."
)]
pub(crate) struct Args {
    #[command(flatten)]
    pool: PoolData,
    /// The method: bayes, help, meta-sgd, maml, anp, scratch, brp-nas (trained on many samples: --shots
    /// 900), layerwise, flops or nearest.
    #[arg(long, default_value = "bayes")]
    method: MethodName,
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
    #[arg(long, value_name = "KIND", conflicts_with_all = ["train", "test"])]
    leave_out: Option<LeaveOut>,
    /// Measurements per test device.
    #[arg(long, default_value_t = 10)]
    shots: usize,
    /// The measured architectures: random, paper or designed.
    #[arg(long, default_value = "random")]
    references: ReferenceChoice,
    /// Reference sets; the paper's is only one. By default 10, or 3 for methods that are trained for
    /// each set anew and take long: help, meta-sgd, maml and brp-nas.
    #[arg(long)]
    repeats: Option<usize>,
    /// Episodes of meta-training for help, meta-sgd, maml and anp, in place of the paper's.
    #[arg(long)]
    episodes: Option<u32>,
    /// Draws of z that help averages its predictions over, as the paper's ten; by default z is at its
    /// mean.
    #[arg(long, value_name = "N")]
    z_samples: Option<NonZeroUsize>,
    /// The seed of everything random.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: Args) -> Result<(), Failure> {
    let pool = args.pool.read()?;
    let split = Split::new(&args, &pool)?;
    let trains_long_anew = args.method.is_meta_trained() || args.method == MethodName::BrpNas;
    let evaluation = Evaluation {
        method: args.method,
        train: split.train,
        validation: split.validation,
        test: split.test,
        shots: args.shots,
        references: args.references,
        repeats: args.repeats.unwrap_or(if trains_long_anew { 3 } else { 10 }),
        episodes: args.episodes,
        z_samples: args.z_samples,
        seed: args.seed,
    };
    let shown = Mutex::new(0);
    let show = |progress| show(progress, &shown);
    let report = match args.leave_out {
        None => evaluation::run(&pool, &evaluation, &show),
        Some(leave_out) => evaluation::run_leaving_out(&pool, &evaluation, leave_out, &show),
    };
    let report = report.or_exit(Exit::Input)?;
    if args.json {
        return output::json(&report);
    }
    table(&report)?;
    match &pool.provenance().approximate {
        Some(why) => output::line(&format!("Approximate: {why}.")),
        None => Ok(()),
    }
}

/// Which devices train, choose and test: those that were named, else those of the space's split in
/// the paper.
struct Split {
    train: Vec<String>,
    validation: Vec<String>,
    test: Vec<String>,
}

impl Split {
    fn new(args: &Args, pool: &Pool) -> Result<Self, Failure> {
        if args.leave_out.is_some() {
            let validation = args.valid.clone().unwrap_or_default();
            return Ok(Self { train: Vec::new(), validation, test: Vec::new() });
        }
        let paper = PaperSplit::of(pool.space());
        let owned = |names: &[&str]| names.iter().copied().map(str::to_owned).collect::<Vec<_>>();
        let no_test = || Failure::input(format_args!("the paper has no split of space {}; give --test", pool.space()));
        let test = args.test.clone().or(paper.map(|split| owned(split.test))).ok_or_else(no_test)?;
        let rest = || pool.devices().iter().map(|device| device.name.clone()).filter(|name| !test.contains(name));
        let train = match (&args.train, paper) {
            (Some(train), _) => device_names(pool, train),
            (None, Some(split)) => owned(split.train),
            (None, None) => rest().collect(),
        };
        let in_use: Vec<&String> = train.iter().chain(&test).collect();
        let validation = validation_names(pool, args.valid.clone(), &in_use);
        Ok(Self { train, validation, test })
    }
}

/// Plain lines, one for every tenth of the way.
fn show(progress: Progress, shown: &Mutex<usize>) {
    match progress {
        Progress { stage: Stage::Training, done: 0, .. } => eprintln!("training"),
        Progress { stage: Stage::Training, .. } => eprintln!("trained; testing"),
        Progress { stage: Stage::Testing, done, total } => {
            let Ok(mut shown) = shown.lock() else { return };
            let tenth = done * 10 / total.max(1);
            // Another target's training begins the count again.
            if tenth != *shown {
                *shown = tenth;
                eprintln!("tested {done} of {total}");
            }
        }
    }
}

fn table(report: &Report) -> Result<(), Failure> {
    let devices = report.devices.iter().map(|device| row(&device.device, &device.scores));
    output::table(
        &["DEVICE", "SPEARMAN", "KENDALL", "MAPE", "MAPE ALL", "WITHIN 5%", "WITHIN 10%", "COVERAGE", "WIDTH"],
        devices.chain([row("mean", &report.mean)]),
    )?;
    output::line(&format!(
        "{}, {} {} references, {} reference sets; mean ± deviation over sets. MAPE leaves out cells that do no work; \
         COVERAGE and WIDTH are those of the 90% interval.",
        report.method, report.shots, report.references, report.repeats
    ))
}

fn row(name: &str, scores: &Scores) -> [String; 9] {
    let correlation = |one: Statistic| format!("{:.3} ± {:.3}", one.mean, one.sd);
    let percent = |one: Statistic| format!("{:.1}%", 100.0 * one.mean);
    let known = |one: Option<Statistic>| one.map_or_else(|| "none".to_owned(), percent);
    [
        name.to_owned(),
        correlation(scores.spearman),
        correlation(scores.kendall),
        percent(scores.mape),
        percent(scores.mape_all),
        percent(scores.within_5),
        percent(scores.within_10),
        known(scores.coverage_90),
        known(scores.width_90),
    ]
}
