//! The curve of training in episodes: validation and error.

use maud::{Markup, html};
use tenshot_predictor::meta_training::Validation;

use crate::report::TrainingReport;
use crate::report::chart::{AxisName, Guide, LineChart, Point, Series, Spacing, lines};

/// Both pictures, side by side where there is room.
pub(super) fn curve(report: &TrainingReport) -> Markup {
    let Some(help) = &report.header.help else { return html! {} };
    let best = report
        .best()
        .map(|best| Guide::Place { name: format!("best: episode {}", best.episode), x: best.episode.into() });
    let [spearman, error] = charts(&help.curve, best);
    html! {
        div.pictures {
            section.picture {
                h2 { (spearman.title) }
                @if spearman.series.iter().all(|series| series.points.is_empty()) {
                    p.empty { "No devices were kept for validation: the last parameters are the predictor's." }
                } @else {
                    figure { (lines("validation", &spearman)) figcaption { (spearman.caption) } }
                }
            }
            section.picture {
                h2 { (error.title) }
                figure { (lines("training-error", &error)) figcaption { (error.caption) } }
            }
        }
    }
}

fn charts(curve: &[Validation], best: Option<Guide>) -> [LineChart; 2] {
    let series = |name: &str, value: fn(&Validation) -> Option<f64>| {
        let point = |one: &Validation| Some(Point { x: one.episode.into(), mean: value(one)?, deviation: None });
        vec![Series { name: name.to_owned(), points: curve.iter().filter_map(point).collect(), published: Vec::new() }]
    };
    let across = || AxisName { name: "episodes".to_owned(), spacing: Spacing::Linear };
    [
        LineChart {
            title: "Validation".to_owned(),
            caption: "Spearman’s rank correlation, mean over the validation devices, each known by its references’ \
                latencies alone. The parameters of the best episode were kept."
                .to_owned(),
            across: across(),
            upwards: AxisName { name: "mean Spearman".to_owned(), spacing: Spacing::UpToOne },
            series: series("validation", |one| one.spearman),
            guides: best.clone().into_iter().collect(),
        },
        LineChart {
            title: "Training error".to_owned(),
            caption: "Mean squared error of the queries in units of the scaled latencies, mean of the episodes since \
                the last validation."
                .to_owned(),
            across: across(),
            upwards: AxisName { name: "mean squared error".to_owned(), spacing: Spacing::Logarithmic },
            series: series("training", |one| Some(one.error.into())),
            guides: best.into_iter().collect(),
        },
    ]
}
