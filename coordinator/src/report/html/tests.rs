//! The page as a whole: what it says, what it escapes, and that nothing missing breaks it.

use crate::domain::campaign::CampaignState;
use crate::domain::task::TaskRole;
use crate::report::fixture::{made_up_campaign, made_up_model, made_up_report};
use crate::report::{PoolDevice, Report, Scores, Seconds, Unmeasured};

/// What a reader sees of some HTML.
pub(super) fn text(html: &str) -> String {
    let mut text = String::new();
    let mut in_tag = false;
    for character in html.chars() {
        match character {
            '<' => in_tag = true,
            '>' => in_tag = false,
            '\u{a0}' => text.push(' '),
            other if !in_tag => text.push(other),
            _ => {}
        }
    }
    text
}

pub(super) fn element<'a>(page: &'a str, name: &str) -> &'a str {
    let start = page.find(&format!("<{name}")).unwrap();
    let end = page.find(&format!("</{name}>")).unwrap();
    &page[start..end]
}

fn page(targets: Vec<Report>) -> String {
    made_up_campaign(targets).to_html()
}

/// The report with these parts emptied.
fn emptied(empty: impl Fn(&mut Report)) -> String {
    let mut report = made_up_report();
    empty(&mut report);
    page(vec![report])
}

#[test]
fn the_headline_says_what_was_learned() {
    let page = page(vec![made_up_report()]);
    insta::assert_snapshot!(text(element(&page, "h1")), @"On made-up-board, 10 latency measurements, taken in 10.4 s, predict 30 others that the predictor never saw: Spearman 0.963, mean error (MAPE) 7.0%, 29 of 30 inside their 90% interval.");
}

#[test]
fn without_probes_the_headline_says_so() {
    let page = emptied(|report| report.probes.clear());
    insta::assert_snapshot!(text(element(&page, "h1")), @"On made-up-board, 10 latency measurements, taken in 10.4 s, gave a latency predictor; how far off it is remains unknown, as no probes were measured.");
}

#[test]
fn key_figures_have_their_units() {
    let page = page(vec![made_up_report()]);
    let figures = element(&page, "dl").replace("</dd>", "\n").replace("</dt>", ": ").replace("</span><", "</span>; <");
    insta::assert_snapshot!(text(&figures), @r"
    Rank correlation (Spearman): 0.963; 1 is the order as measured
    Mean error (MAPE): 7.0%; 702 µs on average
    Inside the 90% interval: 96.7%; 29 of 30 probes
    Cost of this predictor: 10.4 s; 10 measurements, adapting 213 µs
    900 samples instead: 15.5 min; 89.3 times as long
    ");
}

#[test]
fn one_probe_has_no_rank_correlation() {
    let page = emptied(|report| report.probes.truncate(1));
    assert!(!text(element(&page, "h1")).contains("Spearman"));
    assert!(page.contains("needs two probes"));
}

#[test]
fn hostile_names_are_escaped() {
    let hostile = "</title><script>alert(1)</script>\"'><img src=x onerror=alert(2)>";
    let page = emptied(|report| {
        report.target.device = hostile.to_owned();
        report.target.backend = hostile.to_owned();
        report.backend_version = hostile.to_owned();
        report.space = hostile.to_owned();
        report.predictor.as_mut().unwrap().method = hostile.to_owned();
        report.progress.problem = Some(hostile.to_owned());
        report.pool[0].device = hostile.to_owned();
        report.references[0].architecture = hostile.to_owned();
        report.probes[0].measured.architecture = hostile.to_owned();
        report.probes[0].measured.reasons = vec![hostile.to_owned()];
    });
    assert!(page.contains("&lt;script&gt;alert(1)"));
    for tag in ["<script", "<img", "onerror=\"", "</title><script"] {
        assert!(!page.contains(tag), "{tag}");
    }
}

#[test]
fn nothing_is_fetched_and_nothing_runs() {
    // The name of a language, which nobody fetches.
    let page = page(vec![made_up_report()]).replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
    for forbidden in ["<script", "<link", "<img", "@import", "url(", "http://", "https://", "javascript:"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn suspects_come_with_their_reasons_or_not_at_all() {
    let page = page(vec![made_up_report()]);
    assert!(page.contains("latency drifted by 6.1% (bound 5.0%)"));
    let trusted = emptied(|report| {
        report.references.iter_mut().for_each(|model| model.reasons.clear());
        report.probes.iter_mut().for_each(|probe| probe.measured.reasons.clear());
    });
    assert!(!trusted.contains("Suspect measurements") && !trusted.contains("href=\"#suspect\""));
}

#[test]
fn every_id_is_unique_and_every_reference_has_its_target() {
    every_id_is_unique(&page(vec![made_up_report()]));
    let of_several = page(vec![made_up_report(), made_up_report(), made_up_report()]);
    every_id_is_unique(&of_several);
    for anchor in of_several.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(of_several.contains(&format!("id=\"{anchor}\"")), "{anchor}");
    }
}

fn every_id_is_unique(page: &str) {
    let ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let mut unique = ids.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), ids.len());
    let named = page.split("aria-labelledby=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let pictures: Vec<&str> = named.flat_map(str::split_whitespace).collect();
    // Drawings of architectures have their names inside.
    let charts = page.matches("<svg").count() - page.matches("<svg class=\"architecture-drawing\"").count();
    assert_eq!(pictures.len(), 2 * charts);
    assert!(pictures.iter().all(|id| unique.contains(id)));
}

#[test]
fn what_is_missing_never_shows_as_a_broken_number() {
    let pages = [
        emptied(|_| {}),
        emptied(|report| report.probes.clear()),
        emptied(|report| report.pool.clear()),
        emptied(|report| report.embedding.clear()),
        emptied(|report| report.facts = None),
        emptied(|report| report.probes.iter_mut().for_each(|probe| probe.interval_90_ms = None)),
        emptied(|report| report.probes.truncate(1)),
        emptied(|report| report.references.iter_mut().for_each(|model| model.samples_ns.truncate(1))),
        emptied(|report| report.references.iter_mut().for_each(|model| model.samples_ns.clear())),
        emptied(|report| {
            report.references.clear();
            report.probes.clear();
            report.pool.clear();
            report.embedding.clear();
            report.facts = None;
        }),
        emptied(|report| report.seconds.measuring_references = 0.0),
    ];
    let absurd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN_POSITIVE, 0.0, -1.0];
    let absurd = absurd.map(|value| emptied(|report| spoil(report, value)));
    for (index, page) in pages.iter().chain(&absurd).enumerate() {
        // The one word of the page with these three letters.
        let page = page.replace("inference", "");
        assert!(!page.contains("NaN") && !page.contains("inf"), "page {index}");
        assert!(page.ends_with("</body></html>"));
    }
}

