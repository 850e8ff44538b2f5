//! What the numbers mean.

use maud::{Markup, html};

const TERMS: [(&str, &str); 9] = [
    (
        "Latency",
        "Time of one inference with the input already in memory and the output left there. A measurement is the trimmed \
         mean of many: the lowest and highest samples are left out, so that a moment’s disturbance does not count.",
    ),
    (
        "Reference",
        "One of the few networks that are measured to get to know a device. The predictor is adapted from these alone.",
    ),
    ("Probe", "A network measured only to check the predictor, which never saw that measurement."),
    (
        "Spearman",
        "How well the predicted order agrees with the measured one: 1 is the same order, 0 none. A search that picks \
         the fastest of many networks needs this most.",
    ),
    (
        "Mean error (MAPE)",
        "Predicted minus measured, without its sign, as a share of the measured latency; the mean over the probes.",
    ),
    (
        "90% interval",
        "Where the predictor expects the measurement to lie nine times in ten. Far fewer inside: it is too sure of \
         itself; all inside: it may be too cautious. With few probes, a few more or less are chance.",
    ),
    (
        "Hardware embedding",
        "The references’ latencies, shifted and stretched so that the fastest is 0 and the slowest 1: what kinds of \
         network this device finds hard.",
    ),
    (
        "Pool",
        "The devices that the predictor learned from beforehand. Rank correlation compares their order of the \
         references with this device’s; relative latency is their latency over this device’s, the geometric mean.",
    ),
    (
        "900 samples",
        "A common budget for training a latency predictor from nothing. The time is an estimate: 900 times the mean of what \
         was measured here.",
    ),
];

/// A short list of terms.
pub(super) fn glossary() -> Markup {
    html! {
        section {
            h2 { "What the numbers mean" }
            dl.glossary {
                @for (term, meaning) in TERMS { div { dt { (term) } dd { (meaning) } } }
            }
        }
    }
}
