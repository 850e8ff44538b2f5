//! The pictures, each with the line that says how to read it.

use maud::{Markup, PreEscaped, html};
use tenshot_onnx_models::{DrawOptions, Space, draw};

use crate::report::chart::{POOL_ROWS, SAMPLE_POINTS, Scale, embedding, pool, predicted, sample_scale, samples};
use crate::report::labels::reference_label;
use crate::report::number::{count, latency};
use crate::report::{MeasuredModel, Report};

/// Predicted against measured, the pool, and the embedding, side by side where there is room.
pub(super) fn comparisons(report: &Report) -> Markup {
    html! {
        div.pictures {
            (predictions(report))
            (standing(report))
            (hardware_embedding(report))
        }
    }
}

fn predictions(report: &Report) -> Markup {
    html! {
        section.picture {
            h2 { "Predicted against measured" }
            @if report.probes.is_empty() {
                p.empty { "No probes were measured." }
            } @else {
                figure {
                    (predicted(&report.probes))
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

fn standing(report: &Report) -> Markup {
    let hidden = report.pool.len().saturating_sub(POOL_ROWS);
    html! {
        section.picture.tall {
            h2 { "This device among the pool" }
            @if report.pool.is_empty() {
                p.empty { "The predictor names no pool." }
            } @else {
                figure {
                    (pool(&report.pool))
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

fn hardware_embedding(report: &Report) -> Markup {
    html! {
        section.picture {
            h2 { "Hardware embedding" }
            @if report.embedding.is_empty() {
                p.empty { "The references do not tell this device from others: their latencies are equal or missing." }
            } @else {
                figure {
                    (embedding(&report.embedding))
                    figcaption { "All that the predictor knows of this device: each reference’s latency, from the fastest (0) to the slowest (1)." }
                }
            }
        }
    }
}

/// The networks that describe the device, drawn.
pub(super) fn references(report: &Report) -> Markup {
    let drawings: Vec<String> = (report.references.iter().enumerate())
        .filter_map(|(index, model)| reference_drawing(&report.space, index, model))
        .collect();
    html! {
        @if !drawings.is_empty() {
            section {
                h2 { "The references" }
                p.caption { "The networks whose latencies describe the device." }
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
pub(super) fn all_samples(report: &Report) -> Markup {
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
            }
            div.multiples {
                @for (label, model) in report.labelled() {
                    figure.multiple {
                        figcaption {
                            b { (label) } " " span { (latency(model.latency_ms)) }
                            @if !model.reasons.is_empty() { " " em.suspect { "suspect" } }
                        }
                        (one(&label, model, scale))
                    }
                }
            }
        }
    }
}

fn one(label: &str, model: &MeasuredModel, scale: Scale) -> Markup {
    html! {
        @if model.samples_ns.is_empty() {
            p.empty { "No samples." }
        } @else {
            (samples(&format!("samples-{label}"), label, model, scale))
        }
    }
}
