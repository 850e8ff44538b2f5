//! A row of a table, or a curve of a figure.

use super::published::Published;
use crate::evaluation::{Evaluation, EvaluationError, LeaveOut, Progress, ReferenceChoice, Report, Sweep};
use crate::help::{Part, Parts};
use crate::methods::MethodName;
use crate::pool::{PaperSplit, Pool};

/// A row of a table, or a curve of a figure. The evaluation may be changed before it is run, for
/// example to fewer episodes.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its name: the method, and what is special about it.
    pub name: String,
    /// What is run.
    pub evaluation: Evaluation,
    /// How often it trains.
    pub sweep: Sweep,
    /// The same row as the authors published it, if they did and a source of it is known.
    pub published: Option<Published>,
}

impl Row {
    /// A method on a split, or where there is none, with every device left out in turn.
    pub(super) fn of(method: MethodName, split: Option<PaperSplit>) -> Self {
        let owned = |names: &[&str]| names.iter().copied().map(str::to_owned).collect();
        let usual = Evaluation::new(method);
        let evaluation = match split {
            None => usual,
            Some(PaperSplit { train, validation, test, .. }) => {
                Evaluation { train: owned(train), validation: owned(validation), test: owned(test), ..usual }
            }
        };
        let sweep = if split.is_some() { Sweep::Once } else { Sweep::LeavingOut(LeaveOut::Device) };
        Self { name: method.to_string(), evaluation, sweep, published: None }
    }

    /// On the paper's reference set, with so many seeds.
    pub(super) fn on_papers_set(mut self, seeds: usize) -> Self {
        self.evaluation.references = ReferenceChoice::Paper;
        self.evaluation.repeats = seeds;
        self.called("paper's set")
    }

    /// On designed reference sets.
    pub(super) fn on_designed_sets(mut self) -> Self {
        self.evaluation.references = ReferenceChoice::Designed;
        self.called("designed sets")
    }

    /// On random reference sets: what it is usually run on, but now its name says so.
    pub(super) fn on_random_sets(self) -> Self {
        self.called("random sets")
    }

    /// With these numbers of samples, and so many reference sets.
    pub(super) fn with_shots(mut self, shots: &[usize], repeats: usize) -> Self {
        self.evaluation.shots = shots.to_vec();
        self.evaluation.repeats = repeats;
        self
    }

    /// `help` without a part.
    pub(super) fn without(mut self, part: Part) -> Self {
        self.evaluation.parts = Some(Parts::HELP.without(part));
        self.name = format!("{} without {part}", self.name);
        self
    }

    pub(super) fn swept(self, sweep: Sweep) -> Self {
        Self { sweep, ..self }
    }

    pub(super) fn published(self, published: Published) -> Self {
        Self { published: Some(published), ..self }
    }

    fn called(self, more: &str) -> Self {
        Self { name: format!("{}, {more}", self.name), ..self }
    }

    /// Runs it: a report for every size of a pool, if there are several, and number of shots.
    ///
    /// # Errors
    /// A pool that lacks what the row needs.
    pub fn run(&self, pool: &Pool, progress: &(dyn Fn(Progress) + Sync)) -> Result<Vec<Report>, EvaluationError> {
        self.sweep.run(pool, &self.evaluation, progress)
    }
}
