//! Calibration of intervals on sources that are treated as if they were new.

use std::collections::HashMap;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use serde::{Deserialize, Serialize};

use super::adapt::adapt;
use super::features::Features;
use super::predict::{Estimate, Predictor};
use super::prior::{Prior, TrainingSet};
use super::training_table::evenly;
use crate::metrics::{Statistic, spearman};
use crate::random::Random;
use crate::sources::SourceFacts;

/// References of one trial.
const SHOTS: usize = 10;
/// Random reference sets per source and pool.
const REFERENCE_SETS: u64 = 4;
/// The most architectures that a trial predicts.
const MOST_PREDICTED: usize = 1_000;
const STREAM: u64 = 6;

/// The share of measured latencies that intervals are to cover.
const COVERAGE: f64 = 0.9;

/// How well a source was predicted from ten random references when it was treated as new: from
/// the pool without its model, and again without its platform.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceScore {
    /// The source.
    pub device: String,
    /// Spearman's rank correlation over the training architectures, mean over the trials.
    pub spearman: f64,
}

/// What trials on the sources tell.
#[derive(Debug, Clone)]
pub(crate) struct Calibration {
    /// The factor on intervals that makes them cover 90% of what is measured.
    pub(crate) interval_factor: f64,
    pub(crate) scores: Vec<SourceScore>,
}

impl Calibration {
    /// Each source in turn is a new device: everything, the prior's weights included, is learned
    /// from the pool without its model, and again without its platform. Every source counts the
    /// same.
    pub(crate) fn of(training: &TrainingSet, seed: u64) -> Self {
        let trials = trials(training);
        let mut pools: Vec<&Vec<usize>> = trials.iter().map(|(_, pool)| pool).collect();
        pools.sort();
        pools.dedup();
        let priors: HashMap<&Vec<usize>, Prior> =
            pools.into_iter().filter_map(|pool| Some((pool, training.train(pool, seed)?))).collect();
        let outcomes: Vec<Outcome> = trials
            .par_iter()
            .filter_map(|(target, pool)| Some(run_trial(training, *target, pool, priors.get(pool)?, seed)))
            .collect();
        let score = |(target, facts): (usize, &SourceFacts)| {
            let correlations = outcomes.iter().filter(|one| one.target == target).flat_map(|one| &one.correlations);
            let correlations: Vec<f64> = correlations.copied().collect();
            Some(SourceScore { device: facts.name.clone(), spearman: rounded(Statistic::of(&correlations)?.mean) })
        };
        let facts = training.table.rows().sources().facts();
        let scores = facts.iter().enumerate().filter_map(score).collect();
        Self { interval_factor: rounded(weighted_quantile(&outcomes)), scores }
    }
}

/// To four decimals: what differs beyond is the order of additions.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

fn trials(training: &TrainingSet) -> Vec<(usize, Vec<usize>)> {
    let members: Vec<usize> = (0..training.sources.len()).collect();
    let of_target = |target: usize| {
        let mut pools = training.pools_without(target, &members);
        // A pool that lacks the device alone would make it too easy: its siblings know it.
        let own = &training.sources[target].model;
        pools.retain(|pool| pool.iter().all(|&member| training.sources[member].model != *own));
        pools.into_iter().map(move |pool| (target, pool))
    };
    members.iter().flat_map(|&target| of_target(target)).collect()
}

/// What a trial showed.
struct Outcome {
    target: usize,
    /// For every prediction, the factor that its interval needs to reach what was measured.
    factors: Vec<f64>,
    /// Spearman's rank correlation of each reference set.
    correlations: Vec<f64>,
}

fn run_trial(training: &TrainingSet, target: usize, pool: &[usize], prior: &Prior, seed: u64) -> Outcome {
    let features = Features::new(&training.table, &training.columns(pool));
    let source = &training.sources[target];
    let mut outcome = Outcome { target, factors: Vec::new(), correlations: Vec::new() };
    for set in 0..REFERENCE_SETS {
        let mut random = Random::stream(seed, &[STREAM, source.column as u64, set]);
        let references = training.references(target, &mut random, SHOTS);
        let posterior = adapt(&features, prior, training.measured(&features, target, &references));
        let mut predictor = Predictor::new(&features, &posterior);
        let (mut predicted, mut measured) = (Vec::new(), Vec::new());
        for place in evenly(source.rows.len(), MOST_PREDICTED).filter(|place| !references.contains(place)) {
            let estimate = predictor.estimate(training.rows.row(source.rows.start + place));
            let latency_ms = source.latencies_ms[place];
            outcome.factors.push(needed_factor(&estimate, latency_ms));
            predicted.push(estimate.mean_ms);
            measured.push(latency_ms);
        }
        outcome.correlations.push(spearman(&predicted, &measured));
    }
    outcome
}

fn needed_factor(estimate: &Estimate, latency_ms: f64) -> f64 {
    let error = latency_ms - estimate.mean_ms;
    let side = if error > 0.0 { estimate.high_ms } else { estimate.low_ms } - estimate.mean_ms;
    // A mixture's mean can lie outside its interval; no factor helps then.
    if error * side > 0.0 {
        error / side
    } else if error == 0.0 {
        0.0
    } else {
        f64::INFINITY
    }
}

/// The factor that covers the wanted share, where every target weighs the same; 1 without any
/// trial.
fn weighted_quantile(outcomes: &[Outcome]) -> f64 {
    let mut counts: HashMap<usize, usize> = HashMap::new();
    for outcome in outcomes {
        *counts.entry(outcome.target).or_default() += outcome.factors.len();
    }
    let weighted = |outcome: &Outcome| -> Vec<(f64, f64)> {
        let weight = 1.0 / counts.get(&outcome.target).map_or(1.0, |&count| count as f64);
        outcome.factors.iter().map(|&factor| (factor, weight)).collect()
    };
    let mut all: Vec<(f64, f64)> = outcomes.iter().flat_map(weighted).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let total: f64 = all.iter().map(|(_, weight)| weight).sum();
    let mut covered = 0.0;
    let reached = all.iter().find(|(_, weight)| {
        covered += weight;
        covered >= COVERAGE * total
    });
    reached.map_or(1.0, |(factor, _)| *factor).clamp(0.3, 5.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_reaches_what_was_measured() {
        let estimate = Estimate { mean_ms: 10.0, low_ms: 8.0, high_ms: 14.0 };
        assert_eq!(needed_factor(&estimate, 16.0), 1.5);
        assert_eq!(needed_factor(&estimate, 9.0), 0.5);
        assert_eq!(needed_factor(&estimate, 10.0), 0.0);
    }

    #[test]
    fn every_target_weighs_the_same() {
        let outcome = |target, factors| Outcome { target, factors, correlations: vec![] };
        let many: Vec<f64> = (0..1000).map(|_| 1.0).collect();
        // Half of the weight needs 1, the other half 2 (and 3 in its last tenth).
        let few: Vec<f64> = (0..10).map(|one| if one == 9 { 3.0 } else { 2.0 }).collect();
        assert_eq!(weighted_quantile(&[outcome(0, many), outcome(1, few)]), 2.0);
        assert_eq!(weighted_quantile(&[]), 1.0);
    }
}
