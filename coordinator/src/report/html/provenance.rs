//! What the numbers belong to, and where the time went.

use maud::{Markup, html};
use tenshot_measurement::BoardFacts;
use tenshot_measurement::Reading;

use super::facts::{Fact, facts};
use crate::report::Report;
use crate::report::number::{NONE, count, duration, memory, percent};

/// The target, the board, the predictor, and the seconds.
pub(super) fn provenance(report: &Report) -> Markup {
    html! {
        section {
            h2 { "Where the numbers come from" }
            div.facts {
                (facts("Target", target(report)))
                @if let Some(known) = &report.facts { (facts("Board", board(known))) }
                (facts("Time", time(report)))
            }
        }
    }
}

fn target(report: &Report) -> Vec<Fact> {
    let Report { target, space, predictor, backend_version, .. } = report;
    let predictor = predictor.as_ref();
    vec![
        ("Device", target.device.clone()),
        ("Backend", format!("{} {backend_version}", target.backend).trim_end().to_owned()),
        ("Execution provider", target.execution_provider.clone()),
        ("Threads", target.threads.to_string()),
        ("Batch", target.batch.to_string()),
        ("Metric", target.metric.to_string()),
        ("Search space", space.clone()),
        (
            "Predictor",
            predictor.map_or_else(|| NONE.to_owned(), |one| format!("{}, version {}", one.method, one.version)),
        ),
    ]
}

fn board(facts: &BoardFacts) -> Vec<Fact> {
    let known = |reading: &Reading<String>| reading.known().cloned().unwrap_or_else(|| "unknown".to_owned());
    vec![
        ("Processor", known(&facts.cpu_model)),
        ("Board", known(&facts.board_model)),
        ("Instruction set", facts.architecture.clone()),
        ("Operating system", facts.operating_system.clone()),
        ("Processors", facts.cpu_count.to_string()),
        ("Memory", facts.memory_bytes.known().map_or_else(|| "unknown".to_owned(), |bytes| memory(*bytes))),
    ]
}

fn time(report: &Report) -> Vec<Fact> {
    let seconds = &report.seconds;
    vec![
        ("Measuring the references", duration(seconds.measuring_references)),
        (
            "Measuring everything",
            format!("{} ({})", duration(seconds.measuring), count(report.labelled().count(), "network")),
        ),
        ("Adapting", seconds.adapting.map_or_else(|| NONE.to_owned(), duration)),
        ("Neither loading nor inference", percent(seconds.overhead_share)),
        ("From the campaign’s making to its last result", duration(seconds.total)),
        ("900 samples (estimate)", duration(seconds.for_900_samples)),
    ]
}
