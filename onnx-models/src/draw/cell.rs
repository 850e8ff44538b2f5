//! A cell of NAS-Bench-201 as a graph: nodes from left to right, an arrow for each edge.

use maud::{Markup, html};

use super::Drawn;
use super::sheet::{Drawing, LegendEntry, px};
use crate::networks::Form;
use crate::spaces::nasbench201::{Cell, Edge, Operation};

/// Where the nodes are.
const NODE_X: [f64; Cell::NODES] = [26.0, 128.0, 232.0, 334.0];
const NODE_Y: f64 = 132.0;
const NODE_RADIUS: f64 = 14.0;
/// How near to a node's middle arrows come.
const REACH: f64 = NODE_RADIUS + 1.5;
const NODE_NAMES: [&str; Cell::NODES] = ["in", "1", "2", "out"];

const HEAD_LENGTH: f64 = 7.0;
/// Half the width of an arrow's head.
const HEAD_WIDTH: f64 = 4.5;
const HEIGHT: f64 = 220.0;

pub(super) fn drawing(cell: &Cell) -> Drawing {
    let live = cell.live_edges();
    let arrows = || cell.edges().zip(live);
    let content = html! {
        // Faint ones first, so that they lie below the others.
        @for ((edge, operation), live) in arrows() {
            @if operation == Operation::None { (arrow(edge, operation, live)) }
        }
        @for ((edge, operation), live) in arrows() {
            @if operation != Operation::None { (arrow(edge, operation, live)) }
        }
        @for (node, (x, name)) in NODE_X.into_iter().zip(NODE_NAMES).enumerate() {
            @let touched = arrows().any(|((edge, _), live)| live && (edge.source == node || edge.target == node));
            circle.line.(if touched { "grey" } else { "faint" }) cx=(px(x)) cy=(px(NODE_Y)) r=(px(NODE_RADIUS)) {}
            text class=[(!touched).then_some("quiet")] x=(px(x)) y=(px(NODE_Y + 4.0)) text-anchor="middle" { (name) }
        }
    };
    Drawing {
        name: format!("NAS-Bench-201 cell {}", cell.index()),
        description: description(cell),
        height: HEIGHT,
        content,
        legend: legend(),
    }
}

fn description(cell: &Cell) -> String {
    let edges = cell.edges().zip(cell.live_edges()).filter(|((_, operation), _)| *operation != Operation::None);
    let sentences: Vec<String> = edges.map(|((edge, operation), live)| sentence(edge, operation, live) + ".").collect();
    if sentences.is_empty() { "No edge carries anything.".to_owned() } else { sentences.join(" ") }
}

fn sentence(edge: Edge, operation: Operation, live: bool) -> String {
    let (source, target) = (NODE_NAMES[edge.source], NODE_NAMES[edge.target]);
    let effect = if live || operation == Operation::None { "" } else { ", which never reaches the output" };
    format!("From {source} to {target}: {operation}{effect}")
}

fn arrow(edge: Edge, operation: Operation, live: bool) -> Markup {
    let route = Route::of(edge);
    let is_none = operation == Operation::None;
    let [label_x, label_y] = route.label.map(px);
    html! {
        g.(colour(operation)) {
            title { (sentence(edge, operation, live)) }
            path.line.thin[is_none].dashed[!live && !is_none] d=(route.line()) {}
            path.solid d=(route.head()) {}
            @if !is_none {
                text x=(label_x) y=(label_y) text-anchor="middle" { (label(operation)) }
            }
        }
    }
}

/// The way of an arrow. No two meet but at nodes, and each has room for its label.
struct Route {
    /// A cubic curve: start, two control points, end.
    curve: [[f64; 2]; 4],
    /// Which way the arrow points at its end, as a unit vector.
    direction: [f64; 2],
    /// The middle of the label's base line.
    label: [f64; 2],
}

impl Route {
    fn of(edge: Edge) -> Self {
        match (edge.source, edge.target) {
            // Both leave the input at its top, beside each other.
            (0, 2) => Self::arc(edge, -54.0, 6.0),
            (0, 3) => Self::arc(edge, -106.0, -5.0),
            (1, 3) => Self::arc(edge, 54.0, 0.0),
            _ => Self::straight(edge),
        }
    }

    fn straight(edge: Edge) -> Self {
        let (start, end) = (NODE_X[edge.source] + REACH, NODE_X[edge.target] - REACH - HEAD_LENGTH);
        let middle = f64::midpoint(start, end);
        Self {
            curve: [start, middle, middle, end].map(|x| [x, NODE_Y]),
            direction: [1.0, 0.0],
            label: [f64::midpoint(NODE_X[edge.source], NODE_X[edge.target]), NODE_Y - 7.0],
        }
    }

    /// Turns at this distance below the nodes, or above them where it is negative.
    fn arc(edge: Edge, turn: f64, start_offset: f64) -> Self {
        let away = turn.signum();
        let (start_x, end_x) = (NODE_X[edge.source] + start_offset, NODE_X[edge.target]);
        let start_y = NODE_Y + away * (REACH - 1.5);
        let end_y = NODE_Y + away * (REACH + HEAD_LENGTH);
        // A cubic turns at three quarters of the way to its control points.
        let control_y = start_y + (NODE_Y + turn - start_y) * 4.0 / 3.0;
        let label_below_or_above = if turn > 0.0 { 16.0 } else { -7.5 };
        Self {
            curve: [[start_x, start_y], [start_x, control_y], [end_x, control_y], [end_x, end_y]],
            direction: [0.0, -away],
            label: [f64::midpoint(NODE_X[edge.source], end_x), NODE_Y + turn + label_below_or_above],
        }
    }

