//! How the predictor was trained, and where its latencies come from.

use maud::{Markup, html};
use tenshot_predictor::artefact::{BayesSettings, TrainedHeader};
use tenshot_predictor::help::{HelpSettings, Settings};

use crate::report::TrainingReport;
use crate::report::html::facts::{Fact, facts as table};
use crate::report::number::{count, duration, fixed};

/// Settings and provenance.
pub(super) fn facts(report: &TrainingReport) -> Markup {
    let header = &report.header;
    html! {
        section {
            h2 { "How it was trained" }
            div.facts {
                (table("Training", training(report)))
                @if let Some(help) = &header.help { (table("Episodes", episodes(help))) }
                @if let Some(bayes) = header.bayes { (table("Intervals", intervals(bayes))) }
            }
        }
    }
}

fn training(report: &TrainingReport) -> Vec<Fact> {
    let TrainedHeader { space, method, training_architectures, seed, code_version, .. } = &report.header;
    let source = if report.source.is_empty() { "not told" } else { &report.source };
    vec![
        ("Method", method.to_string()),
        ("Search space", space.to_string()),
        ("Latencies", source.to_owned()),
        ("Devices", report.header.pool.len().to_string()),
        ("Architectures of each", training_architectures.to_string()),
        ("Seed", seed.to_string()),
        ("Time", duration(report.seconds)),
        ("Version", code_version.clone()),
    ]
}

fn episodes(help: &HelpSettings) -> Vec<Fact> {
    let Settings { parts, tasks, queries, episodes, rate, inner_rate, divergence_weight, validate_every, .. } =
        help.training;
    let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
    let validation = if help.validation.is_empty() { "none".to_owned() } else { help.validation.join(", ") };
    vec![
        ("Episodes", format!("{episodes}, {} each", count(tasks, "device"))),
        ("Queries of a device", format!("{queries} at most")),
        ("References", help.references.len().to_string()),
        ("Steps to the support", parts.inner_steps.to_string()),
        ("Device condition", yes(parts.device_condition)),
        ("Modulation by z", yes(parts.modulator)),
        ("Rates", if parts.learned_rates { "learned" } else { "equal" }.to_owned()),
        ("Adam’s rate", rate.to_string()),
        ("First rate of the steps", inner_rate.to_string()),
        ("Weight of z’s divergence", divergence_weight.to_string()),
        ("Validated every", count(validate_every as usize, "episode")),
        ("Validation devices", validation),
    ]
}

/// How intervals were brought to cover what they say.
fn intervals(bayes: BayesSettings) -> Vec<Fact> {
    vec![(
        "Widened by the factor",
        format!(
            "{}, so that 90% intervals cover 90% on the devices above, each treated as new",
            fixed(bayes.interval_factor, 3)
        ),
    )]
}