/// What becomes of a report whose campaign ended before there was a predictor.
fn without_predictor(state: CampaignState) -> Report {
    let mut report = made_up_report();
    report.progress.state = state;
    report.progress.ended = 7;
    report.references.truncate(4);
    report.unpredicted = report.probes.drain(..).map(|probe| probe.measured).take(3).collect();
    report.embedding.truncate(4);
    (report.predictor, report.scores, report.seconds.adapting) = (None, None, None);
    report.pool.clear();
    report
}

#[test]
fn a_campaign_in_any_state_says_so() {
    let mut incomplete = without_predictor(CampaignState::Incomplete);
    incomplete.progress.problem = Some("the reference set is incomplete, 6 of 10 were never measured: 3, 4".to_owned());
    incomplete.progress.unmeasured = vec![Unmeasured {
        role: TaskRole::Reference,
        architecture: "|x|".to_owned(),
        why: "crashed: signal 11".to_owned(),
    }];
    let reports = [
        without_predictor(CampaignState::Running),
        without_predictor(CampaignState::Cancelled),
        incomplete,
        Report {
            progress: crate::report::Progress { state: CampaignState::Running, ended: 12, ..made_up_report().progress },
            probes: Vec::new(),
            scores: None,
            ..made_up_report()
        },
    ];
    let openings = reports.map(|report| {
        let page = page(vec![report.clone()]);
        assert!(!page.contains("NaN") && page.contains("Not measured") != report.progress.unmeasured.is_empty());
        let notices = page
            .split("<p class=\"notice\" role=\"note\">")
            .skip(1)
            .map(|rest| text(rest.split("</p>").next().unwrap()));
        format!("{}\n{}", text(element(&page, "h1")), notices.map(|notice| format!("  {notice}\n")).collect::<String>())
    });
    insta::assert_snapshot!(openings.concat());
}

#[test]
fn several_targets_share_a_page() {
    let mut second = without_predictor(CampaignState::Complete);
    second.target.batch = 8;
    let page = page(vec![made_up_report(), second]);
    insta::assert_snapshot!(text(
        &element(&page, "header")
            .replace("</tr>", "\n")
            .replace("</td>", " | ")
            .replace("</th>", " | ")
            .replace("</p>", "\n")
            .replace("</h1>", "\n")
    ));
    assert_eq!(page.matches("<article").count(), 2);
}

/// Adds measurements, devices and scores that are all of this value.
fn spoil(report: &mut Report, value: f64) {
    let mut probe = report.probes[0].clone();
    probe.predicted_ms = value;
    probe.interval_90_ms = Some([value; 2]);
    probe.measured = made_up_model(7, 3.0);
    probe.measured.latency_ms = value;
    probe.measured.ci95_ms = [value; 2];
    report.references.push(probe.measured.clone());
    report.probes.push(probe);
    report.embedding.push(value);
    report.pool.push(PoolDevice { device: "made-up".to_owned(), correlation: value, relative_latency: value });
    report.scores = Some(Scores { spearman: value, mape: value, mean_error_ms: value, coverage_90: Some(value) });
    report.seconds = Seconds {
        measuring_references: value,
        measuring: value,
        adapting: Some(value),
        overhead_share: value,
        total: value,
        for_900_samples: value,
    };
}
