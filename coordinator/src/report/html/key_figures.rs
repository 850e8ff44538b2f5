//! The few numbers to take away.

use maud::{Markup, html};

use crate::report::number::{NONE, count, duration, fixed, latency, percent, three_digits};
use crate::report::{Report, Scores};

struct Figure {
    name: &'static str,
    value: String,
    meaning: String,
}

/// Rank correlation, error, coverage, what it cost, and what it would have cost otherwise.
pub(super) fn key_figures(report: &Report) -> Markup {
    html! {
        dl.key-figures {
            @for Figure { name, value, meaning } in quality(report).into_iter().chain(cost(report)) {
                div { dt { (name) } dd { span.value { (value) } span.meaning { (meaning) } } }
            }
        }
    }
}

fn quality(report: &Report) -> [Figure; 3] {
    let Report { probes, scores, .. } = report;
    let score = |of: fn(&Scores) -> f64| scores.as_ref().map_or(f64::NAN, of);
    let (covered, with_interval) = report.covered();
    let unless = |unknown: bool, value: String| if unknown { NONE.to_owned() } else { value };
    [
        Figure {
            name: "Rank correlation (Spearman)",
            value: unless(probes.len() < 2, fixed(score(|scores| scores.spearman), 3)),
            meaning: match (report.predictor.is_some(), probes.len()) {
                (false, _) => "no predictor",
                (true, 0 | 1) => "needs two probes",
                (true, _) => "1 is the order as measured",
            }
            .to_owned(),
        },
        Figure {
            name: "Mean error (MAPE)",
            value: unless(probes.is_empty(), percent(score(|scores| scores.mape))),
            meaning: if probes.is_empty() {
                if report.predictor.is_some() { "no probes" } else { "no predictor" }.to_owned()
            } else {
                format!("{} on average", latency(score(|scores| scores.mean_error_ms)))
            },
        },
        Figure {
            name: "Inside the 90% interval",
            value: unless(with_interval == 0, percent(covered as f64 / with_interval as f64).replace(".0%", "%")),
            meaning: if with_interval == 0 {
                "no intervals".to_owned()
            } else {
                format!("{covered} of {with_interval} probes")
            },
        },
    ]
}

fn cost(report: &Report) -> [Figure; 2] {
    let Report { references, seconds, .. } = report;
    let times = seconds.for_900_samples / seconds.measuring_references;
    let comparison =
        if times.is_finite() { format!("{} times as long", three_digits(times)) } else { "estimated".to_owned() };
    let measured = count(references.len(), "measurement");
    let unless = |unknown: bool, value: String| if unknown { NONE.to_owned() } else { value };
    [
        Figure {
            name: if report.predictor.is_some() { "Cost of this predictor" } else { "Cost so far" },
            value: unless(references.is_empty(), duration(seconds.measuring_references)),
            meaning: match seconds.adapting {
                Some(adapting) => format!("{measured}, adapting {}", duration(adapting)),
                None => measured,
            },
        },
        Figure {
            name: "900 samples instead",
            value: unless(report.labelled().next().is_none(), duration(seconds.for_900_samples)),
            meaning: comparison,
        },
    ]
}
