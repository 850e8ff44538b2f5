//! How far the campaign is, where it is not complete, and what could not be measured.

use maud::{Markup, html};

use super::{architecture, scrolling};
use crate::domain::campaign::CampaignState;
use crate::domain::task::TaskRole;
use crate::report::Report;
use crate::report::number::count;

/// The state in a word.
pub(super) fn state(state: CampaignState) -> &'static str {
    match state {
        CampaignState::Running => "running",
        CampaignState::Complete => "complete",
        CampaignState::Incomplete => "incomplete",
        CampaignState::Cancelled => "cancelled",
    }
}

/// One line at the top of the page where something is still to come, or never will.
pub(super) fn notice(report: &Report) -> Markup {
    let progress = &report.progress;
    let ended = format!("{} of {} have ended", progress.ended, count_of(progress.tasks, "task"));
    let sentence = match progress.state {
        CampaignState::Running => {
            Some(format!("This campaign is running: {ended}. The page shows what was measured until now."))
        }
        CampaignState::Cancelled => Some(format!(
            "This campaign was cancelled when {} of {} were measured.",
            report.labelled().count(),
            count_of(progress.tasks, "network")
        )),
        CampaignState::Complete | CampaignState::Incomplete => None,
    };
    html! {
        @if let Some(sentence) = sentence { p.notice role="note" { (sentence) } }
        @if let Some(problem) = &progress.problem { p.notice role="note" { "No predictor: " (problem) "." } }
    }
}

fn count_of(many: u64, noun: &str) -> String {
    count(usize::try_from(many).unwrap_or(usize::MAX), noun)
}

/// The table of what could not be measured; nothing where all was.
pub(super) fn unmeasured(report: &Report) -> Markup {
    let unmeasured = &report.progress.unmeasured;
    let table = html! {
        table {
            thead { tr { th scope="col" { "Role" } th scope="col" { "Why" } th scope="col" { "Architecture" } } }
            tbody {
                @for one in unmeasured {
                    tr {
                        th scope="row" { (match one.role { TaskRole::Reference => "reference", TaskRole::Probe => "probe" }) }
                        td.reasons { (one.why) }
                        td.architecture { (architecture(&one.architecture)) }
                    }
                }
            }
        }
    };
    html! {
        @if !unmeasured.is_empty() {
            section {
                h2 { "Not measured" }
                p.caption { "Tried as often as the campaign allows, and never measured." }
                (scrolling("Not measured", &table))
            }
        }
    }
}
