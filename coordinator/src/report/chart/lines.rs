//! Series of means against one quantity: curves of training, error against samples, correlation against pool size.

use maud::{Markup, html};

use super::axis::Axis;
use super::file::file;
use super::legend::{Entry, Legend};
use super::marks::{colour_class, dashes, mark};
use super::scale::{Scale, tick_text};
use super::{picture, px};
use crate::report::number::{is_sensible, three_digits};

const WIDTH: f64 = 620.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 606.0;
const HEIGHT: f64 = 300.0;
/// Below the axis: its labels and its name.
const BELOW: f64 = 38.0;

/// Longer series have marks at every n-th point, so many in all.
const MARKED_POINTS: usize = 16;

/// What a picture of lines shows.
#[derive(Debug, Clone, PartialEq)]
pub struct LineChart {
    /// Above the picture.
    pub title: String,
    /// How to read it, and where the numbers come from; may be empty.
    pub caption: String,
    /// What lies to the right, with its unit.
    pub across: AxisName,
    /// What lies upwards, with its unit.
    pub upwards: AxisName,
    /// In the order of the legend. The first seven keep their marks, and the first eight their
    /// colours, for themselves.
    pub series: Vec<Series>,
    /// Single values to compare with.
    pub guides: Vec<Guide>,
}

/// A quantity along an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct AxisName {
    /// With its unit, e.g. `samples per device`.
    pub name: String,
    /// How its values are laid out.
    pub spacing: Spacing,
}

/// How values are laid out along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spacing {
    /// Equal steps.
    Linear,
    /// Equal steps, up to 1 and not beyond: correlations and shares.
    UpToOne,
    /// Equal factors, where all values are positive.
    Logarithmic,
}

impl Spacing {
    fn scale(self, values: impl Iterator<Item = f64>) -> Scale {
        match self {
            Self::Linear => Scale::linear(values),
            Self::UpToOne => Scale::up_to(1.0, values),
            Self::Logarithmic => Scale::of_ratios(values),
        }
    }
}

/// Points under one name, joined in their order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series {
    /// As the legend says it, e.g. the method.
    pub name: String,
    /// Ours.
    pub points: Vec<Point>,
    /// What was published under the same name, as (x, mean): hollow marks, not joined.
    pub published: Vec<[f64; 2]>,
}

/// A mean at one place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Its place along the axis.
    pub x: f64,
    /// The mean.
    pub mean: f64,
    /// Its standard deviation, drawn as a bar to both sides.
    pub deviation: Option<f64>,
}

/// A single value to compare with, as a dotted line with its name.
#[derive(Debug, Clone, PartialEq)]
pub enum Guide {
    /// The same wherever one looks, e.g. a published mean.
    Level {
        /// What it is.
        name: String,
        /// The value.
        y: f64,
    },
    /// A place along the axis, e.g. the best episode.
    Place {
        /// What it is.
        name: String,
        /// The place.
        x: f64,
    },
}

/// The chart as a part of a page; `id` is unique on it.
pub(in crate::report) fn lines(id: &str, chart: &LineChart) -> Markup {
    let (size, content) = content(chart);
    picture(id, size, &chart.title, &chart.caption, &content)
}

/// The chart as a whole SVG file.
#[must_use]
pub fn lines_file(chart: &LineChart) -> String {
    let (size, content) = content(chart);
    file(&chart.title, &chart.caption, size, &content)
}

fn content(chart: &LineChart) -> ([f64; 2], Markup) {
    let legend = Legend::new(entries(chart), [LEFT, RIGHT]);
    let [top, bottom] = [legend.height() + 24.0, legend.height() + 24.0 + HEIGHT];
    let [across, upwards] = scales(chart);
    let axes = [Axis { scale: across, from: LEFT, to: RIGHT }, Axis { scale: upwards, from: bottom, to: top }];
    let [x, y] = &axes;
    let content = html! {
        (legend.draw())
        (x.across([top, bottom], 8, tick_text))
        (y.upwards([LEFT, RIGHT], 6, tick_text))
        text.axis-name x="0" y=(px(top - 10.0)) { "↑ " (named(&chart.upwards, upwards)) }
        text.axis-name x=(px(RIGHT)) y=(px(bottom + BELOW - 4.0)) text-anchor="end" { (named(&chart.across, across)) " →" }
        @for guide in &chart.guides { (guide_line(guide, &axes)) }
        @for (index, series) in chart.series.iter().enumerate() { (draw_series(index, series, &axes)) }
        @for guide in &chart.guides { (guide_name(guide, &axes)) }
    };
    ([WIDTH, bottom + BELOW], content)
}

/// What the legend names: one series needs no name but its axis's.
fn entries(chart: &LineChart) -> Vec<Entry<'_>> {
    let some_published = chart.series.iter().any(|series| !series.published.is_empty());
    let ours = chart.series.iter().enumerate().map(|(index, series)| Entry::Series { index, name: &series.name });
    let ours = ours.filter(|_| chart.series.len() > 1 || some_published);
    ours.chain(some_published.then_some(Entry::Published)).collect()
}

