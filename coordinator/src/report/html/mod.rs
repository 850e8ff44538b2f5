//! The pages: what was learned in one sentence, then figures, pictures, tables and what the numbers mean.

mod facts;
mod glossary;
mod headline;
mod key_figures;
mod pictures;
mod provenance;
mod suspects;
mod tables;
mod training;

use crate::report::labels::{probe_label, reference_label};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::chart::{COLOURS, RULES};
use super::number::moment;
use super::{MeasuredModel, Report};

/// Written here alone, never from input: it goes into the page as it is.
const STYLE: &str = include_str!("style.css");

/// Nothing is fetched, nothing runs.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

impl Report {
    /// The report as one HTML page that needs nothing but itself.
    ///
    /// What is unknown or cannot be drawn (no probes, no pool, no intervals, values that are not
    /// numbers) is left out or shown as a dash.
    #[must_use]
    pub fn to_html(&self) -> String {
        let title = format!("Tenshot: {}, {}", self.target.device, self.space);
        let body = html! {
            (self.opening())
            main {
                (pictures::comparisons(self))
                (pictures::references(self))
                (pictures::all_samples(self))
                (tables::probes(self))
                (tables::references(self))
                (glossary::glossary())
                (suspects::suspects(self))
                (provenance::provenance(self))
            }
        };
        page(&title, &body)
    }

    fn opening(&self) -> Markup {
        html! {
            header {
                p.eyebrow {
                    "Tenshot report · " (self.space) " · " (self.target.backend) " on " (self.target.device) " · " (moment(self.created_at_unix_ms))
                }
                h1 { (headline::headline(self)) }
                (key_figures::key_figures(self))
                (suspects::notice(self))
            }
        }
    }

    /// Everything measured, references first, each with its label on the page.
    fn labelled(&self) -> impl Iterator<Item = (String, &MeasuredModel)> {
        let references = self.references.iter().enumerate().map(|(index, model)| (reference_label(index), model));
        let probes = self.probes.iter().enumerate().map(|(index, probe)| (probe_label(index), &probe.measured));
        references.chain(probes)
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
