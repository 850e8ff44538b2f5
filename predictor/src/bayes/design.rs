//! Reference design: which architectures to measure on a new device.

use faer::{Mat, MatRef};
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use super::features::Features;
use super::prior::Prior;
use super::table::Table;
use super::template::Template;
use crate::random::Random;

/// Random training architectures that references are chosen from.
const CANDIDATES: usize = 400;
/// The heaviest templates that decide.
const DECIDING: usize = 64;
const STREAM: u64 = 7;

/// The table's rows of `count` references, chosen from `candidates` (rows too) one by one: the
/// next one is that which leaves the least uncertainty about all training architectures.
pub(crate) fn design(
    features: &Features,
    table: &Table,
    prior: &Prior,
    candidates: &[usize],
    count: usize,
    seed: u64,
) -> Vec<usize> {
    let mut candidates = Random::stream(seed, &[STREAM]).choose(candidates, CANDIDATES);
    let rows = |rows: &[usize]| -> Mat<f64> {
        let rows: Vec<Vec<f64>> = rows.iter().map(|&row| features.row(table, row).features).collect();
        Mat::from_fn(rows.len(), features.width(), |row, column| rows[row][column])
    };
    let training = rows(table.training());
    let second_moment = (training.transpose() * &training) * (1.0 / training.nrows() as f64);
    let mut candidate_rows = rows(&candidates);
    let mut beliefs: Vec<Belief> =
        deciding(prior).into_iter().map(|(template, weight)| Belief::new(features, template, weight)).collect();
    let mut chosen = Vec::new();
    while chosen.len() < count && !candidates.is_empty() {
        let scores: Vec<Vec<f64>> =
            beliefs.par_iter().map(|belief| belief.scores(second_moment.as_ref(), candidate_rows.as_ref())).collect();
        let total = |candidate: usize| scores.iter().map(|scores| scores[candidate]).sum::<f64>();
        let best = (0..candidates.len()).min_by(|&a, &b| total(a).total_cmp(&total(b))).unwrap_or(0);
        for belief in &mut beliefs {
            belief.observe(candidate_rows.as_ref(), best);
        }
        chosen.push(candidates.remove(best));
        candidate_rows = rows(&candidates);
    }
    chosen
}

fn deciding(prior: &Prior) -> Vec<(Template, f64)> {
    let mut weighted: Vec<(Template, f64)> =
        prior.templates().iter().copied().zip(prior.weights().iter().copied()).collect();
    weighted.sort_by(|a, b| b.1.total_cmp(&a.1));
    weighted.truncate(DECIDING);
    weighted
}

/// What one template believes of the features' weights after some observations.
struct Belief {
    weight: f64,
    noise: f64,
    covariance: Mat<f64>,
}

impl Belief {
    fn new(features: &Features, template: Template, weight: f64) -> Self {
        let mut covariance = Mat::zeros(features.width(), features.width());
        for (columns, share) in features.groups().iter().zip(template.shares) {
            columns.clone().for_each(|column| covariance[(column, column)] = share);
        }
        Self { weight, noise: template.noise * features.typical_variance(), covariance }
    }

    /// For each candidate, the weighted log of the mean variance that its measurement would leave.
    /// What it was at first is the same for all of them.
    fn scores(&self, second_moment: MatRef<'_, f64>, candidates: MatRef<'_, f64>) -> Vec<f64> {
        let spread = &self.covariance * second_moment;
        let variance: f64 = (0..spread.nrows()).map(|row| spread[(row, row)]).sum();
        let explained = &spread * &self.covariance;
        let (own, gained) = (candidates * &self.covariance, candidates * &explained);
        let dot = |matrix: &Mat<f64>, row: usize| -> f64 {
            (0..matrix.ncols()).map(|column| matrix[(row, column)] * candidates[(row, column)]).sum()
        };
        let left = |row: usize| variance - dot(&gained, row) / (dot(&own, row) + self.noise);
        (0..candidates.nrows()).map(|row| self.weight * left(row).max(f64::MIN_POSITIVE).ln()).collect()
    }

    /// The belief after measuring a candidate.
    fn observe(&mut self, candidates: MatRef<'_, f64>, candidate: usize) {
        let row = candidates.row(candidate);
        let direction = &self.covariance * row.transpose();
        let variance = row * &direction + self.noise;
        self.covariance -= &direction * direction.transpose() * (1.0 / variance);
    }
}
