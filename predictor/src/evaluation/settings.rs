//! What to evaluate, and why it may not be possible.

use std::num::NonZeroUsize;
use std::ops::Range;

use super::ReferenceChoice;
use crate::help::Parts;
use crate::methods::{AdaptError, MethodName};
use crate::pool::{Pool, PoolDevice, PoolError};
use crate::support::{FEWEST_MEASUREMENTS, SupportError};
use crate::train_error::TrainError;

/// What to evaluate.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// The method.
    pub method: MethodName,
    /// Which parts of `help` are on, for an ablation; `None` for those that the method has.
    pub parts: Option<Parts>,
    /// Devices to train on.
    pub train: Vec<String>,
    /// Validation devices, for methods that keep the parameters which do best on them; there may be
    /// none.
    pub validation: Vec<String>,
    /// Devices to test on.
    pub test: Vec<String>,
    /// Measurements that each test device gives; each number makes a report of its own.
    pub shots: Vec<usize>,
    /// How the measured architectures are chosen.
    pub references: ReferenceChoice,
    /// How many reference sets. A method that is trained for each of them begins each training
    /// with another seed, so that with the paper's one set repeats are over seeds.
    pub repeats: usize,
    /// Positions of the architectures to predict; `None` for the pool's query range.
    pub queries: Option<Range<usize>>,
    /// Episodes, for methods that are trained in episodes; `None` for the paper's number.
    pub episodes: Option<u32>,
    /// How many draws of z `help` averages over when it adapts; `None` for z at its mean.
    pub z_samples: Option<NonZeroUsize>,
    /// The seed of everything random.
    pub seed: u64,
    /// Whether reports keep the predictions of the first repeat.
    pub keep_predictions: bool,
}

impl Evaluation {
    /// The usual evaluation of a method: ten measurements of each of ten random reference sets, seed 0;
    /// the devices are yet to be named.
    #[must_use]
    pub fn new(method: MethodName) -> Self {
        Self {
            method,
            parts: None,
            train: Vec::new(),
            validation: Vec::new(),
            test: Vec::new(),
            shots: vec![10],
            references: ReferenceChoice::Random,
            repeats: 10,
            queries: None,
            episodes: None,
            z_samples: None,
            seed: 0,
            keep_predictions: false,
        }
    }

    /// Whether every repeat trains a method of its own: one for its references, or with the
    /// paper's references, from its seed.
    pub(super) fn trains_anew(&self) -> bool {
        let has_seeds = matches!(self.method, MethodName::Anp | MethodName::Scratch | MethodName::BrpNas);
        self.method.is_meta_trained() || has_seeds && self.references == ReferenceChoice::Paper
    }

    /// Positions of the architectures to predict.
    pub(super) fn queries(&self, pool: &Pool) -> Range<usize> {
        self.queries.clone().unwrap_or_else(|| pool.ranges().queries.clone())
    }

    /// The devices to test on, if the pool can serve the settings.
    pub(super) fn check<'a>(&self, pool: &'a Pool) -> Result<Vec<&'a PoolDevice>, EvaluationError> {
        let targets = pool.select(&self.test)?;
        pool.select(&self.train)?;
        pool.select(&self.validation)?;
        let is_known = |name: &&String| self.train.contains(name) || self.validation.contains(name);
        if let Some(device) = self.test.iter().find(is_known) {
            return Err(EvaluationError::Overlap { device: device.clone() });
        }
        if let Some(device) = self.validation.iter().find(|name| self.train.contains(name)) {
            return Err(EvaluationError::ValidatesItself { device: device.clone() });
        }
        if targets.is_empty() {
            return Err(EvaluationError::NoTest);
        }
        if self.shots.is_empty() {
            return Err(EvaluationError::NoShots);
        }
        self.shots.iter().try_for_each(|&shots| self.check_shots(pool, shots))?;
        if self.references == ReferenceChoice::Designed && !pool.is_shared() {
            return Err(EvaluationError::NoDesign);
        }
        if self.repeats == 0 {
            return Err(EvaluationError::NoRepeats);
        }
        if self.parts.is_some() && !self.method.is_meta_trained() {
            return Err(EvaluationError::NoParts { method: self.method });
        }
        self.check_queries(pool)?;
        Ok(targets)
    }

    fn check_shots(&self, pool: &Pool, shots: usize) -> Result<(), EvaluationError> {
        if shots < FEWEST_MEASUREMENTS {
            return Err(EvaluationError::TooFewShots { shots });
        }
        let training = pool.ranges().training.len();
        if shots > training {
            return Err(EvaluationError::TooManyShots { shots, training });
        }
        let found = pool.ranges().references.len();
        if self.references == ReferenceChoice::Paper && shots != found {
            return Err(EvaluationError::PaperShots { shots, found });
        }
        Ok(())
    }

    fn check_queries(&self, pool: &Pool) -> Result<(), EvaluationError> {
        let queries = &self.queries(pool);
        if queries.is_empty() {
            return Err(EvaluationError::NoQueries);
        }
        let (count, training) = (pool.architectures_per_device(), &pool.ranges().training);
        if queries.end > count {
            return Err(EvaluationError::QueriesBeyond { end: queries.end, count });
        }
        if queries.start < training.end && training.start < queries.end {
            return Err(EvaluationError::QueriesTrained { queries: queries.clone(), training: training.clone() });
        }
        Ok(())
    }
}

