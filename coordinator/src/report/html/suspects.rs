//! Measurements that were never trusted, and why.

use maud::{Markup, html};

use super::{Place, architecture, scrolling};
use crate::report::number::{count, latency};
use crate::report::{MeasuredModel, Report};

fn of(report: &Report) -> Vec<(String, &MeasuredModel)> {
    report.labelled().filter(|(_, model)| !model.reasons.is_empty()).collect()
}

/// One line at the top of the page where anything is suspect.
pub(super) fn notice(report: &Report, place: Place) -> Markup {
    let (suspect, all) = (of(report).len(), report.labelled().count());
    html! {
        @if suspect > 0 {
            p.notice role="note" {
                (suspect) " of " (count(all, "measurement")) " stayed suspect: " a href={ "#" (place.of("suspect")) } { "which and why" } "."
            }
        }
    }
}

/// The table of those measurements; nothing where all are trusted.
pub(super) fn suspects(report: &Report, place: Place) -> Markup {
    let suspects = of(report);
    let table = html! {
        table {
            thead {
                tr {
                    th scope="col" { "Measurement" }
                    th.number scope="col" { "Measured" }
                    th.number scope="col" { "Attempts" }
                    th scope="col" { "Reasons" }
                    th scope="col" { "Architecture" }
                }
            }
            tbody {
                @for (label, model) in &suspects {
                    tr {
                        th scope="row" { (label) }
                        td.number { (latency(model.latency_ms)) }
                        td.number { (model.attempts) }
                        td.reasons { (model.reasons.join("; ")) }
                        td.architecture { (architecture(&model.architecture)) }
                    }
                }
            }
        }
    };
    html! {
        @if !suspects.is_empty() {
            section id=(place.of("suspect")) {
                h2 { "Suspect measurements" }
                p.caption { "Measured again, and still not trusted; the best attempt is used, its noise widened." }
                (scrolling("Suspect measurements", &table))
            }
        }
    }
}
