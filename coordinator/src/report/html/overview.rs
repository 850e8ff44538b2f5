//! The top of a page about several targets: each in one line, with the way to its part of the page.

use maud::{Markup, html};

use super::progress::state;
use super::{Place, scrolling};
use crate::report::number::{NONE, count, fixed, percent};
use crate::report::{CampaignReport, Report};

/// The campaign's name and all of its targets.
pub(super) fn overview(campaign: &CampaignReport, moment: &str) -> Markup {
    let table = html! {
        table {
            thead {
                tr {
                    th scope="col" { "Target" }
                    th.number scope="col" { "Tasks ended" }
                    th scope="col" { "Predictor" }
                    th.number scope="col" { "Spearman" }
                    th.number scope="col" { "MAPE" }
                }
            }
            tbody { @for (index, report) in campaign.targets.iter().enumerate() { (row(index, report)) } }
        }
    };
    let of_all = campaign.targets.first().map(|report| (report.space.as_str(), state(report.progress.state)));
    html! {
        header {
            p.eyebrow {
                "Tenshot report"
                @if let Some((space, state)) = of_all { " · " (space) " · " (state) }
                " · " (moment)
            }
            h1 { "Campaign " span.device { (campaign.name) } " on " strong { (count(campaign.targets.len(), "target")) } }
            (scrolling("Targets", &table))
        }
    }
}

fn row(index: usize, report: &Report) -> Markup {
    let anchor = format!("#{}", Place(Some(index)).of("target"));
    let score =
        |show: fn(&crate::report::Scores) -> String| report.scores.as_ref().map_or_else(|| NONE.to_owned(), show);
    html! {
        tr {
            th scope="row" { a href=(anchor) { (report.target) } }
            td.number { (report.progress.ended) " of " (report.progress.tasks) }
            td {
                @match &report.predictor {
                    Some(predictor) => { (predictor.method) ", version " (predictor.version) }
                    None => { (NONE) }
                }
            }
            td.number { (score(|scores| fixed(scores.spearman, 3))) }
            td.number { (score(|scores| percent(scores.mape))) }
        }
    }
}
