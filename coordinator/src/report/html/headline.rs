//! What was learned, in one sentence with its numbers.

use maud::{Markup, html};

use crate::report::Report;
use crate::report::number::{count, duration, fixed, percent};

/// The sentence; without probes it says that the error is not known.
pub(super) fn headline(report: &Report) -> Markup {
    let Report { target, references, probes, scores, seconds, .. } = report;
    let (covered, with_interval) = report.covered();
    html! {
        "On " span.device { (target.device) } ", "
        strong { (count(references.len(), "latency measurement")) }
        ", taken in " strong { (duration(seconds.measuring_references)) } ","
        @if probes.is_empty() {
            " gave a latency predictor; how far off it is remains unknown, as no probes were measured."
        } @else {
            " predict " strong { (count(probes.len(), "other")) } " that the predictor never saw: "
            @if probes.len() > 1 { "Spearman " strong { (fixed(scores.spearman, 3)) } ", " }
            "mean error (MAPE) " strong { (percent(scores.mape)) }
            @if with_interval > 0 {
                ", " strong { (covered) " of " (with_interval) } " inside their 90% interval"
            }
            "."
        }
    }
}