/// Why an evaluation could not run.
#[derive(Debug, thiserror::Error)]
pub enum EvaluationError {
    /// A device that the pool does not have.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// Devices that the method cannot be trained on.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// A device that is trained and tested on.
    #[error("device `{device}` is both trained and tested on; leave it out of one")]
    Overlap {
        /// The device.
        device: String,
    },
    /// A device that is trained and validated on.
    #[error("device `{device}` is both trained and validated on; leave it out of one")]
    ValidatesItself {
        /// The device.
        device: String,
    },
    /// No device to test on.
    #[error("there is no device to test on")]
    NoTest,
    /// No number of shots.
    #[error("an evaluation needs a number of shots")]
    NoShots,
    /// Fewer shots than any predictor adapts from.
    #[error("{shots} shots are too few; a predictor adapts from {FEWEST_MEASUREMENTS} or more")]
    TooFewShots {
        /// The shots.
        shots: usize,
    },
    /// More shots than training architectures.
    #[error("{shots} shots are more than the pool's {training} training architectures to draw from")]
    TooManyShots {
        /// The shots.
        shots: usize,
        /// The training architectures.
        training: usize,
    },
    /// More shots than architectures that references are designed from.
    #[error("{shots} shots are more than the {candidates} candidates that references are designed from")]
    TooManyDesigned {
        /// The shots.
        shots: usize,
        /// Those architectures.
        candidates: usize,
    },
    /// A number of shots that is not that of the paper's references.
    #[error("the paper's reference set has {found} architectures; ask for {found} shots, not {shots}")]
    PaperShots {
        /// The shots.
        shots: usize,
        /// The paper's references.
        found: usize,
    },
    /// A pool whose devices share no architectures.
    #[error("the pool's devices share no architectures to design references from; take random ones")]
    NoDesign,
    /// No repeat.
    #[error("an evaluation needs one repeat or more")]
    NoRepeats,
    /// No architecture to predict.
    #[error("there are no query architectures to predict beyond the references; ask for some")]
    NoQueries,
    /// Queries behind the last architecture of the pool.
    #[error("queries reach to architecture {end}, but the pool has {count}")]
    QueriesBeyond {
        /// Where they end.
        end: usize,
        /// How many architectures there are.
        count: usize,
    },
    /// Queries that are trained on.
    #[error(
        "queries {} to {} are among the architectures that are trained on, {} to {}; ask for others",
        queries.start, queries.end.saturating_sub(1), training.start, training.end.saturating_sub(1)
    )]
    QueriesTrained {
        /// The queries.
        queries: Range<usize>,
        /// The training architectures.
        training: Range<usize>,
    },
    /// Parts of a method that has none.
    #[error("only help has parts to leave out, not {method}")]
    NoParts {
        /// The method.
        method: MethodName,
    },
    /// More or fewer devices than can be drawn.
    #[error("a pool of {size} devices cannot be drawn from the {found} to train on; ask for 1 to {found}")]
    PoolSize {
        /// How many to draw.
        size: usize,
        /// How many there are.
        found: usize,
    },
    /// References whose latencies no predictor adapts from.
    #[error("no support could be made of the references on device `{device}`")]
    Support {
        /// The device.
        device: String,
        /// What is wrong with them.
        source: SupportError,
    },
    /// Latencies that this predictor cannot adapt from.
    #[error("the method could not adapt to device `{device}`")]
    Adapt {
        /// The device.
        device: String,
        /// What is wrong with them.
        source: AdaptError,
    },
}
