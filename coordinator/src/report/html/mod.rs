//! The pages: what was learned in one sentence, then figures, pictures, tables and what the numbers mean.

mod facts;
mod glossary;
mod headline;
mod key_figures;
mod overview;
mod pictures;
mod progress;
mod provenance;
mod suspects;
mod tables;
mod training;

use crate::report::labels::{probe_label, reference_label};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::chart::{COLOURS, RULES};
use super::number::moment;
use super::{CampaignReport, MeasuredModel, Report};

/// Written here alone, never from input: it goes into the page as it is.
const STYLE: &str = include_str!("style.css");

/// Nothing is fetched, nothing runs.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

impl CampaignReport {
    /// The report as one HTML page that needs nothing but itself, whatever the campaign's state.
    ///
    /// What is unknown or cannot be drawn (no probes, no pool, no intervals, values that are not
    /// numbers) is left out or shown as a dash.
    #[must_use]
    pub fn to_html(&self) -> String {
        let (title, body) = match self.targets.as_slice() {
            [report] => (format!("Tenshot: {}, {}", report.target.device, report.space), self.single(report)),
            reports => (format!("Tenshot: {}", self.name), self.several(reports)),
        };
        page(&title, &body)
    }

    fn single(&self, report: &Report) -> Markup {
        let id = Place(None);
        html! {
            (opening(report, &moment(self.created.as_u64()), id))
            main { (content(report, id)) (glossary::glossary()) (closing(report, id)) }
        }
    }

    fn several(&self, reports: &[Report]) -> Markup {
        let moment = moment(self.created.as_u64());
        html! {
            (overview::overview(self, &moment))
            main {
                @for (index, report) in reports.iter().enumerate() {
                    @let id = Place(Some(index));
                    article id=(id.of("target")) {
                        (opening(report, &moment, id))
                        (content(report, id))
                        (closing(report, id))
                    }
                }
                (glossary::glossary())
            }
        }
    }
}

/// Which target of several something belongs to, so that every id on the page is its own.
#[derive(Debug, Clone, Copy)]
struct Place(Option<usize>);

impl Place {
    fn of(self, name: &str) -> String {
        match self.0 {
            None => name.to_owned(),
            Some(index) => format!("{name}-{}", index + 1),
        }
    }
}

fn opening(report: &Report, moment: &str, place: Place) -> Markup {
    html! {
        header {
            p.eyebrow {
                "Tenshot report · " (report.space) " · " (report.target.backend) " on " (report.target.device) " · " (moment)
            }
            h1 { (headline::headline(report)) }
            (key_figures::key_figures(report))
            (progress::notice(report))
            (suspects::notice(report, place))
        }
    }
}

fn content(report: &Report, place: Place) -> Markup {
    html! {
        (pictures::comparisons(report, place))
        (pictures::references(report))
        (pictures::all_samples(report, place))
        (tables::probes(report))
        (tables::references(report))
    }
}

fn closing(report: &Report, place: Place) -> Markup {
    html! {
        (suspects::suspects(report, place))
        (progress::unmeasured(report))
        (provenance::provenance(report))
    }
}

impl Report {
    /// Everything measured, references first, each with its label on the page.
    fn labelled(&self) -> impl Iterator<Item = (String, &MeasuredModel)> {
        let references = self.references.iter().enumerate().map(|(index, model)| (reference_label(index), model));
        let probes = self.probes.iter().map(|probe| &probe.measured).chain(&self.unpredicted);
        references.chain(probes.enumerate().map(|(index, model)| (probe_label(index), model)))
    }

    /// Probes whose measurement lies in their interval, of those that have one.
    fn covered(&self) -> (usize, usize) {
        let known = || self.probes.iter().filter_map(super::ProbeResult::covered);
        (known().filter(|covered| *covered).count(), known().count())
    }
}

/// A whole page with the style inside.
fn page(title: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { (title) }
                style { (PreEscaped(COLOURS)) (PreEscaped(RULES)) (PreEscaped(STYLE)) }
            }
            body { (body) }
        }
    };
    page.into_string()
}

/// An architecture, with places where a long one may be broken.
fn architecture(text: &str) -> Markup {
    html! {
        code { @for part in text.split_inclusive(['+', ',', ';', ' ']) { (part) wbr; } }
    }
}

/// A table that scrolls by itself where the screen is narrower, by keyboard too.
fn scrolling(name: &str, table: &Markup) -> Markup {
    html! {
        div.scrolling role="region" aria-label=(name) tabindex="0" { (table) }
    }
}

#[cfg(test)]
mod tests;
