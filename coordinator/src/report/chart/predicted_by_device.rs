//! Predicted against measured latency of several devices, side by side, in a file of its own (paper, Figure 4).

use std::fmt::Write as _;

use maud::{Markup, html};

use super::axis::Axis;
use super::file::file;
use super::predicted::{common_scale, frame, unit};
use super::px;

/// From one panel to the next, and the plot inside a panel.
const PANEL: [f64; 2] = [272.0, 304.0];
const LEFT: f64 = 46.0;
const RIGHT: f64 = 256.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 250.0;

/// Points that one panel draws; of more every n-th is drawn.
const POINTS: usize = 500;

/// What was predicted of one device.
#[derive(Debug, Clone, PartialEq)]
pub struct DevicePredictions {
    /// Its name.
    pub device: String,
    /// What its panel says beside the name, e.g. `Spearman 0.93`; may be empty.
    pub note: String,
    /// Architectures that the predictor never saw.
    pub points: Vec<PredictedPoint>,
}

/// One architecture's latency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PredictedPoint {
    /// As it was measured, in milliseconds.
    pub measured_ms: f64,
    /// As it was predicted, in milliseconds.
    pub predicted_ms: f64,
    /// The 90% interval, in milliseconds, where the method gives one.
    pub interval_90_ms: Option<[f64; 2]>,
}

impl PredictedPoint {
    fn is_outside(&self) -> bool {
        self.interval_90_ms.is_some_and(|[low, high]| !(low..=high).contains(&self.measured_ms))
    }
}

/// The devices as a whole SVG file, a panel with its own scale for each.
#[must_use]
pub fn predicted_by_device(title: &str, caption: &str, devices: &[DevicePredictions]) -> String {
    let columns = match devices.len() {
        4 => 2,
        0..=9 => devices.len().clamp(1, 3),
        _ => 4,
    };
    let place = |index: usize| [(index % columns) as f64 * PANEL[0], (index / columns) as f64 * PANEL[1]];
    let size = [columns as f64 * PANEL[0], devices.len().div_ceil(columns) as f64 * PANEL[1]];
    let content = html! {
        @for (index, device) in devices.iter().enumerate() {
            @let [x, y] = place(index);
            g transform={ "translate(" (px(x)) " " (px(y)) ")" } { (panel(device)) }
        }
    };
    file(title, &[caption, &how_to_read(devices)].join(" "), size, &content)
}

fn how_to_read(devices: &[DevicePredictions]) -> String {
    let points = || devices.iter().flat_map(|device| &device.points);
    let mut text = "On the dashed line both are equal.".to_owned();
    if points().any(|point| point.interval_90_ms.is_some()) {
        text += " Bars are 90% intervals; diamonds were measured outside theirs.";
    }
    if devices.iter().any(|device| device.points.len() > POINTS) {
        text += " Of many points every n-th is drawn.";
    }
    text
}

fn panel(device: &DevicePredictions) -> Markup {
    let points = &device.points;
    let scale = common_scale(points.iter().map(|one| (one.measured_ms, one.predicted_ms, one.interval_90_ms)));
    let axes = [Axis { scale, from: LEFT, to: RIGHT }, Axis { scale, from: BOTTOM, to: TOP }];
    let drawn = || points.iter().step_by(points.len().div_ceil(POINTS).max(1));
    html! {
        text.panel-title x="0" y="10" { (device.device) tspan.note font-weight="400" dx="8" { (device.note) } }
        text.axis-name x="0" y="28" font-size="11" { "↑ predicted (" (unit(scale)) ")" }
        text.axis-name x=(px(RIGHT)) y=(px(BOTTOM + 31.0)) font-size="11" text-anchor="end" { "measured →" }
        (frame(&axes, 5))
        @for outside in [false, true] {
            @let [intervals, dots] = paths(drawn().filter(|point| point.is_outside() == outside), outside, &axes);
            g.outside[outside] {
                path.intervals d=(intervals) {}
                path.dots d=(dots) {}
            }
        }
    }
}

/// The bars of points, and their dots, or diamonds of those outside their intervals.
fn paths<'a>(
    points: impl Iterator<Item = &'a PredictedPoint>,
    outside: bool,
    [across, upwards]: &[Axis; 2],
) -> [String; 2] {
    let mark = if outside { "m0 -3.2l3.2 3.2l-3.2 3.2l-3.2 -3.2z" } else { "h0" };
    let [mut intervals, mut dots] = [const { String::new() }; 2];
    for point in points {
        let Some((x, y)) = across.at(point.measured_ms).zip(upwards.at(point.predicted_ms)) else { continue };
        // Writing to a String cannot fail.
        let _ = write!(dots, "M{} {}{mark}", px(x), px(y));
        let ends = point.interval_90_ms.and_then(|[low, high]| upwards.at(low).zip(upwards.at(high)));
        if let Some((low, high)) = ends {
            let _ = write!(intervals, "M{} {}V{}", px(x), px(low), px(high));
        }
    }
    [intervals, dots]
}

#[cfg(test)]
mod tests {
    use super::{DevicePredictions, POINTS, PredictedPoint, predicted_by_device};

    fn device(name: &str, points: Vec<PredictedPoint>) -> DevicePredictions {
        DevicePredictions { device: name.to_owned(), note: String::new(), points }
    }

    fn point(measured_ms: f64, interval_90_ms: Option<[f64; 2]>) -> PredictedPoint {
        PredictedPoint { measured_ms, predicted_ms: 2.0, interval_90_ms }
    }

    #[test]
    fn points_outside_their_intervals_are_diamonds() {
        let points = vec![point(1.0, Some([0.5, 3.0])), point(4.0, Some([1.0, 3.0])), point(2.0, None)];
        let svg = predicted_by_device("Title", "Caption.", &[device("<raspi4>", points)]);
        let [inside, outside] = [svg.matches("h0").count(), svg.matches("m0 -3.2l").count()];
        assert_eq!((inside, outside, svg.matches("class=\"diagonal\"").count()), (2, 1, 1));
        assert!(svg.contains("&lt;raspi4&gt;") && svg.contains("Bars are 90% intervals"), "{svg}");
    }

    #[test]
    fn a_panel_for_each_device_and_no_more_points_than_can_be_seen() {
        let devices: Vec<_> = (0..7).map(|_| device("a", vec![point(1.0, None); 2 * POINTS])).collect();
        let svg = predicted_by_device("", "", &devices);
        assert_eq!(svg.matches("h0").count(), 7 * POINTS);
        assert_eq!(svg.matches("class=\"diagonal\"").count(), 7);
        assert!(svg.contains("every n-th") && !svg.contains("Bars"));
    }

    #[test]
    fn what_is_no_number_is_left_out() {
        let points = vec![point(f64::NAN, None), point(1.0, Some([f64::NAN, f64::INFINITY]))];
        let svg = predicted_by_device("", "", &[device("a", points), device("b", Vec::new())]);
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        assert!(predicted_by_device("", "", &[]).starts_with("<svg"));
    }
}