fn scales(chart: &LineChart) -> [Scale; 2] {
    let points = || chart.series.iter().flat_map(|series| &series.points);
    let published = |axis: usize| chart.series.iter().flat_map(|one| &one.published).map(move |point| point[axis]);
    let reach = |point: &Point| {
        let deviation = point.deviation.unwrap_or(0.0);
        [point.mean - deviation, point.mean, point.mean + deviation]
    };
    let guided = |wants_level: bool| {
        chart.guides.iter().filter_map(move |guide| match guide {
            Guide::Level { y, .. } => wants_level.then_some(*y),
            Guide::Place { x, .. } => (!wants_level).then_some(*x),
        })
    };
    // A bar that reaches below zero does not keep means from a logarithmic axis.
    let positive_only = chart.upwards.spacing == Spacing::Logarithmic && points().all(|point| point.mean > 0.0);
    let heights = points().flat_map(reach).filter(|height| !positive_only || *height > 0.0);
    [
        chart.across.spacing.scale(points().map(|point| point.x).chain(published(0)).chain(guided(false))),
        chart.upwards.spacing.scale(heights.chain(published(1)).chain(guided(true))),
    ]
}

fn named(axis: &AxisName, scale: Scale) -> String {
    let how = if scale.is_logarithmic() { ", logarithmic" } else { "" };
    format!("{}{how}", axis.name)
}

fn guide_line(guide: &Guide, [x, y]: &[Axis; 2]) -> Markup {
    let ends = match guide {
        Guide::Level { y: value, .. } => y.at(*value).map(|at| [x.from, x.to, at, at]),
        Guide::Place { x: value, .. } => x.at(*value).map(|at| [at, at, y.from, y.to]),
    };
    html! {
        @if let Some([x1, x2, y1, y2]) = ends { line.guide-line x1=(px(x1)) x2=(px(x2)) y1=(px(y1)) y2=(px(y2)) {} }
    }
}

/// Above the series, which would cross it out.
fn guide_name(guide: &Guide, [x, y]: &[Axis; 2]) -> Markup {
    let (name, place, at_end) = match guide {
        Guide::Level { name, y: value } => (name, y.at(*value).map(|at| [x.to - 4.0, at - 5.0]), true),
        Guide::Place { name, x: value } => {
            // On the side that has room.
            let to_left = x.at(*value).is_some_and(|at| at > f64::midpoint(x.from, x.to));
            let beside = if to_left { -6.0 } else { 6.0 };
            (name, x.at(*value).map(|at| [at + beside, y.from - 8.0]), to_left)
        }
    };
    html! {
        @if let Some([x, y]) = place {
            text.guide-name x=(px(x)) y=(px(y)) text-anchor=(if at_end { "end" } else { "start" }) { (name) }
        }
    }
}

fn draw_series(index: usize, series: &Series, [x, y]: &[Axis; 2]) -> Markup {
    let place =
        |at: f64, value: f64| if is_sensible(at) && is_sensible(value) { x.at(at).zip(y.at(value)) } else { None };
    let placed = |point: &Point| Some((*point, place(point.x, point.mean)?.into()));
    let points: Vec<(Point, [f64; 2])> = series.points.iter().filter_map(placed).collect();
    let every = points.len().div_ceil(MARKED_POINTS).max(1);
    let path: Vec<String> = points.iter().map(|(_, [x, y])| format!("{} {}", px(*x), px(*y))).collect();
    html! {
        g class=(colour_class(index)) {
            @for (point, [at, _]) in &points { (deviation(point, *at, y)) }
            @if points.len() > 1 { path.line stroke-dasharray=[dashes(index)] d={ "M" (path.join("L")) } {} }
            @for (point, place) in points.iter().step_by(every) {
                g {
                    title { (describe(&series.name, point)) }
                    (mark(index, "point", *place))
                }
            }
            @for [at, value] in &series.published {
                @if let Some((x, y)) = place(*at, *value) {
                    g {
                        title { (series.name) ", published: " (three_digits(*value)) " at " (tick_text(*at)) }
                        (mark(index, "published", [x, y]))
                    }
                }
            }
        }
    }
}

/// A bar with ends.
fn deviation(point: &Point, at: f64, upwards: &Axis) -> Markup {
    let ends = point
        .deviation
        .and_then(|deviation| Some((upwards.at(point.mean - deviation)?, upwards.at(point.mean + deviation)?)));
    html! {
        @if let Some((low, high)) = ends {
            path.deviation d={ "M" (px(at - 3.0)) " " (px(low)) "h6m-3 0V" (px(high)) "m-3 0h6" } {}
        }
    }
}

fn describe(name: &str, Point { x, mean, deviation }: &Point) -> String {
    let deviation = deviation.map_or_else(String::new, |one| format!(" ± {}", three_digits(one)));
    format!("{name}: {}{deviation} at {}", three_digits(*mean), tick_text(*x))
}

#[cfg(test)]
mod tests;
