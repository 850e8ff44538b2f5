//! Measurements that do not belong to their device: which of the references to leave out, and what
//! those tell of measurements to come.

use std::cell::Cell;

use super::evidence::Measured;
use super::features::MEANS;
use super::lanes::{LANES, Lanes, inverse_factor, inverse_matrix, packed, packed_len, symmetric_product};
use super::template::TemplateBlock;

/// How often a measurement is expected to be an outlier.
const OUTLIER_RATE: f64 = 0.01;

/// The most references for which pairs are tried: beyond, one outlier no longer hides another.
const PAIRS_UP_TO: usize = 64;

/// Templates whose density is below the best one's by more than this (in logarithms) do not count.
const NEGLIGIBLE: f64 = -18.0;

/// A set of dropped references: none, one or two.
#[derive(Debug, Clone, Copy)]
struct Dropped {
    positions: [usize; 2],
    count: usize,
}

impl Dropped {
    fn positions(&self) -> &[usize] {
        &self.positions[..self.count]
    }
}

/// Pseudo-counts of outliers and of other measurements, before a device has measured any: most
/// devices have no outliers, some have many.
const OUTLIERS_BEFORE: f64 = 0.1;
const OTHERS_BEFORE: f64 = 4.9;
/// The least error of an outlier, relative to the mean latency.
const LEAST_ERROR: f64 = 1e-6;

/// A component of every predicted mixture: the case that an architecture is measured as far from its
/// mean as a reference that was left out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct OutlierComponent {
    pub(crate) weight: f64,
    /// How far that reference was from its mean.
    pub(crate) error_ms: f64,
    /// The Gaussian's deviation: as far again.
    pub(crate) deviation_ms: f64,
}

/// What outliers among `size` references, with these errors, tell of measurements to come. What
/// happened to some of few references happens to other architectures as often.
pub(super) fn outlier_components(size: usize, scale_ms: f64, errors_ms: &[f64]) -> Vec<OutlierComponent> {
    let count = errors_ms.len() as f64;
    let rate = (OUTLIERS_BEFORE + count) / (OUTLIERS_BEFORE + OTHERS_BEFORE + size as f64);
    let component = |&error_ms: &f64| OutlierComponent {
        weight: rate / count,
        error_ms,
        deviation_ms: error_ms.abs().max(LEAST_ERROR * scale_ms),
    };
    errors_ms.iter().map(component).collect()
}

/// Which references to leave out, and how probable each template is then.
#[derive(Debug)]
pub(super) struct Screening {
    /// Positions of the references to leave out.
    pub(super) dropped: Vec<usize>,
    /// The log of each template's weight times the density of the remaining references.
    pub(super) log_joint: Vec<f64>,
}

/// Weighs every set of at most two references, as long as more than three remain. The set is left out
/// under which the other references, times the probability of that many outliers, are most probable.
#[inline(always)]
pub(super) fn screen(measured: &Measured, blocks: &[TemplateBlock], log_weights: &[f64]) -> Screening {
    let candidates = candidates(measured.references().len());
    let scales: Vec<[f64; MEANS]> =
        candidates.iter().map(|set| std::array::from_fn(|mean| measured.scale_ms(mean, set.positions()))).collect();
    let densities = Densities::of(measured, blocks, log_weights, &candidates, &scales);
    let scores = (0..candidates.len()).map(|set| densities.log_sum(set));
    let best = scores.enumerate().max_by(|a, b| a.1.total_cmp(&b.1));
    let best = best.map_or(0, |(set, _)| set);
    Screening { dropped: candidates[best].positions().to_vec(), log_joint: densities.log_joint(best) }
}

fn candidates(size: usize) -> Vec<Dropped> {
    let mut sets = vec![Dropped { positions: [0, 0], count: 0 }];
    if size > 4 {
        sets.extend((0..size).map(|one| Dropped { positions: [one, one], count: 1 }));
    }
    if size > 5 && size <= PAIRS_UP_TO {
        let pairs = (0..size).flat_map(|second| (0..second).map(move |first| [first, second]));
        sets.extend(pairs.map(|positions| Dropped { positions, count: 2 }));
    }
    sets
}

/// For each set of dropped references and each template, the density of the remaining ones as
/// exp(exponent) / sqrt(determinant): logarithms of 20,000 numbers would take longest.
struct Densities {
    /// Exponents and determinants.
    parts: Vec<(Lanes, Lanes)>,
    blocks: usize,
}

/// The most numbers that are kept for the next adaptation: those of a dozen references.
const MOST_SPARE: usize = 8_000;

thread_local! {
    /// Memory for the thread's next adaptation: fresh pages for so many numbers, which an allocator may
    /// give back every time, take a third as long as all the rest.
    static SPARE: Cell<Vec<(Lanes, Lanes)>> = const { Cell::new(Vec::new()) };
}

impl Drop for Densities {
    fn drop(&mut self) {
        if self.parts.capacity() <= MOST_SPARE {
            SPARE.set(std::mem::take(&mut self.parts));
        }
    }
}

