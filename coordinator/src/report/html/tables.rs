//! The numbers behind the pictures.

use maud::{Markup, html};

use super::pictures::no_probes;
use super::{architecture, scrolling};
use crate::domain::campaign::CampaignState;
use crate::report::labels::{probe_label, reference_label};
use crate::report::number::{NONE, fixed, shared_decimals, signed_percent};
use crate::report::{MeasuredModel, ProbeResult, Report};

/// Every probe: what was predicted, and what was measured.
pub(super) fn probes(report: &Report) -> Markup {
    let latencies = report.probes.iter().flat_map(|probe| [probe.predicted_ms, probe.measured.latency_ms]);
    let decimals = shared_decimals(latencies);
    let table = html! {
        table {
            thead {
                tr {
                    th scope="col" { "Probe" }
                    th.number scope="col" { "Predicted, ms" }
                    th.number scope="col" { "90% interval, ms" }
                    th.number scope="col" { "Measured, ms" }
                    th.number scope="col" { "Error" }
                    th scope="col" { "In interval?" }
                    th scope="col" { "Architecture" }
                }
            }
            tbody { @for (index, probe) in report.probes.iter().enumerate() { (probe_row(index, probe, decimals)) } }
        }
    };
    html! {
        section {
            h2 { "Probes" }
            @if report.probes.is_empty() {
                p.empty { (no_probes(report)) }
            } @else {
                p.caption { "By measured latency. None of them was used for adapting." }
                (scrolling("Probes", &table))
            }
        }
    }
}

fn probe_row(index: usize, probe: &ProbeResult, decimals: usize) -> Markup {
    let covered = match probe.covered() {
        Some(true) => "yes",
        Some(false) => "no",
        None => NONE,
    };
    html! {
        tr {
            th scope="row" { (probe_label(index)) (suspect_mark(&probe.measured)) }
            td.number { (fixed(probe.predicted_ms, decimals)) }
            td.number { (interval(probe.interval_90_ms, decimals)) }
            td.number { (fixed(probe.measured.latency_ms, decimals)) }
            td.number { (signed_percent(probe.relative_error())) }
            td class=[(probe.covered() == Some(false)).then_some("outside")] { (covered) }
            td.architecture { (architecture(&probe.measured.architecture)) }
        }
    }
}

/// Every reference, with its place in the hardware embedding.
pub(super) fn references(report: &Report) -> Markup {
    let decimals = shared_decimals(report.references.iter().map(|model| model.latency_ms));
    let table = html! {
        table {
            thead {
                tr {
                    th scope="col" { "Reference" }
                    th.number scope="col" { "Measured, ms" }
                    th.number scope="col" { "95% confidence, ms" }
                    th.number scope="col" { "Samples" }
                    th.number scope="col" { "Embedding" }
                    th scope="col" { "Architecture" }
                }
            }
            tbody {
                @for (index, model) in report.references.iter().enumerate() {
                    tr {
                        th scope="row" { (reference_label(index)) (suspect_mark(model)) }
                        td.number { (fixed(model.latency_ms, decimals)) }
                        td.number { (interval(Some(model.ci95_ms), decimals)) }
                        td.number { (model.samples_ns.len()) }
                        td.number { (report.embedding.get(index).map_or_else(|| NONE.to_owned(), |value| fixed(*value, 3))) }
                        td.architecture { (architecture(&model.architecture)) }
                    }
                }
            }
        }
    };
    html! {
        section {
            h2 { "References" }
            @if report.references.is_empty() {
                p.empty { @if report.progress.state == CampaignState::Running { "No references were measured yet." } @else { "No references were measured." } }
            } @else {
                p.caption {
                    @if report.predictor.is_some() { "The measurements that the predictor was adapted from" } @else { "The measurements that describe the device" }
                    ", in the order of their set."
                }
                (scrolling("References", &table))
            }
        }
    }
}

fn interval(ends: Option<[f64; 2]>, decimals: usize) -> String {
    ends.map_or_else(|| NONE.to_owned(), |[low, high]| format!("{} to {}", fixed(low, decimals), fixed(high, decimals)))
}

fn suspect_mark(model: &MeasuredModel) -> Markup {
    html! { @if !model.reasons.is_empty() { " " em.suspect { "suspect" } } }
}
