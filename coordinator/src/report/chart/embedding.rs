//! The hardware embedding: one bar per reference.

use maud::{Markup, html};

use super::axis::Axis;
use super::scale::{Scale, tick_text};
use super::{picture, px};
use crate::report::labels::reference_label;
use crate::report::number::fixed;

const SIZE: [f64; 2] = [460.0, 190.0];
const LEFT: f64 = 34.0;
const RIGHT: f64 = 454.0;
const TOP: f64 = 20.0;
const BOTTOM: f64 = 160.0;

/// With more references than this their labels would overlap.
const LABELLED: usize = 14;

/// Standardised latencies (0 to 1) of the references, in the order of their set.
pub(in crate::report) fn embedding(id: &str, values: &[f64]) -> Markup {
    let axis = Axis { scale: Scale::exactly(0.0, 1.0), from: BOTTOM, to: TOP };
    let step = (RIGHT - LEFT) / values.len().max(1) as f64;
    let bars = values.iter().enumerate().filter_map(|(index, value)| {
        let top = axis.at(*value)?;
        Some((index, *value, LEFT + (index as f64 + 0.5) * step, top))
    });
    let width = (step * 0.62).min(40.0);
    let labelled = values.len() <= LABELLED;
    let content = html! {
        (axis.upwards([LEFT, RIGHT], 2, tick_text))
        @for (index, value, x, top) in bars {
            g.bar {
                title { (reference_label(index)) ": " (fixed(value, 3)) }
                // A bar of no height still shows that it is there.
                rect x=(px(x - width / 2.0)) y=(px(top.min(BOTTOM - 1.5))) width=(px(width)) height=(px((BOTTOM - top).max(1.5))) {}
                @if labelled {
                    text.value x=(px(x)) y=(px(top - 5.0)) text-anchor="middle" { (fixed(value, 2)) }
                    text x=(px(x)) y=(px(BOTTOM + 16.0)) text-anchor="middle" { (reference_label(index)) }
                }
            }
        }
    };
    let description = "One bar per reference network, in the order of the reference set: its latency between the \
        fastest (0) and the slowest (1) of them.";
    picture(id, SIZE, "Hardware embedding", description, &content)
}

#[cfg(test)]
mod tests {
    use super::embedding;

    #[test]
    fn a_bar_is_as_high_as_its_value() {
        let svg = embedding("embedding", &[0.0, 0.5, 1.0]).into_string();
        for height in ["height=\"1.5\"", "height=\"70\"", "height=\"140\""] {
            assert!(svg.contains(height), "{height} in {svg}");
        }
    }

    #[test]
    fn many_references_are_drawn_without_labels() {
        let svg = embedding("embedding", &[0.5; 100]).into_string();
        assert_eq!(svg.matches("<rect").count(), 100);
        assert!(!svg.contains("class=\"value\""));
    }
}