impl Densities {
    #[inline(always)]
    fn of(
        measured: &Measured,
        blocks: &[TemplateBlock],
        log_weights: &[f64],
        candidates: &[Dropped],
        scales: &[[f64; MEANS]],
    ) -> Self {
        let size = measured.references().len();
        let latencies: Vec<f64> = measured.references().iter().map(|one| one.latency_ms).collect();
        let means: [Vec<f64>; MEANS] = std::array::from_fn(|mean| measured.means(mean));
        let constants: Vec<[f64; MEANS]> = candidates
            .iter()
            .zip(scales)
            .map(|(set, scales)| scales.map(|scale_ms| price(size, set.count, scale_ms)))
            .collect();
        let (log_weights, _) = log_weights.as_chunks::<LANES>();
        let mut densities = Self { parts: SPARE.take(), blocks: blocks.len() };
        densities.parts.clear();
        densities.parts.resize(candidates.len() * blocks.len(), (Lanes::ZERO, Lanes::ZERO));
        let mut matrix = vec![Lanes::ZERO; packed_len(size)];
        let mut precision = vec![Lanes::ZERO; packed_len(size)];
        let mut by_latency = vec![Lanes::ZERO; size];
        let mut by_mean = vec![Lanes::ZERO; size];
        for (position, (block, log_weights)) in blocks.iter().zip(log_weights).enumerate() {
            // The scale with all references serves for the noise of whole milliseconds here.
            measured.covariance(block, scales[0][block.mean], &mut matrix);
            let log_determinant = inverse_factor(&mut matrix, size);
            inverse_matrix(&matrix, size, &mut precision);
            symmetric_product(&precision, &latencies, &mut by_latency);
            symmetric_product(&precision, &means[block.mean], &mut by_mean);
            let latency_square = dot(&by_latency, &latencies);
            let cross = dot(&by_latency, &means[block.mean]);
            let mean_square = dot(&by_mean, &means[block.mean]);
            let base = Lanes(*log_weights) - log_determinant * 0.5;
            for (set, candidate) in candidates.iter().enumerate() {
                let factor = 1.0 / scales[set][block.mean];
                let full = latency_square * (factor * factor) - cross * (2.0 * factor) + mean_square;
                let residual = |one: usize| by_latency[one] * factor - by_mean[one];
                let (explained, determinant) = conditional(&precision, candidate, residual);
                let exponent = base - (full - explained) * 0.5 + Lanes::splat(constants[set][block.mean]);
                densities.parts[set * blocks.len() + position] = (exponent, determinant);
            }
        }
        densities
    }

    /// Exponents and determinants of all templates.
    #[inline(always)]
    fn of_set(&self, set: usize) -> impl Iterator<Item = (Lanes, Lanes)> {
        self.parts[set * self.blocks..(set + 1) * self.blocks].iter().copied()
    }

    /// The log of the sum over all templates.
    #[inline(always)]
    fn log_sum(&self, set: usize) -> f64 {
        let largest = self.of_set(set).map(|(exponent, _)| exponent).reduce(Lanes::max).unwrap_or(Lanes::ZERO);
        let largest = Lanes::splat(largest.largest());
        let mut sum = Lanes::ZERO;
        for (exponent, determinant) in self.of_set(set) {
            let exponent = exponent - largest;
            if exponent.largest() > NEGLIGIBLE {
                sum += exponent.exp() / determinant.sqrt();
            }
        }
        largest.0[0] + sum.0.into_iter().sum::<f64>().ln()
    }

    /// The log of each template's density.
    fn log_joint(&self, set: usize) -> Vec<f64> {
        let logs = |(exponent, determinant): (Lanes, Lanes)| (exponent - determinant.map(f64::ln) * 0.5).0;
        self.of_set(set).flat_map(logs).collect()
    }
}

/// What does not depend on the template: units, and the density of an outlier, uniform over twice
/// the scale.
fn price(size: usize, dropped: usize, scale_ms: f64) -> f64 {
    let kept = (size - dropped) as f64;
    let outlier = (0.5 / scale_ms).ln() + (OUTLIER_RATE / (1.0 - OUTLIER_RATE)).ln();
    dropped as f64 * outlier - kept * (scale_ms.ln() + std::f64::consts::TAU.ln() / 2.0)
}

/// What the dropped references explain of the squared misfit, and the determinant of their block
/// of the precision; `residual` is the precision's product with the residuals.
#[inline(always)]
fn conditional(precision: &[Lanes], set: &Dropped, residual: impl Fn(usize) -> Lanes) -> (Lanes, Lanes) {
    let [first, second] = set.positions;
    match set.count {
        0 => (Lanes::ZERO, Lanes::splat(1.0)),
        1 => {
            let (value, diagonal) = (residual(first), precision[packed(first, first)]);
            (value * value * diagonal.map(f64::recip), diagonal)
        }
        _ => {
            let (a, b) = (residual(first), residual(second));
            let (aa, bb) = (precision[packed(first, first)], precision[packed(second, second)]);
            let ab = precision[packed(second, first)];
            let determinant = (aa * bb - ab * ab).map(|determinant| determinant.max(f64::MIN_POSITIVE));
            let explained = (a * a * bb - a * b * ab * 2.0 + b * b * aa) * determinant.map(f64::recip);
            (explained, determinant)
        }
    }
}

#[inline(always)]
fn dot(lanes: &[Lanes], vector: &[f64]) -> Lanes {
    lanes.iter().zip(vector).fold(Lanes::ZERO, |sum, (lanes, value)| sum + *lanes * *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_outliers_there_were_the_more_are_expected() {
        assert_eq!(outlier_components(10, 5.0, &[]), []);
        let one = outlier_components(10, 5.0, &[-2.0]);
        assert_eq!(one, [OutlierComponent { weight: 1.1 / 15.0, error_ms: -2.0, deviation_ms: 2.0 }]);
        let two = outlier_components(10, 5.0, &[3.0, 0.0]);
        assert!((two.iter().map(|component| component.weight).sum::<f64>() - 2.1 / 15.0).abs() < 1e-12);
        assert_eq!(two[1].deviation_ms, LEAST_ERROR * 5.0);
    }
}
