//! The rules by which a measurement is judged: pure functions of the record.
//!
//! Every bound is a constant with its reason. A bound on the samples' own behaviour never asks for
//! more than their noise allows to see.

use crate::statistics::median;
use crate::{Measurement, Reason, Statistics, Verdict};

/// A change of 5% between the thirds of a measurement is as large as the error that a good
/// predictor makes over a whole space: below it, drift is not what limits the prediction.
pub const DRIFT_BOUND: f64 = 0.05;

/// Standard errors by which the thirds must differ before a change counts as drift: noise alone
/// gets there once in some ten thousand measurements.
pub const DRIFT_STANDARD_ERRORS: f64 = 4.0;

/// The samples that go into the trimmed mean may have a winsorised coefficient of variation of 10%:
/// with the paper's fifty samples and trimming, the mean then still has a standard error of 1.8%.
pub const SPREAD_BOUND: f64 = 0.10;

/// Ten samples are the fewest whose spread and drift say anything, and whose outer tenths can be
/// removed at all.
pub const SAMPLES_NEEDED: u64 = 10;

/// One inference must take a hundred ticks of the clock, so that rounding to a tick stays below 1%.
pub const TICKS_NEEDED: u64 = 100;

/// Frequencies differ by a few percent from one reading to the next where firmware picks them;
/// a step of a governor or a thermal limit is a tenth or more.
pub const FREQUENCY_BOUND: f64 = 0.10;

/// Daemons and interrupts of a quiet system stay well below a third of one processor; a program
/// that computes takes a whole one, and with it caches, memory bandwidth and turbo.
pub const LOAD_BOUND: f64 = 0.33;

/// The verdict on a measurement, whatever verdict it carries already.
#[must_use]
pub fn judge(measurement: &Measurement) -> Verdict {
    let rules = [too_few_samples, clock_coarse, drift, spread, frequency_moved, throttled, load];
    Verdict::from(rules.iter().filter_map(|rule| rule(measurement)).collect::<Vec<Reason>>())
}

fn too_few_samples(measurement: &Measurement) -> Option<Reason> {
    let samples = measurement.samples_ns.len() as u64;
    (samples < SAMPLES_NEEDED).then_some(Reason::TooFewSamples { samples, needed: SAMPLES_NEEDED })
}

fn clock_coarse(measurement: &Measurement) -> Option<Reason> {
    let mut sorted = measurement.samples_ns.clone();
    sorted.sort_unstable();
    let median_ns = *sorted.get(sorted.len() / 2)?;
    let resolution_ns = measurement.clock_resolution_ns;
    (median_ns < resolution_ns.saturating_mul(TICKS_NEEDED)).then_some(Reason::ClockCoarse { resolution_ns, median_ns })
}

/// Compares the medians of the first and the last third of the samples.
fn drift(measurement: &Measurement) -> Option<Reason> {
    let samples = &measurement.samples_ns;
    let third = samples.len() / 3;
    if (samples.len() as u64) < SAMPLES_NEEDED {
        return None;
    }
    let (first, first_error) = median_and_error(samples.get(..third)?);
    let (last, last_error) = median_and_error(samples.get(samples.len() - third..)?);
    let change = last / first - 1.0;
    let bound = DRIFT_BOUND.max(DRIFT_STANDARD_ERRORS * first_error.hypot(last_error) / first);
    (change.abs() > bound).then_some(Reason::Drift { change, bound })
}

/// The median, and its standard error by the samples' median absolute deviation.
fn median_and_error(samples_ns: &[u64]) -> (f64, f64) {
    let ordered = |mut values: Vec<f64>| {
        values.sort_unstable_by(f64::total_cmp);
        values
    };
    let sorted = ordered(samples_ns.iter().map(|&ns| ns as f64).collect());
    let centre = median(&sorted);
    let mad = median(&ordered(sorted.iter().map(|value| (value - centre).abs()).collect()));
    // For normal noise: sigma = 1.4826 MAD, and a median's error is sqrt(pi / 2) of a mean's.
    (centre, 1.4826 * mad * (std::f64::consts::FRAC_PI_2 / sorted.len() as f64).sqrt())
}

fn spread(measurement: &Measurement) -> Option<Reason> {
    let statistics = Statistics::of(&measurement.samples_ns, measurement.settings.trim_fraction)?;
    let cv = statistics.winsorised_cv();
    (cv > SPREAD_BOUND).then_some(Reason::Spread { cv, bound: SPREAD_BOUND })
}

/// Where the process was bound, each of its processors must have kept its frequency. Where it was
/// not, the fastest one is taken for the one that computed.
fn frequency_moved(measurement: &Measurement) -> Option<Reason> {
    let before = measurement.environment.before.frequency_khz.known()?;
    let after = measurement.environment.after.frequency_khz.known()?;
    let relative = |before: u64, after: u64| after as f64 / before as f64 - 1.0;
    let change = if measurement.cpu_set.is_some() && before.len() == after.len() {
        let changes = before.iter().zip(after).map(|(&before, &after)| relative(before, after));
        changes.max_by(|a, b| a.abs().total_cmp(&b.abs()))?
    } else {
        relative(*before.iter().max()?, *after.iter().max()?)
    };
    (change.abs() > FREQUENCY_BOUND).then_some(Reason::FrequencyMoved { change, bound: FREQUENCY_BOUND })
}

fn throttled(measurement: &Measurement) -> Option<Reason> {
    let before = measurement.environment.before.throttle_count.known()?;
    let after = measurement.environment.after.throttle_count.known()?;
    (after > before).then_some(Reason::Throttled)
}

fn load(measurement: &Measurement) -> Option<Reason> {
    let others = *measurement.environment.other_load.known()?;
    (others > LOAD_BOUND).then_some(Reason::Load { others, bound: LOAD_BOUND })
}

#[cfg(test)]
mod tests;
