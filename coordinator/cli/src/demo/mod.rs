//! `tenshot demo`: the whole way on the machine at hand, from a coordinator and an agent to a judged predictor.

mod campaign;
mod children;
mod files;
mod outcome;
mod show;

use std::path::{Path, PathBuf};
use std::time::Instant;

use tenshot_kit::{FolderLock, FolderLockError};
use tenshot_protocol::v2::CampaignState;

use super::{Failure, output, runtime};
use children::Lab;
use outcome::Outcome;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tenshot demo\n  tenshot demo --quick --dir /tmp/first --json\n\n\
                        Run again in the same folder, a campaign that was cut off is continued; one that has ended is \
                        followed by a new one. Nothing that was measured is ever removed.")]
pub(crate) struct Args {
    /// Folder for the database, the report and everything else; made where it is missing.
    #[arg(long, value_name = "DIR", default_value = "tenshot-demo")]
    dir: PathBuf,
    /// The search space.
    #[arg(long, default_value = "nasbench201")]
    space: String,
    /// Networks to measure for judging the predictor; it never sees them.
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(2..=1000))]
    probes: u32,
    /// A third of the probes.
    #[arg(long)]
    quick: bool,
    /// Threads that a network runs on.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    threads: u32,
    /// Give up a campaign that was cut off, and start anew.
    #[arg(long)]
    fresh: bool,
    /// Print a summary as JSON.
    #[arg(long)]
    json: bool,
}

impl Args {
    fn probe_count(&self) -> u32 {
        if self.quick { self.probes.div_ceil(3).max(2) } else { self.probes }
    }
}

pub(crate) fn run(args: Args) -> Result<(), Failure> {
    let _lock = lock(&args.dir)?;
    runtime::block_on(async {
        let mut stop = runtime::listen_for_stop(false)?;
        tokio::select! {
            result = demonstrate(&args) => result,
            _ = stop.requested() => {
                Err(Failure::incomplete("stopped: run the same command again to continue"))
            }
        }
    })
}

async fn demonstrate(args: &Args) -> Result<(), Failure> {
    let started = Instant::now();
    eprintln!("starting a coordinator and an agent in {}", args.dir.display());
    let mut lab = Lab::start(&args.dir).await?;
    let first = campaign::continue_or_create(&mut lab, args).await?;
    let ended = campaign::follow(&mut lab, first).await?;
    if ended.summary.state != CampaignState::Complete {
        let problems = ended.targets.iter().filter_map(|target| target.problem.clone());
        return Err(Failure::incomplete(problems.collect::<Vec<_>>().join("; ")));
    }
    lab.stop().await;
    let outcome = Outcome::of(&args.dir, &ended)?;
    let files = files::write(&args.dir, &outcome)?;
    let summary = show::Summary::of(&outcome, started.elapsed(), files)?;
    if args.json { output::json(&summary) } else { show::print(outcome.report()?, &summary) }
}

/// One demonstration per folder.
fn lock(folder: &Path) -> Result<FolderLock, Failure> {
    FolderLock::try_take(folder, "demo.lock").map_err(|error| match error {
        FolderLockError::InUse(folder) => Failure::machine(format_args!(
            "another demonstration runs in {}: wait for it, or choose another folder with --dir",
            folder.display()
        )),
        FolderLockError::Unwritable { .. } => Failure::machine(error),
    })
}