    fn line(&self) -> String {
        let [start, first, second, end] = self.curve.map(|[x, y]| format!("{} {}", px(x), px(y)));
        format!("M{start}C{first} {second} {end}")
    }

    fn head(&self) -> String {
        let ([x, y], [right, down]) = (self.curve[3], self.direction);
        let [left_x, left_y, tip_x, tip_y, right_x, right_y] = [
            x - down * HEAD_WIDTH,
            y + right * HEAD_WIDTH,
            x + right * HEAD_LENGTH,
            y + down * HEAD_LENGTH,
            x + down * HEAD_WIDTH,
            y - right * HEAD_WIDTH,
        ]
        .map(px);
        format!("M{left_x} {left_y}L{tip_x} {tip_y} {right_x} {right_y}z")
    }
}

const fn colour(operation: Operation) -> &'static str {
    match operation {
        Operation::None => "faint",
        Operation::SkipConnect => "grey",
        Operation::Convolution1x1 => "green",
        Operation::Convolution3x3 => "blue",
        Operation::AveragePool3x3 => "orange",
    }
}

const fn label(operation: Operation) -> &'static str {
    match operation {
        Operation::None => "",
        Operation::SkipConnect => "skip",
        Operation::Convolution1x1 => "conv 1×1",
        Operation::Convolution3x3 => "conv 3×3",
        Operation::AveragePool3x3 => "pool 3×3",
    }
}

fn legend() -> Vec<LegendEntry> {
    use Operation::{AveragePool3x3, Convolution1x1, Convolution3x3, None, SkipConnect};
    let operations = [Convolution3x3, Convolution1x1, AveragePool3x3, SkipConnect, None].map(|operation| LegendEntry {
        sign: html! { path.line.thin[operation == None].(colour(operation)) d="M-10 0H10" {} },
        meaning: operation.name(),
    });
    let lost = LegendEntry { sign: html! { path.line.dashed.grey d="M-10 0H10" {} }, meaning: "without effect" };
    operations.into_iter().chain([lost]).collect()
}

impl Drawn for Cell {
    fn drawing(&self, _form: Form) -> Drawing {
        drawing(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::sheet::WIDTH;

    /// Left, top, right, bottom of the widest label, in a wide font.
    fn label_box(route: &Route) -> [f64; 4] {
        let [x, y] = route.label;
        [x - 28.0, y - 10.0, x + 28.0, y + 3.0]
    }

    fn points(route: &Route) -> Vec<[f64; 2]> {
        let on_axis = |axis: usize, t: f64| {
            let [a, b, c, d] = route.curve.map(|point| point[axis]);
            let u = 1.0 - t;
            a * u * u * u + 3.0 * b * u * u * t + 3.0 * c * u * t * t + d * t * t * t
        };
        (0..=200).map(|step| f64::from(step) / 200.0).map(|t| [on_axis(0, t), on_axis(1, t)]).collect()
    }

    fn distance([x, y]: [f64; 2], [left, top, right, bottom]: [f64; 4]) -> f64 {
        (left - x).max(x - right).max(0.0).hypot((top - y).max(y - bottom).max(0.0))
    }

    #[test]
    fn labels_touch_neither_lines_nor_nodes_nor_labels_nor_the_edge() {
        let routes = Cell::EDGES.map(Route::of);
        for (number, route) in routes.iter().enumerate() {
            let [left, top, right, bottom] = label_box(route);
            assert!(left > 0.0 && top > 0.0 && right < WIDTH && bottom < HEIGHT, "label {number}");
            for (other_number, other) in routes.iter().enumerate() {
                let nearest = points(other).into_iter().map(|point| distance(point, label_box(route)));
                assert!(nearest.fold(f64::MAX, f64::min) >= 3.0, "label {number}, line {other_number}");
                let corners = label_box(other);
                let apart = right < corners[0] || corners[2] < left || bottom < corners[1] || corners[3] < top;
                assert!(apart || number == other_number, "labels {number} and {other_number}");
            }
            for x in NODE_X {
                assert!(distance([x, NODE_Y], label_box(route)) > NODE_RADIUS, "label {number}, node at {x}");
            }
        }
    }

    #[test]
    fn lines_meet_only_at_nodes() {
        let routes = Cell::EDGES.map(Route::of);
        let near_a_node = |[x, y]: [f64; 2]| NODE_X.iter().any(|node| (x - node).hypot(y - NODE_Y) < 1.6 * REACH);
        for (number, route) in routes.iter().enumerate() {
            for other in &routes[number + 1..] {
                for [x, y] in points(route).into_iter().filter(|point| !near_a_node(*point)) {
                    let gap = points(other).into_iter().map(|point| (x - point[0]).hypot(y - point[1]));
                    assert!(gap.fold(f64::MAX, f64::min) > 6.0, "line {number} at {x}, {y}");
                }
            }
        }
    }
}
