//! Training that is some episodes on its way.

use super::learner::{EpisodeLoss, Learner, ParameterGroup, Parameters, Schedule};
use super::validation::Validation;
use crate::network::{Adam, add};

/// A learner and how far it is.
#[derive(Debug)]
pub(crate) struct Training<'a, L: Learner> {
    pub(super) learner: &'a L,
    pub(super) state: State<L::Parameters>,
}

/// All that the next episode starts from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct State<P> {
    pub(crate) parameters: P,
    /// Moments of each group of parameters.
    pub(super) adam: Vec<Adam>,
    /// Episodes that are done.
    pub(super) episode: u32,
    /// Sums of the episodes' errors and divergences since the last validation.
    pub(super) sums: [f32; 2],
    /// All validations so far.
    pub(crate) curve: Vec<Validation>,
    /// The best validation so far, and its parameters.
    pub(crate) best: Option<(Validation, P)>,
}

/// What came out of a training.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outcome<P> {
    /// The parameters that did best in validation, or the last ones where nothing validates.
    pub(crate) parameters: P,
    /// All validations.
    pub(crate) curve: Vec<Validation>,
}

impl<'a, L: Learner> Training<'a, L> {
    /// Before the first episode.
    pub(crate) fn new(learner: &'a L) -> Self {
        let parameters = learner.initial();
        let adam = parameters.groups().into_iter().map(|values| Adam::new(values.len())).collect();
        let state = State { parameters, adam, episode: 0, sums: [0.0; 2], curve: Vec::new(), best: None };
        Self { learner, state }
    }

    /// Whether all episodes are done.
    pub(crate) fn is_done(&self) -> bool {
        self.state.episode >= self.learner.schedule().episodes
    }

    /// How far it is.
    #[cfg(test)]
    pub(crate) fn state(&self) -> &State<L::Parameters> {
        &self.state
    }

    /// What came out.
    pub(crate) fn into_outcome(self) -> Outcome<L::Parameters> {
        let State { parameters, curve, best, .. } = self.state;
        Outcome { parameters: best.map_or(parameters, |(_, best)| best), curve }
    }

    /// Does one episode, and a validation where one is due, which is returned.
    pub(crate) fn step(&mut self) -> Option<Validation> {
        let Schedule { validate_every, rate, .. } = self.learner.schedule();
        let state = &mut self.state;
        let EpisodeLoss { error, divergence, gradient } = self.learner.episode_loss(&state.parameters, state.episode);
        state.episode += 1;
        add(&mut state.sums, &[error, divergence]);
        state.descend(self.learner.groups(), &gradient, rate);
        let is_due = state.episode.is_multiple_of(validate_every) || self.is_done();
        is_due.then(|| self.validate())
    }

    fn validate(&mut self) -> Validation {
        let scores = self.learner.validation_scores(&self.state.parameters);
        let spearman = (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64);
        self.state.validated(spearman)
    }
}

impl<P: Parameters> State<P> {
    /// A step of Adam for each group that is learned.
    fn descend(&mut self, groups: &[ParameterGroup], gradient: &P, rate: f32) {
        let parameters = self.parameters.groups_mut().into_iter().zip(gradient.groups());
        for ((adam, (values, derivatives)), group) in self.adam.iter_mut().zip(parameters).zip(groups) {
            if group.is_learned {
                adam.step(values, derivatives, rate, self.episode);
            }
        }
    }

    /// Notes a validation, and keeps the parameters where none was better.
    fn validated(&mut self, spearman: Option<f64>) -> Validation {
        let since = self.episode - self.curve.last().map_or(0, |last| last.episode);
        let [error, divergence] = std::mem::take(&mut self.sums).map(|sum| sum / since as f32);
        let validation = Validation { episode: self.episode, error, divergence, spearman };
        self.curve.push(validation);
        let best = self.best.as_ref().and_then(|(best, _)| best.spearman);
        if spearman.is_some_and(|spearman| best.is_none_or(|best| spearman > best)) {
            self.best = Some((validation, self.parameters.clone()));
        }
        validation
    }
}
