//! Meta-training in episodes: `help` and its kin.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Instant;

use tenshot_kit::write_whole;
use tenshot_onnx_models::{Architecture, ReferenceSet, Space};
use tenshot_predictor::baselines::{Anp, AnpSettings};
use tenshot_predictor::help::{Help, Part, Settings, usual_references};
use tenshot_predictor::meta_training::{MakeCheckpoint, TrainingSplit, Validation};
use tenshot_predictor::methods::MethodName;
use tenshot_predictor::pool::{Pool, PoolDevice};
use tenshot_predictor::{TrainError, Trained};

use crate::pool_data::{check_folder_of, validation_names};
use crate::{Exit, Failure, FailureContext};

/// Measurements that `anp` learns to predict from; it takes any number.
const ANP_SHOTS: usize = 10;

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
    pub(super) fn unused_by(&self, method: MethodName) -> Option<&'static str> {
        let is_anp = method == MethodName::Anp;
        let flags = [
            ("--valid", self.valid.is_some() && !is_anp),
            ("--references", self.references.is_some()),
            ("--episodes", self.episodes.is_some() && !is_anp),
            ("--without", !self.without.is_empty()),
            ("--checkpoint", self.checkpoint.is_some() && !is_anp),
        ];
        flags.into_iter().find_map(|(flag, is_given)| (is_given && !method.is_meta_trained()).then_some(flag))
    }

    /// Trains on `devices` of the pool.
    pub(super) fn train(self, pool: &Pool, devices: &[&PoolDevice], paper: Settings) -> Result<Trained, Failure> {
        let parts = self.without.iter().fold(paper.parts, |parts, part| parts.without(*part));
        let settings = Settings { parts, episodes: self.episodes.unwrap_or(paper.episodes), ..paper };
        let references = match &self.references {
            Some(file) => read_references(file, pool.space())?,
            None => usual_references(pool),
        };
        let validation = self.validation(pool, devices)?;
        let split = TrainingSplit { pool, devices, validation: &validation };
        let mut way = Way::begin(self.checkpoint, settings.episodes, settings.validate_every)?;
        let begun = way.begun.take();
        let help = Help::train_from(begun.as_deref(), split, &references, settings, &mut |last, checkpoint| {
            way.keep(last, checkpoint)
        });
        Ok(Trained::of_help(way.end(help, begun.is_some())?, split))
    }

    /// Trains `anp` on `devices` of the pool.
    pub(super) fn train_anp(self, pool: &Pool, devices: &[&PoolDevice], seed: u64) -> Result<Trained, Failure> {
        let usual = AnpSettings::new(pool.space(), ANP_SHOTS, seed);
        let settings = AnpSettings { episodes: self.episodes.unwrap_or(usual.episodes), ..usual };
        let validation = self.validation(pool, devices)?;
        let split = TrainingSplit { pool, devices, validation: &validation };
        let mut way = Way::begin(self.checkpoint, settings.episodes, settings.validate_every)?;
        let begun = way.begun.take();
        let anp =
            Anp::train_from(begun.as_deref(), split, settings, &mut |last, checkpoint| way.keep(last, checkpoint));
        Ok(Trained::of_anp(way.end(anp, begun.is_some())?, split))
    }

    fn validation<'a>(&self, pool: &'a Pool, devices: &[&PoolDevice]) -> Result<Vec<&'a PoolDevice>, Failure> {
        let in_use: Vec<&String> = devices.iter().map(|device| &device.name).collect();
        pool.select(&validation_names(pool, self.valid.clone(), &in_use)?).or_exit(Exit::Input)
    }
}

/// How far a training is, and where its checkpoint is kept.
struct Way {
    file: Option<PathBuf>,
    /// The checkpoint to go on from.
    begun: Option<Vec<u8>>,
    episodes: u32,
    validate_every: u32,
    /// The episode that this run began with, once it is known.
    first: Option<u32>,
    started: Instant,
}

impl Way {
    fn begin(file: Option<PathBuf>, episodes: u32, validate_every: u32) -> Result<Self, Failure> {
        file.as_deref().map_or(Ok(()), check_folder_of)?;
        let begun = file.as_deref().map_or(Ok(None), read_checkpoint)?;
        Ok(Self { file, begun, episodes, validate_every, first: None, started: Instant::now() })
    }

    /// Shows a validation, and writes a checkpoint where one is wanted.
    fn keep(&mut self, last: &Validation, checkpoint: &MakeCheckpoint<'_>) -> Result<(), TrainError> {
        self.show(last);
        let Some(path) = &self.file else { return Ok(()) };
        write_whole(path, &checkpoint()?).map_err(|source| TrainError::Write { path: path.clone(), source })
    }

    /// One line for each validation, with the time that is left.
    fn show(&mut self, last: &Validation) {
        let (done, episodes) = (last.episode, self.episodes);
        let first = *self.first.get_or_insert(done - self.validate_every.min(done));
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
