//! The pictures, each with the line that says how to read it.

use maud::{Markup, PreEscaped, html};
use tenshot_onnx_models::{DrawOptions, Space, draw};

use super::Place;
use crate::domain::campaign::CampaignState;
use crate::report::chart::{POOL_ROWS, SAMPLE_POINTS, Scale, embedding, pool, predicted, sample_scale, samples};
use crate::report::labels::reference_label;
use crate::report::number::{count, latency};
use crate::report::{MeasuredModel, Report};

/// More than these would make a page that no browser likes to show.
const MOST_DRAWINGS: usize = 30;
const MOST_SAMPLE_PICTURES: usize = 200;

/// Says where only the first are shown.
fn first_of(shown: usize, all: usize) -> Markup {
    html! { @if all > shown { " The first " (shown) " of " (all) " are shown." } }
}

/// Predicted against measured, the pool, and the embedding, side by side where there is room.
pub(super) fn comparisons(report: &Report, place: Place) -> Markup {
    html! {
        div.pictures {
            (predictions(report, place))
            (among_the_pool(report, place))
            (hardware_embedding(report, place))
        }
    }
}

fn predictions(report: &Report, place: Place) -> Markup {
    html! {
        section.picture {
            h2 { "Predicted against measured" }
            @if report.probes.is_empty() {
                p.empty { (no_probes(report)) }
            } @else {
                figure {
                    (predicted(&place.of("predicted"), &report.probes))
                    figcaption {
                        "The nearer a point is to the dashed line, the better"
                        @if report.covered().1 > 0 { "; bars are 90% intervals, and about nine in ten should touch the line" }
                        "."
                    }
                }
            }
        }
    }
}

/// Why there is nothing to compare.
pub(super) fn no_probes(report: &Report) -> &'static str {
    match (report.unpredicted.is_empty(), report.progress.state) {
        (false, _) => "Probes were measured, and there is no predictor to compare them with.",
        (true, CampaignState::Running) => "No probes were measured yet.",
        (true, CampaignState::Complete | CampaignState::Incomplete | CampaignState::Cancelled) => {
            "No probes were measured."
        }
    }
}

fn among_the_pool(report: &Report, place: Place) -> Markup {
    let hidden = report.pool.len().saturating_sub(POOL_ROWS);
    html! {
        section.picture.tall {
            h2 { "This device among the pool" }
            @if report.pool.is_empty() {
                p.empty { @if report.predictor.is_some() { "The predictor names no pool." } @else { "There is no predictor to say." } }
            } @else {
                figure {
                    (pool(&place.of("pool"), &report.pool))
                    figcaption {
                        "Further right on the left: the device orders the references more as this one does. "
                        "On the right, ×1 (dashed) is as fast as this device, ×10 ten times slower."
                        @if hidden > 0 { " " (count(hidden, "device")) " less alike not shown." }
                    }
                }
            }
        }
    }
}

fn hardware_embedding(report: &Report, place: Place) -> Markup {
    html! {
        section.picture {
            h2 { "Hardware embedding" }
            @if report.embedding.is_empty() {
                p.empty { "The references do not tell this device from others: their latencies are equal or missing." }
            } @else {
                figure {
                    (embedding(&place.of("embedding"), &report.embedding))
                    figcaption {
                        @if report.predictor.is_some() { "All that the predictor knows of this device: each" } @else { "Each" }
                        " reference’s latency, from the fastest (0) to the slowest (1)."
                    }
                }
            }
        }
    }
}

/// The networks that describe the device, drawn.
pub(super) fn references(report: &Report) -> Markup {
    let drawings: Vec<String> = (report.references.iter().take(MOST_DRAWINGS).enumerate())
        .filter_map(|(index, model)| reference_drawing(&report.space, index, model))
        .collect();
    html! {
        @if !drawings.is_empty() {
            section {
                h2 { "The references" }
                p.caption {
                    "The networks whose latencies describe the device."
                    (first_of(MOST_DRAWINGS, report.references.len()))
                }
                div.drawings { @for drawing in &drawings { figure { (PreEscaped(drawing)) } } }
            }
        }
    }
}

/// Nothing where this version does not know the space or the architecture. The drawing escapes
/// what it writes.
fn reference_drawing(space: &str, index: usize, model: &MeasuredModel) -> Option<String> {
    let architecture = space.parse::<Space>().ok()?.parse(&model.architecture).ok()?;
    let title = Some(format!("{} · {}", reference_label(index), latency(model.latency_ms)));
    // Edges are labelled; one explanation of the lines is enough.
    Some(draw(&architecture, &DrawOptions { title, legend: index == 0, ..DrawOptions::default() }))
}

/// The samples of every measurement in order.
pub(super) fn all_samples(report: &Report, place: Place) -> Markup {
    let scale = sample_scale(report.labelled().map(|(_, model)| model));
    let thinned = report.labelled().any(|(_, model)| model.samples_ns.len() > SAMPLE_POINTS);
    html! {
        section {
            h2 { "Samples of each measurement, in order" }
            p.caption {
                "Every dot is one inference, in per cent of the trimmed mean (line; its shade is the 95% confidence interval). "
                "Grey dots are trimmed away, arrowheads lie beyond the scale. "
                "A level band is a quiet machine; a slope or a step is one that changed while it was measured."
                @if thinned { " Of long measurements every n-th sample is drawn." }
                (first_of(MOST_SAMPLE_PICTURES, report.labelled().count()))
            }
            div.multiples {
                @for (label, model) in report.labelled().take(MOST_SAMPLE_PICTURES) {
                    figure.multiple {
                        figcaption {
                            b { (label) } " " span { (latency(model.latency_ms)) }
                            @if !model.reasons.is_empty() { " " em.suspect { "suspect" } }
                        }
                        (one(&place.of(&format!("samples-{label}")), &label, model, scale))
                    }
                }
            }
        }
    }
}

fn one(id: &str, label: &str, model: &MeasuredModel, scale: Scale) -> Markup {
    html! {
        @if model.samples_ns.is_empty() {
            p.empty { "No samples." }
        } @else {
            (samples(id, label, model, scale))
        }
    }
}
