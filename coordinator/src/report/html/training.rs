//! The page of a training: what was learned in one sentence, the curve, scores by device, settings.

mod curve;
mod facts;
mod scores;

use maud::{Markup, html};
use tenshot_predictor::meta_training::Validation;

use super::page;
use crate::report::TrainingReport;
use crate::report::number::{count, duration, fixed, moment};

impl TrainingReport {
    /// The report as one HTML page that needs nothing but itself.
    #[must_use]
    pub fn to_html(&self) -> String {
        let title = format!("Tenshot: {} on {}", self.header.method, self.header.space);
        let body = html! {
            header {
                p.eyebrow { "Tenshot meta-training · " (self.header.space) " · " (moment(self.created_at_unix_ms)) }
                h1 { (self.headline()) }
            }
            main {
                (curve::curve(self))
                (scores::validation(self))
                (scores::pool(self))
                (facts::facts(self))
            }
        };
        page(&title, &body)
    }

    fn headline(&self) -> Markup {
        let header = &self.header;
        html! {
            strong { (header.method) } " learned the space " (header.space) " from " strong { (count(header.pool.len(), "device")) }
            ", " (count(header.training_architectures, "architecture")) " each, in " strong { (duration(self.seconds)) }
            @if let Some(best) = self.best() {
                @if let Some(spearman) = best.spearman {
                    ": mean Spearman " strong { (fixed(spearman, 3)) } " on "
                    (count(self.validation.len(), "validation device")) " at its best, episode " (best.episode)
                    " of " (self.episodes())
                }
            } @else if let Some(mean) = self.mean_source_score() {
                ": mean Spearman " strong { (fixed(mean, 3)) } " when each of them was treated as new"
            }
            "."
        }
    }

    /// The validation whose parameters were kept.
    fn best(&self) -> Option<Validation> {
        let curve = self.header.help.iter().flat_map(|help| &help.curve).copied();
        curve
            .filter(|one| one.spearman.is_some())
            .reduce(|best, one| if one.spearman > best.spearman { one } else { best })
    }

    fn episodes(&self) -> u32 {
        self.header.help.as_ref().map_or(0, |help| help.training.episodes)
    }

    fn mean_source_score(&self) -> Option<f64> {
        let scores = &self.header.source_scores;
        (!scores.is_empty()).then(|| scores.iter().map(|score| score.spearman).sum::<f64>() / scores.len() as f64)
    }
}

#[cfg(test)]
mod tests;
