//! The samples of one measurement in order, relative to its trimmed mean.

use std::fmt::Write as _;

use maud::{Markup, html};

use super::axis::Axis;
use super::scale::Scale;
use super::{picture, px};
use crate::report::MeasuredModel;
use crate::report::number::{latency, signed_percent};

/// Points that one picture draws; of more samples every n-th is drawn.
pub(in crate::report) const SAMPLE_POINTS: usize = 1_000;

const SIZE: [f64; 2] = [180.0, 96.0];
const LEFT: f64 = 40.0;
const RIGHT: f64 = 174.0;
const TOP: f64 = 8.0;
const BOTTOM: f64 = 88.0;

/// Share of the samples kept that the scale may leave to its edges.
const BEYOND: f64 = 0.005;

/// Room around the samples kept, as a factor, for some of those that are trimmed away.
const ROOM: f64 = 1.6;

/// One scale for all measurements, so that quiet and noisy ones can be told apart: relative to the trimmed mean.
///
/// It follows the samples that are kept: an outlier that the trimmed mean leaves out does not flatten them.
pub(in crate::report) fn sample_scale<'a>(models: impl IntoIterator<Item = &'a MeasuredModel>) -> Scale {
    let kept = |model| deviations(model).zip(left_out(model)).filter(|(_, left_out)| !left_out);
    let mut kept: Vec<f64> = models.into_iter().flat_map(kept).map(|(deviation, _)| deviation).collect();
    kept.retain(|deviation| deviation.is_finite());
    kept.sort_by(f64::total_cmp);
    let beyond = (kept.len() as f64 * BEYOND) as usize;
    let low = kept.get(beyond).copied().unwrap_or(0.0);
    let high = kept.get(kept.len().saturating_sub(beyond + 1)).copied().unwrap_or(0.0);
    // A machine without noise would otherwise show its rounding.
    Scale::exactly((low * ROOM).clamp(-1.0, -0.01), (high * ROOM).clamp(0.01, 20.0))
}

/// The samples in order; those that the trimmed mean leaves out are muted. `id` is unique on the page.
pub(in crate::report) fn samples(id: &str, label: &str, model: &MeasuredModel, scale: Scale) -> Markup {
    let axis = Axis { scale, from: BOTTOM, to: TOP };
    let [kept, trimmed, beyond] = paths(model, &axis);
    let relative = |ms: f64| ms / model.latency_ms - 1.0;
    let [ci_low, ci_high] = model.ci95_ms.map(|ms| axis.at(relative(ms)));
    let content = html! {
        (axis.upwards([LEFT, RIGHT], 3, |share| signed_percent(share).replace(".0%", "%")))
        @if let (Some(low), Some(high)) = (ci_low, ci_high) {
            rect.confidence x=(px(LEFT)) width=(px(RIGHT - LEFT)) y=(px(high)) height=(px((low - high).max(0.0))) {}
        }
        @if let Some(y) = axis.at(0.0) { line.mean x1=(px(LEFT)) x2=(px(RIGHT)) y1=(px(y)) y2=(px(y)) {} }
        path.trimmed d=(trimmed) {}
        path.kept d=(kept) {}
        path.beyond d=(beyond) {}
    };
    let title = format!("{label}: {} samples in order", model.samples_ns.len());
    let description = format!(
        "Trimmed mean {}; the lowest {k} and the highest {k} samples are left out of it.",
        latency(model.latency_ms),
        k = model.trimmed_runs
    );
    picture(id, SIZE, &title, &description, &content)
}

fn deviations(model: &MeasuredModel) -> impl Iterator<Item = f64> {
    model.samples_ns.iter().map(|ns| *ns as f64 / 1e6 / model.latency_ms - 1.0)
}

/// Dots of the samples kept and trimmed, and arrowheads at the edge for those beyond the scale.
fn paths(model: &MeasuredModel, axis: &Axis) -> [String; 3] {
    let [mut kept, mut trimmed, mut beyond] = [const { String::new() }; 3];
    let count = model.samples_ns.len();
    let every = count.div_ceil(SAMPLE_POINTS).max(1);
    for (index, (deviation, left_out)) in deviations(model).zip(left_out(model)).enumerate().step_by(every) {
        let Some(y) = axis.at(deviation) else { continue };
        let x = LEFT + 4.0 + (index as f64 + 0.5) / count as f64 * (RIGHT - LEFT - 8.0);
        // Writing to a String cannot fail.
        let _ = if axis.scale.contains(deviation) {
            write!(if left_out { &mut trimmed } else { &mut kept }, "M{} {}h0", px(x), px(y))
        } else {
            let towards_mean = if deviation > 0.0 { 5.0 } else { -5.0 };
            write!(beyond, "M{} {}l-3 {}h6z", px(x), px(y), px(towards_mean))
        };
    }
    [kept, trimmed, beyond]
}

/// For each sample whether it is among the lowest or highest that the trimmed mean leaves out.
fn left_out(model: &MeasuredModel) -> Vec<bool> {
    let samples_ns = &model.samples_ns;
    let mut order: Vec<usize> = (0..samples_ns.len()).collect();
    order.sort_by_key(|index| samples_ns.get(*index));
    let trimmed = usize::try_from(model.trimmed_runs).unwrap_or(usize::MAX).min(samples_ns.len() / 2);
    let mut left_out = vec![false; samples_ns.len()];
    for index in order.iter().take(trimmed).chain(order.iter().rev().take(trimmed)) {
        if let Some(flag) = left_out.get_mut(*index) {
            *flag = true;
        }
    }
    left_out
}

#[cfg(test)]
mod tests {
    use super::{SAMPLE_POINTS, left_out, sample_scale, samples};
    use crate::report::MeasuredModel;
    use crate::report::fixture::made_up_model;

    #[test]
    fn the_lowest_and_the_highest_are_left_out() {
        let of = |samples_ns: &[u64], trimmed_runs| {
            left_out(&MeasuredModel { samples_ns: samples_ns.to_vec(), trimmed_runs, ..made_up_model(1, 2.0) })
        };
        assert_eq!(of(&[5, 1, 3, 9, 4], 1), [false, true, false, true, false]);
        assert_eq!(of(&[7], 9), [false]);
        assert!(of(&[], 1).is_empty());
    }

    #[test]
    fn samples_beyond_the_scale_become_arrowheads_at_its_edge() {
        let mut model = made_up_model(1, 2.0);
        model.samples_ns = vec![2_000_000; 999];
        model.samples_ns.push(40_000_000);
        let svg = samples("s", "R1", &model, sample_scale([&model])).into_string();
        assert_eq!(svg.matches("h6z").count(), 1);
        assert_eq!(svg.matches("h0").count(), 999);
    }

    #[test]
    fn long_measurements_are_thinned() {
        let mut model = made_up_model(1, 2.0);
        model.samples_ns = vec![2_000_000; 10 * SAMPLE_POINTS];
        let svg = samples("s", "R1", &model, sample_scale([&model])).into_string();
        assert_eq!(svg.matches("h0").count(), SAMPLE_POINTS);
    }

    #[test]
    fn one_sample_and_no_latency_draw_a_picture() {
        let mut model = made_up_model(1, 2.0);
        model.samples_ns.truncate(1);
        for latency_ms in [2.0, 0.0, f64::NAN] {
            model.latency_ms = latency_ms;
            let svg = samples("s", "R1", &model, sample_scale([&model])).into_string();
            assert!(svg.contains("<svg") && !svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
    }
}
