//! Meta-training in episodes: `help` and its kin.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Instant;

use tenshot_kit::write_whole;
use tenshot_onnx_models::{Architecture, ReferenceSet, Space};
use tenshot_predictor::artefact::{EpisodePlan, MethodTraining, TrainingOption, TrainingRequest};
use tenshot_predictor::help::Part;
use tenshot_predictor::meta_training::{MakeCheckpoint, TrainingSplit, Validation};
use tenshot_predictor::pool::{Pool, PoolDevice};
use tenshot_predictor::{TrainError, Trained};

use crate::pool_data::{check_folder_of, validation_names};
use crate::{Exit, Failure, FailureContext};

/// What methods that are trained in episodes can be told.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "For help, meta-sgd, maml and anp, which knows no --references and --without")]
pub(super) struct EpisodeArgs {
    /// Devices that choose the best of what was trained, between commas; the paper's as far as they are
    /// in the pool and not trained on.
    #[arg(long, value_name = "DEVICES", value_delimiter = ',')]
    valid: Option<Vec<String>>,
    /// The reference set to train for, as `tenshot models references` writes it. All of it must be in
    /// the pool, unless each device of the pool has architectures of its own, as HAT's. By default the
    /// pool's own; of HAT the random ten of `tenshot models references --set random`.
    #[arg(long, value_name = "FILE")]
    references: Option<PathBuf>,
    /// Episodes, in place of the paper's.
    #[arg(long)]
    episodes: Option<u32>,
    /// Parts of the method to leave out, between commas: device, inner-steps, modulator, learned-rates.
    #[arg(long, value_name = "PARTS", value_delimiter = ',')]
    without: Vec<Part>,
    /// Where to keep a checkpoint, every 50 episodes; training is taken up from it where it exists.
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
}

impl EpisodeArgs {
    /// The first of these flags that was given, but that a method makes no use of.
    pub(super) fn unused_by(&self, training: MethodTraining) -> Option<&'static str> {
        let used = training.options();
        let flags = [
            ("--valid", TrainingOption::Validation, self.valid.is_some()),
            ("--references", TrainingOption::References, self.references.is_some()),
            ("--episodes", TrainingOption::Episodes, self.episodes.is_some()),
            ("--without", TrainingOption::Without, !self.without.is_empty()),
            ("--checkpoint", TrainingOption::Checkpoint, self.checkpoint.is_some()),
        ];
        let unused = flags.into_iter().find(|(_, option, is_given)| *is_given && !used.contains(option));
        unused.map(|(flag, _, _)| flag)
    }

    /// Trains a method on `devices` of the pool.
    pub(super) fn train(
        self,
        training: MethodTraining,
        pool: &Pool,
        devices: &[&PoolDevice],
        seed: u64,
    ) -> Result<Trained, Failure> {
        let references = self.references.as_deref().map(|file| read_references(file, pool.space())).transpose()?;
        let validates = training.options().contains(&TrainingOption::Validation);
        let validation = if validates { self.validation(pool, devices)? } else { Vec::new() };
        let split = TrainingSplit { pool, devices, validation: &validation };
        let (episodes, without) = (self.episodes, self.without);
        let begun = self.checkpoint.as_deref().map_or(Ok(None), read_checkpoint)?;
        let checkpoint = begun.as_deref();
        let request = TrainingRequest { split, seed, episodes, references, without, checkpoint };
        let mut way = Way::begin(self.checkpoint, training.plan(&request))?;
        let trained = training.train(&request, &mut |last, checkpoint| way.keep(last, checkpoint));
        way.end(trained, begun.is_some())
    }

    fn validation<'a>(&self, pool: &'a Pool, devices: &[&PoolDevice]) -> Result<Vec<&'a PoolDevice>, Failure> {
        let in_use: Vec<&String> = devices.iter().map(|device| &device.name).collect();
        pool.select(&validation_names(pool, self.valid.clone(), &in_use)?).or_exit(Exit::Input)
    }
}

/// How far a training is, and where its checkpoint is kept.
struct Way {
    file: Option<PathBuf>,
    plan: EpisodePlan,
    /// The episode that this run began with, once it is known.
    first: Option<u32>,
    started: Instant,
}

impl Way {
    fn begin(file: Option<PathBuf>, plan: Option<EpisodePlan>) -> Result<Self, Failure> {
        file.as_deref().map_or(Ok(()), check_folder_of)?;
        // Without episodes there is no validation to be shown.
        let plan = plan.unwrap_or(EpisodePlan { episodes: 0, validate_every: 0 });
        Ok(Self { file, plan, first: None, started: Instant::now() })
    }

    /// Shows a validation, and writes a checkpoint where one is wanted.
    fn keep(&mut self, last: &Validation, checkpoint: &MakeCheckpoint<'_>) -> Result<(), TrainError> {
        self.show(last);
        let Some(path) = &self.file else { return Ok(()) };
        write_whole(path, &checkpoint()?).map_err(|source| TrainError::Write { path: path.clone(), source })
    }

    /// One line for each validation, with the time that is left.
    fn show(&mut self, last: &Validation) {
        let (done, EpisodePlan { episodes, validate_every }) = (last.episode, self.plan);
        let first = *self.first.get_or_insert(done.saturating_sub(validate_every));
        let each = self.started.elapsed().as_secs_f64() / f64::from((done - first).max(1));
        let left = each * f64::from(episodes.saturating_sub(done));
        let spearman = last.spearman.map_or_else(String::new, |one| format!(", validation Spearman {one:.3}"));
        eprintln!("episode {done} of {episodes}: error {:.5}{spearman}, {left:.0} s left", last.error);
    }

    /// What was trained; what went wrong names the checkpoint that it was taken up from.
    fn end<T, E: std::error::Error>(&self, trained: Result<T, E>, is_taken_up: bool) -> Result<T, Failure> {
        match self.file.as_ref().filter(|_| is_taken_up) {
            Some(file) => trained.or_fail(Exit::Input, format_args!("cannot go on from {}", file.display())),
            None => trained.or_exit(Exit::Input),
        }
    }
}

/// The architectures in a reference set's file.
fn read_references(file: &Path, space: Space) -> Result<Vec<Architecture>, Failure> {
    let doing = || format!("cannot use the reference set {}", file.display());
    let text = std::fs::read(file).or_fail(Exit::Input, doing())?;
    let set: ReferenceSet = serde_json::from_slice(&text).or_fail(Exit::Input, doing())?;
    if set.space == space {
        return Ok(set.architectures);
    }
    Err(Failure::input(format_args!("{}: its references are of space {}, not {space}", doing(), set.space)))
}

fn read_checkpoint(file: &Path) -> Result<Option<Vec<u8>>, Failure> {
    match std::fs::read(file) {
        Ok(bytes) => {
            eprintln!("taking training up from {}", file.display());
            Ok(Some(bytes))
        }
        Err(fault) if fault.kind() == ErrorKind::NotFound => Ok(None),
        Err(fault) => Err(fault).or_fail(Exit::Input, format_args!("cannot read {}", file.display())),
    }
}
