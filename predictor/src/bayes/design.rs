//! Reference design: which architectures to measure on a new device.

use faer::{Mat, MatRef};
use rayon::prelude::{IntoParallelRefIterator, IntoParallelRefMutIterator, ParallelIterator};
use tenshot_onnx_models::Architecture;

use super::features::{Features, GROUPS};
use super::prior::Prior;
use super::template::Template;
use super::training_table::TrainingTable;
use crate::random::Random;

/// Random training architectures that references are chosen from.
const CANDIDATES: usize = 400;
/// The heaviest templates that decide.
const DECIDING: usize = 64;
const STREAM: u64 = 7;

/// `count` references, chosen from `candidates` one by one: the next one is that which leaves the
/// least uncertainty about the training architectures. Candidates of another space are none.
pub(crate) fn design(
    features: &Features,
    table: &TrainingTable,
    prior: &Prior,
    candidates: &[Architecture],
    count: usize,
    seed: u64,
) -> Vec<Architecture> {
    let mut candidates = Random::stream(seed, &[STREAM]).choose(candidates, CANDIDATES);
    candidates.retain(|one| one.space() == table.rows().sources().space());
    let products = Products::new(
        features,
        matrix(features, table, &candidates).as_ref(),
        matrix(features, table, table.kept()).as_ref(),
    );
    let mut beliefs: Vec<Belief> = deciding(prior)
        .par_iter()
        .map(|&(template, weight)| Belief::new(&products, features, template, weight))
        .collect();
    let mut left: Vec<usize> = (0..candidates.len()).collect();
    let mut chosen = Vec::new();
    while chosen.len() < count && !left.is_empty() {
        let total = |candidate: usize| beliefs.iter().map(|belief| belief.score(candidate)).sum::<f64>();
        let best = (0..left.len()).min_by(|&a, &b| total(left[a]).total_cmp(&total(left[b]))).unwrap_or(0);
        let best = left.remove(best);
        beliefs.par_iter_mut().for_each(|belief| belief.observe(&products, best));
        chosen.push(candidates[best]);
    }
    chosen
}

/// The features of architectures, one row each.
fn matrix(features: &Features, table: &TrainingTable, architectures: &[Architecture]) -> Mat<f64> {
    let rows: Vec<Vec<f64>> =
        architectures.iter().filter_map(|one| Some(features.row(&table.rows().raw(one)?).features)).collect();
    Mat::from_fn(rows.len(), features.width(), |row, column| rows[row][column])
}

fn deciding(prior: &Prior) -> Vec<(Template, f64)> {
    let mut weighted: Vec<(Template, f64)> =
        prior.templates().iter().copied().zip(prior.weights().iter().copied()).collect();
    weighted.sort_by(|a, b| b.1.total_cmp(&a.1));
    weighted.truncate(DECIDING);
    weighted
}

/// What all templates share, group by group of features.
struct Products {
    /// Products of the candidates' features.
    own: Vec<Mat<f64>>,
    /// The same through the training architectures: the mean over those of the products with one
    /// group's features times the products with another's.
    through: Vec<Vec<Mat<f64>>>,
    /// Mean squared norms of the training architectures.
    norms: [f64; GROUPS],
}

