//! How well devices were predicted, and the devices that were learned from.

use maud::{Markup, html};
use tenshot_predictor::bayes::SourceScore;
use tenshot_predictor::pool::Platform;

use crate::report::TrainingReport;
use crate::report::html::scrolling;
use crate::report::number::{NONE, fixed, percent, shared_decimals};

/// Every validation device with its scores.
pub(super) fn validation(report: &TrainingReport) -> Markup {
    let table = html! {
        table {
            thead {
                tr {
                    th scope="col" { "Device" }
                    th.number scope="col" { "Spearman" }
                    th.number scope="col" { "MAPE" }
                    th.number scope="col" { "Mean error, ms" }
                    th.number scope="col" { "Architectures" }
                }
            }
            tbody {
                @for score in &report.validation {
                    tr {
                        th scope="row" { (score.device) }
                        td.number { (fixed(score.certificate.spearman, 3)) }
                        td.number { (percent(score.certificate.mape)) }
                        td.number { (fixed(score.certificate.mean_error_ms, 3)) }
                        td.number { (score.certificate.probes) }
                    }
                }
            }
        }
    };
    html! {
        @if !report.validation.is_empty() {
            section {
                h2 { "Validation devices" }
                p.caption {
                    "What is kept, adapted to each from its references’ latencies alone, on the pool’s query architectures. "
                    "These devices chose what is kept, so devices that nobody chose with do a little worse."
                }
                (scrolling("Validation devices", &table))
            }
        }
    }
}

/// Every device that was learned from; of those that were treated as new in turn, how well.
pub(super) fn pool(report: &TrainingReport) -> Markup {
    let scores = &report.header.source_scores;
    let decimals = shared_decimals(report.header.pool.iter().map(|source| source.mean_ms));
    let table = html! {
        table {
            thead {
                tr {
                    th scope="col" { "Device" }
                    th scope="col" { "Model" }
                    th scope="col" { "Platform" }
                    th.number scope="col" { "Mean latency, ms" }
                    @if !scores.is_empty() { th.number scope="col" { "Spearman, treated as new" } }
                }
            }
            tbody {
                @for source in &report.header.pool {
                    tr {
                        th scope="row" { (source.name) }
                        td { (source.model) }
                        td { (platform(&source.platform)) }
                        td.number { (fixed(source.mean_ms, decimals)) }
                        @if !scores.is_empty() { td.number { (score_of(scores, &source.name)) } }
                    }
                }
            }
        }
    };
    html! {
        section {
            h2 { "Devices that were learned from" }
            @if !scores.is_empty() {
                p.caption {
                    "Treated as new: everything is learned again from the pool without the device’s model, and again "
                    "without its platform; the mean of both, from ten random references."
                }
            }
            (scrolling("Devices that were learned from", &table))
        }
    }
}

fn score_of(scores: &[SourceScore], device: &str) -> String {
    let score = scores.iter().find(|score| score.device == device);
    score.map_or_else(|| NONE.to_owned(), |score| fixed(score.spearman, 3))
}

fn platform(platform: &Platform) -> &str {
    match platform {
        Platform::Gpu => "GPU",
        Platform::ServerCpu => "server CPU",
        Platform::Phone => "phone",
        Platform::Other(name) => name,
    }
}
