//! Predicted against measured latency, with 90% intervals and the line where both are equal.

use maud::{Markup, html};

use super::axis::Axis;
use super::scale::{Scale, tick_text};
use super::{picture, px};
use crate::report::ProbeResult;
use crate::report::labels::probe_label;
use crate::report::number::latency;

const SIZE: [f64; 2] = [460.0, 430.0];
const LEFT: f64 = 52.0;
const RIGHT: f64 = 446.0;
const TOP: f64 = 26.0;
const BOTTOM: f64 = 384.0;

/// Probes by measured (right) and predicted latency (up), both on one scale.
pub(in crate::report) fn predicted(id: &str, probes: &[ProbeResult]) -> Markup {
    let scale = common_scale(probes.iter().map(|one| (one.measured.latency_ms, one.predicted_ms, one.interval_90_ms)));
    let axes = [Axis { scale, from: LEFT, to: RIGHT }, Axis { scale, from: BOTTOM, to: TOP }];
    let unit = unit(scale);
    let content = html! {
        (frame(&axes, 6))
        text.axis-name x=(px(RIGHT)) y=(px(BOTTOM + 36.0)) text-anchor="end" { "measured (" (unit) ") →" }
        text.axis-name x="0" y="12" { "↑ predicted (" (unit) ")" }
        @for (index, probe) in probes.iter().enumerate() {
            @if let Some(shape) = point(&axes, index, probe) { (shape) }
        }
        (legend(probes))
    };
    let description = "Each point is a measurement that the predictor never saw: measured latency to the right, predicted \
        latency upwards, the bar its 90% interval. On the dashed line both are equal.";
    picture(id, SIZE, "Predicted against measured latency", description, &content)
}

/// One scale for measurements, predictions and the intervals of these.
pub(super) fn common_scale(points: impl Iterator<Item = (f64, f64, Option<[f64; 2]>)>) -> Scale {
    Scale::fitting(points.flat_map(|(measured_ms, predicted_ms, interval_ms)| {
        let [low, high] = interval_ms.unwrap_or([predicted_ms; 2]);
        // An interval may reach below zero; a latency cannot, and a logarithmic scale need not know.
        [measured_ms, predicted_ms, if low > 0.0 { low } else { predicted_ms }, high]
    }))
}

pub(super) fn unit(scale: Scale) -> &'static str {
    if scale.is_logarithmic() { "ms, logarithmic" } else { "ms" }
}

/// Grid lines, about so many each way, and the line where both are equal.
pub(super) fn frame([across, upwards]: &[Axis; 2], ticks: usize) -> Markup {
    html! {
        (across.across([upwards.to, upwards.from], ticks, tick_text))
        (upwards.upwards([across.from, across.to], ticks, tick_text))
        line.diagonal x1=(px(across.from)) y1=(px(upwards.from)) x2=(px(across.to)) y2=(px(upwards.to)) {}
    }
}

fn point(axes: &[Axis; 2], index: usize, probe: &ProbeResult) -> Option<Markup> {
    let [across, upwards] = axes;
    let (x, y) = (across.at(probe.measured.latency_ms)?, upwards.at(probe.predicted_ms)?);
    let bar = probe.interval_90_ms.and_then(|[low, high]| Some((upwards.at(low)?, upwards.at(high)?)));
    let outside = probe.covered() == Some(false);
    let label = probe_label(index);
    let interval =
        probe.interval_90_ms.map(|[low, high]| format!(", 90% interval {} to {}", latency(low), latency(high)));
    Some(html! {
        g class=(if outside { "outside" } else { "inside" }) {
            title {
                (label) ": measured " (latency(probe.measured.latency_ms)) ", predicted " (latency(probe.predicted_ms))
                @if let Some(interval) = interval { (interval) }
            }
            @if let Some((low, high)) = bar {
                line.interval x1=(px(x)) x2=(px(x)) y1=(px(low)) y2=(px(high)) {}
            }
            (mark(outside, x, y))
            // Away from the diagonal, where most other points are.
            @if outside && probe.predicted_ms > probe.measured.latency_ms {
                text x=(px(x - 8.0)) y=(px(y + 4.0)) text-anchor="end" { (label) }
            } @else if outside {
                text x=(px(x + 8.0)) y=(px(y + 4.0)) { (label) }
            }
        }
    })
}

/// Shapes differ, not only colours.
fn mark(outside: bool, x: f64, y: f64) -> Markup {
    html! {
        @if outside {
            path.mark d={ "M" (px(x)) " " (px(y - 5.5)) "l5.5 5.5l-5.5 5.5l-5.5-5.5z" } {}
        } @else {
            circle.mark cx=(px(x)) cy=(px(y)) r="3.6" {}
        }
    }
}

/// In the corner that predictions far above measurements would take.
fn legend(probes: &[ProbeResult]) -> Markup {
    let with_intervals = probes.iter().any(|probe| probe.interval_90_ms.is_some());
    let some_outside = probes.iter().any(|probe| probe.covered() == Some(false));
    let [x, y, step] = [LEFT + 16.0, TOP + 18.0, 18.0];
    let inside = if with_intervals { "measured within the 90% interval" } else { "a probe" };
    html! {
        g.legend {
            g.inside { (mark(false, x, y)) }
            text x=(px(x + 12.0)) y=(px(y + 4.0)) { (inside) }
            @if some_outside {
                g.outside { (mark(true, x, y + step)) }
                text x=(px(x + 12.0)) y=(px(y + step + 4.0)) { "measured outside it" }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::predicted;
    use crate::report::fixture::made_up_report;

    #[test]
    fn one_mark_per_probe_and_a_diamond_for_each_that_is_outside() {
        let probes = made_up_report().probes;
        let outside = probes.iter().filter(|probe| probe.covered() == Some(false)).count();
        assert!(outside > 0);
        let svg = predicted("predicted", &probes).into_string();
        // The legend has one of each as well.
        assert_eq!(svg.matches("<path class=\"mark\"").count(), outside + 1);
        assert_eq!(svg.matches("<circle class=\"mark\"").count(), probes.len() - outside + 1);
        assert_eq!(svg.matches("<line class=\"interval\"").count(), probes.len());
    }

    #[test]
    fn a_latency_that_is_no_number_is_left_out() {
        let mut probes = made_up_report().probes;
        probes.truncate(2);
        probes[0].predicted_ms = f64::NAN;
        probes[1].interval_90_ms = None;
        let svg = predicted("predicted", &probes).into_string();
        assert_eq!(svg.matches("<g class=\"inside\"").count(), 2, "one probe and the legend");
        assert!(!svg.contains("NaN"));
    }
}