impl Products {
    fn new(features: &Features, candidates: MatRef<'_, f64>, training: MatRef<'_, f64>) -> Self {
        let count = training.nrows() as f64;
        let of_group = |matrix: MatRef<'_, f64>, group: usize| {
            let columns = &features.groups()[group];
            matrix.subcols(columns.start, columns.len()).to_owned()
        };
        let candidates: Vec<Mat<f64>> = (0..GROUPS).map(|group| of_group(candidates, group)).collect();
        let training: Vec<Mat<f64>> = (0..GROUPS).map(|group| of_group(training, group)).collect();
        let through = |a: usize, b: usize| {
            let moment = training[a].transpose() * &training[b] * (1.0 / count);
            &candidates[a] * moment * candidates[b].transpose()
        };
        Self {
            own: candidates.iter().map(|features| features * features.transpose()).collect(),
            through: (0..GROUPS).map(|a| (0..GROUPS).map(|b| through(a, b)).collect()).collect(),
            norms: std::array::from_fn(|group| training[group].squared_norm_l2() / count),
        }
    }

    fn candidates(&self) -> usize {
        self.own[0].nrows()
    }

    /// The covariance of two candidates by a template.
    fn covariance(&self, template: &Template, a: usize, b: usize) -> f64 {
        template.shares.iter().zip(&self.own).map(|(share, products)| share * products[(a, b)]).sum()
    }

    /// The mean over the training architectures of their covariances with two candidates,
    /// multiplied.
    fn gain(&self, template: &Template, a: usize, b: usize) -> f64 {
        let shares = &template.shares;
        let of_pair = |(g, h): (usize, usize)| shares[g] * shares[h] * self.through[g][h][(a, b)];
        (0..GROUPS).flat_map(|g| (0..GROUPS).map(move |h| (g, h))).map(of_pair).sum()
    }
}

/// What one template believes of the candidates after some observations.
struct Belief {
    template: Template,
    weight: f64,
    noise: f64,
    /// The mean variance of the training architectures.
    variance: f64,
    /// The candidates' variances, and what their measurements tell of the training architectures.
    variances: Vec<f64>,
    gains: Vec<f64>,
    observed: Vec<Observed>,
}

/// A measured candidate: its covariance with each one when it was measured, its gain with each
/// one, and its variance with the noise.
struct Observed {
    own: usize,
    covariances: Vec<f64>,
    gains: Vec<f64>,
    variance: f64,
}

impl Observed {
    fn own_gain(&self) -> f64 {
        self.gains[self.own]
    }
}

impl Belief {
    fn new(products: &Products, features: &Features, template: Template, weight: f64) -> Self {
        let candidates = || 0..products.candidates();
        Self {
            weight,
            noise: template.noise * features.typical_variance(),
            variance: template.shares.iter().zip(products.norms).map(|(share, norm)| share * norm).sum(),
            variances: candidates().map(|one| products.covariance(&template, one, one)).collect(),
            gains: candidates().map(|one| products.gain(&template, one, one)).collect(),
            observed: Vec::new(),
            template,
        }
    }

    /// The weighted log of the mean variance that a candidate's measurement would leave. What it
    /// was at first is the same for all of them.
    fn score(&self, candidate: usize) -> f64 {
        let left = self.variance - self.gains[candidate] / (self.variances[candidate] + self.noise);
        self.weight * left.max(f64::MIN_POSITIVE).ln()
    }

    /// Measures a candidate: a rank-one update of all covariances C, and of the gains C M C.
    fn observe(&mut self, products: &Products, candidate: usize) {
        let at_first =
            |product: &dyn Fn(usize) -> f64| -> Vec<f64> { (0..products.candidates()).map(product).collect() };
        let mut covariances = at_first(&|other| products.covariance(&self.template, other, candidate));
        let mut gains = at_first(&|other| products.gain(&self.template, other, candidate));
        for before in &self.observed {
            let (own, own_gain) = (before.covariances[candidate], before.gains[candidate]);
            let measured_gain = before.own_gain();
            for (other, (covariance, gain)) in covariances.iter_mut().zip(&mut gains).enumerate() {
                let factor = before.covariances[other] / before.variance;
                *covariance -= factor * own;
                *gain += factor * own / before.variance * measured_gain
                    - factor * own_gain
                    - before.gains[other] * own / before.variance;
            }
        }
        let variance = covariances[candidate] + self.noise;
        let observed = Observed { own: candidate, variance, covariances, gains };
        let measured_gain = observed.own_gain();
        self.variance -= measured_gain / observed.variance;
        let of_other = observed.covariances.iter().zip(&observed.gains);
        for ((variance, gain), (covariance, gained)) in self.variances.iter_mut().zip(&mut self.gains).zip(of_other) {
            let factor = covariance / observed.variance;
            *variance -= factor * covariance;
            *gain += factor * factor * measured_gain - 2.0 * factor * gained;
        }
        self.observed.push(observed);
    }
}
