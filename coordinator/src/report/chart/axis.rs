//! A scale placed on a picture, with its grid lines and labels.

use maud::{Markup, html};

use super::px;
use super::scale::Scale;

/// A scale from one place to another; for a vertical axis `from` is the lower end, the larger number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Axis {
    pub(super) scale: Scale,
    pub(super) from: f64,
    pub(super) to: f64,
}

impl Axis {
    /// The place of a value; none for what is not a number.
    pub(super) fn at(&self, value: f64) -> Option<f64> {
        self.scale.share(value).map(|share| self.from + share * (self.to - self.from))
    }

    fn placed_ticks(&self, wanted: usize) -> impl Iterator<Item = (f64, f64)> {
        self.scale.ticks(wanted).into_iter().filter_map(|tick| Some((tick, self.at(tick)?)))
    }

    /// Vertical grid lines from `top` to `bottom`, labelled below.
    pub(super) fn across(&self, [top, bottom]: [f64; 2], wanted: usize, text: impl Fn(f64) -> String) -> Markup {
        html! {
            g.axis {
                @for (tick, x) in self.placed_ticks(wanted) {
                    line x1=(px(x)) x2=(px(x)) y1=(px(top)) y2=(px(bottom)) {}
                    text x=(px(x)) y=(px(bottom + 15.0)) text-anchor="middle" { (text(tick)) }
                }
            }
        }
    }

    /// Horizontal grid lines from `left` to `right`, labelled at the left.
    pub(super) fn upwards(&self, [left, right]: [f64; 2], wanted: usize, text: impl Fn(f64) -> String) -> Markup {
        html! {
            g.axis {
                @for (tick, y) in self.placed_ticks(wanted) {
                    line x1=(px(left)) x2=(px(right)) y1=(px(y)) y2=(px(y)) {}
                    text x=(px(left - 6.0)) y=(px(y + 4.0)) text-anchor="end" { (text(tick)) }
                }
            }
        }
    }
}
