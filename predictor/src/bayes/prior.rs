//! Which templates fit: their weights, learned from devices that are treated as if they were new.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use tenshot_onnx_models::with_space;

use super::evidence::{Measured, Reference};
use super::features::Features;
use super::lanes::LANES;
use super::template::{self, TEMPLATES, Template, TemplateBlock};
use super::training_table::{TrainingRows, TrainingTable};
use crate::pool::Platform;
use crate::random::Random;
use crate::spaces::{PredictorSpace, PriorSettings};

/// References of one task: more than a device gives, because they are to tell templates apart.
const SHOTS: usize = 20;
/// Random reference sets per target and pool.
const REFERENCE_SETS: u64 = 20;
/// What stays spread over all templates, whatever the tasks say.
const SPREAD: f64 = 0.3;
/// Iterations of EM.
const ITERATIONS: usize = 200;
const SOURCE_STREAM: u64 = 2;
const SIMULATED_STREAM: u64 = 3;

/// A device of the pool as the prior sees it.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// Its column in the table.
    pub(crate) column: usize,
    pub(crate) model: String,
    pub(crate) platform: Platform,
    /// The training rows that it measured.
    pub(crate) rows: Range<usize>,
    /// Its measured latencies, in the order of those rows.
    pub(crate) latencies_ms: Vec<f64>,
}

/// What a prior is trained on.
#[derive(Debug, Clone)]
pub(crate) struct TrainingSet {
    pub(crate) table: TrainingTable,
    pub(crate) rows: TrainingRows,
    pub(crate) sources: Vec<Source>,
    /// Relative latencies of simulated targets, in the order of the training rows.
    pub(crate) simulated_targets: Vec<Vec<f64>>,
}

/// Templates and their weights.
#[derive(Debug, Clone)]
pub(crate) struct Prior {
    templates: Vec<Template>,
    weights: Vec<f64>,
    log_weights: Vec<f64>,
    blocks: Vec<TemplateBlock>,
}

impl Prior {
    /// A prior of templates drawn with `seed`, weighted by `weights`; `None` where there is not
    /// one positive weight per template.
    pub(crate) fn new(settings: &PriorSettings, seed: u64, weights: &[f64]) -> Option<Self> {
        let templates = template::draw(settings, seed);
        let fits = weights.len() == templates.len() && weights.iter().all(|weight| *weight > 0.0);
        let (blocks, _) = templates.as_chunks::<LANES>();
        let blocks = blocks.iter().map(TemplateBlock::of).collect();
        let log_weights = weights.iter().map(|weight| weight.ln()).collect();
        fits.then(|| Self { templates, weights: weights.to_vec(), log_weights, blocks })
    }

    pub(crate) fn templates(&self) -> &[Template] {
        &self.templates
    }

    pub(crate) fn log_weights(&self) -> &[f64] {
        &self.log_weights
    }

    pub(crate) fn blocks(&self) -> &[TemplateBlock] {
        &self.blocks
    }

    pub(crate) fn weights(&self) -> &[f64] {
        &self.weights
    }
}

impl TrainingSet {
    /// The columns of the sources at the positions `members`.
    pub(crate) fn columns(&self, members: &[usize]) -> Vec<usize> {
        members.iter().map(|&member| self.sources[member].column).collect()
    }

    /// The pools in which `target` is new: without itself, without its model, without its
    /// platform; equal ones once, and none that is empty.
    pub(crate) fn pools_without(&self, target: usize, members: &[usize]) -> Vec<Vec<usize>> {
        let own = &self.sources[target];
        let others = |keep: &dyn Fn(usize) -> bool| -> Vec<usize> {
            members.iter().copied().filter(|&member| member != target && keep(member)).collect()
        };
        let mut pools = vec![
            others(&|_| true),
            others(&|member| self.sources[member].model != own.model),
            others(&|member| self.sources[member].platform != own.platform),
        ];
        pools.dedup();
        pools.retain(|pool| !pool.is_empty());
        pools
    }

    /// What the space's prior is made of.
    fn settings(&self) -> PriorSettings {
        with_space!(self.table.rows().sources().space(), S => S::BAYES)
    }

    /// `count` random references of a source: their places among what it measured.
    pub(crate) fn references(&self, source: usize, random: &mut Random, count: usize) -> Vec<usize> {
        let places: Vec<usize> = (0..self.sources[source].rows.len()).collect();
        random.choose(&places, count)
    }

    /// A source with the references at these places as its only measurements.
    pub(crate) fn measured(&self, features: &Features, source: usize, places: &[usize]) -> Measured {
        let source = &self.sources[source];
        let references =
            places.iter().map(|&place| (self.rows.row(source.rows.start + place), trusted(source.latencies_ms[place])));
        Measured::new(features, references)
    }

