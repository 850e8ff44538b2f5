//! What was learned, in one sentence with its numbers.

use maud::{Markup, html};

use crate::domain::campaign::CampaignState;
use crate::report::number::{count, duration, fixed, percent};
use crate::report::{Report, Scores};

/// The sentence; without probes it says that the error is not known, and without a predictor how far the references are.
pub(super) fn headline(report: &Report) -> Markup {
    let Report { target, references, probes, seconds, progress, .. } = report;
    html! {
        "On " span.device { (target.device) } ", "
        @if report.predictor.is_none() {
            strong { (references.len()) " of " (progress.references) } " references "
            (match progress.state {
                CampaignState::Running => "are measured: there is no predictor yet.",
                CampaignState::Complete | CampaignState::Incomplete | CampaignState::Cancelled => "were measured: there is no predictor.",
            })
        } @else {
            strong { (count(references.len(), "latency measurement")) }
            ", taken in " strong { (duration(seconds.measuring_references)) } ","
            @if let (Some(scores), false) = (&report.scores, probes.is_empty()) {
                (on_probes(report, scores))
            } @else {
                " gave a latency predictor; how far off it is remains unknown, as no probes were measured"
                @if progress.state == CampaignState::Running { " yet" }
                "."
            }
        }
    }
}

fn on_probes(report: &Report, scores: &Scores) -> Markup {
    let probes = report.probes.len();
    let (covered, with_interval) = report.covered();
    html! {
        " predict " strong { (count(probes, "other")) } " that the predictor never saw: "
        @if probes > 1 { "Spearman " strong { (fixed(scores.spearman, 3)) } ", " }
        "mean error (MAPE) " strong { (percent(scores.mape)) }
        @if with_interval > 0 {
            ", " strong { (covered) " of " (with_interval) } " inside their 90% interval"
        }
        "."
    }
}