    /// The prior learned from the sources at the positions `members`.
    pub(crate) fn train(&self, members: &[usize], seed: u64) -> Option<Prior> {
        let settings = self.settings();
        let uniform = Prior::new(&settings, seed, &[1.0 / TEMPLATES as f64; TEMPLATES])?;
        let mut tasks = self.source_tasks(members, seed);
        let simulated = self.simulated_tasks(members, seed);
        let simulated_weight = if tasks.is_empty() { 1.0 } else { settings.simulated_weight };
        let source_share = (1.0 - simulated_weight) / tasks.len() as f64;
        let simulated_share = simulated_weight / simulated.len() as f64;
        let mut weights = vec![source_share; tasks.len()];
        weights.resize(tasks.len() + simulated.len(), simulated_share);
        tasks.extend(simulated);
        let likelihoods: Vec<Vec<f64>> =
            tasks.par_iter().map(|task| scaled_likelihoods(&task.measured(self), uniform.blocks())).collect();
        let weights = expectation_maximisation(&likelihoods, &weights);
        // As they are stored: what is read back predicts the same.
        let weights: Vec<f64> = weights.into_iter().map(|weight| f64::from(weight as f32)).collect();
        Prior::new(&settings, seed, &weights)
    }

    fn source_tasks(&self, members: &[usize], seed: u64) -> Vec<Task> {
        let mut tasks = Vec::new();
        for &target in members {
            for pool in self.pools_without(target, members) {
                let features = Arc::new(Features::new(&self.table, &self.columns(&pool)));
                for set in 0..REFERENCE_SETS {
                    let path = [SOURCE_STREAM, self.sources[target].column as u64, set];
                    let places = self.references(target, &mut Random::stream(seed, &path), SHOTS);
                    let latencies_ms = places.iter().map(|&place| self.sources[target].latencies_ms[place]).collect();
                    let rows = places.into_iter().map(|place| self.sources[target].rows.start + place).collect();
                    tasks.push(Task { features: features.clone(), rows, latencies_ms });
                }
            }
        }
        tasks
    }

    fn simulated_tasks(&self, members: &[usize], seed: u64) -> Vec<Task> {
        let features = Arc::new(Features::new(&self.table, &self.columns(members)));
        let all: Vec<usize> = (0..self.rows.count()).collect();
        let mut tasks = Vec::new();
        for (number, relative) in self.simulated_targets.iter().enumerate() {
            for set in 0..REFERENCE_SETS {
                let mut random = Random::stream(seed, &[SIMULATED_STREAM, number as u64, set]);
                let noise = random.log_uniform(0.001, 0.2);
                let rows = random.choose(&all, SHOTS);
                let mut noisy = |value: f64| value * (1.0 + noise * random.normal()).max(0.05);
                let latencies_ms = rows.iter().map(|&row| noisy(relative[row])).collect();
                tasks.push(Task { features: features.clone(), rows, latencies_ms });
            }
        }
        tasks
    }
}

/// A measurement without noise beyond what the prior expects.
fn trusted(latency_ms: f64) -> Reference {
    Reference { latency_ms, extra_relative_noise: 0.0 }
}

/// A device, treated as new, with its measured references.
struct Task {
    features: Arc<Features>,
    /// The references' training rows.
    rows: Vec<usize>,
    latencies_ms: Vec<f64>,
}

impl Task {
    fn measured(&self, training: &TrainingSet) -> Measured {
        let latencies = self.latencies_ms.iter().map(|&latency_ms| trusted(latency_ms));
        Measured::new(&self.features, self.rows.iter().map(|&row| training.rows.row(row)).zip(latencies))
    }
}

/// The likelihood of each template, relative to the best one's.
fn scaled_likelihoods(measured: &Measured, blocks: &[TemplateBlock]) -> Vec<f64> {
    let evidence = measured.log_evidence(blocks);
    let largest = evidence.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    evidence.into_iter().map(|evidence| (evidence - largest).exp()).collect()
}

/// Weights of the templates that make the tasks likely, from uniform ones.
fn expectation_maximisation(likelihoods: &[Vec<f64>], task_weights: &[f64]) -> Vec<f64> {
    let templates = likelihoods.first().map_or(TEMPLATES, Vec::len);
    let mut weights = vec![1.0 / templates as f64; templates];
    for _ in 0..ITERATIONS {
        let mut next = vec![SPREAD / templates as f64; templates];
        for (likelihood, task_weight) in likelihoods.iter().zip(task_weights) {
            let evidence: f64 = likelihood.iter().zip(&weights).map(|(a, b)| a * b).sum();
            let factor = (1.0 - SPREAD) * task_weight / evidence;
            for ((next, weight), likelihood) in next.iter_mut().zip(&weights).zip(likelihood) {
                *next += factor * weight * likelihood;
            }
        }
        weights = next;
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_move_to_the_templates_that_explain_the_tasks() {
        let likelihoods = vec![vec![1.0, 0.1, 0.1], vec![1.0, 0.1, 0.2], vec![0.1, 0.1, 1.0]];
        let weights = expectation_maximisation(&likelihoods, &[0.4, 0.4, 0.2]);
        assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(weights[0] > 0.6 && weights[2] > weights[1], "{weights:?}");
        assert!(weights[1] >= SPREAD / 3.0, "{weights:?}");
    }
}
