//! The page of a training as a whole.

use tenshot_onnx_models::{ReferenceSet, Space};
use tenshot_predictor::Certificate;
use tenshot_predictor::artefact::{BayesSettings, TrainedHeader};
use tenshot_predictor::bayes::SourceScore;
use tenshot_predictor::help::{HelpSettings, Parts, Settings};
use tenshot_predictor::meta_training::Validation;
use tenshot_predictor::methods::MethodName;
use tenshot_predictor::pool::Platform;
use tenshot_predictor::sources::SourceFacts;

use crate::report::html::tests::{element, text};
use crate::report::{DeviceScore, TrainingReport};

fn source(name: &str, platform: Platform) -> SourceFacts {
    let (name, model) = (name.to_owned(), name.to_owned());
    SourceFacts { name, model, platform, mean_ms: 12.5, latencies_sha256: String::new() }
}

fn report(method: MethodName) -> TrainingReport {
    let header = TrainedHeader {
        space: Space::NasBench201,
        method,
        pool: vec![source("made-up", Platform::Phone), source("other", Platform::Other("other".to_owned()))],
        training_architectures: 900,
        seed: 7,
        code_version: "0.1.0".to_owned(),
        training_seconds: None,
        source_scores: Vec::new(),
        bayes: None,
        help: None,
        anp: None,
    };
    TrainingReport {
        header,
        source: "a table".to_owned(),
        validation: Vec::new(),
        seconds: 75.0,
        created_at_unix_ms: 0,
    }
}

fn help() -> TrainingReport {
    let validation = |(episode, spearman): (u32, f64)| Validation {
        episode,
        error: 1.0 / episode as f32,
        divergence: 0.0,
        spearman: Some(spearman),
    };
    let mut report = report(MethodName::Help);
    report.header.help = Some(HelpSettings {
        training: Settings::paper(Space::NasBench201, Parts::HELP, 7),
        references: ReferenceSet::paper(Space::NasBench201).unwrap().architectures,
        mean_embedding: vec![0.5; 10],
        validation: vec!["new".to_owned()],
        z_samples: None,
        curve: [(50, 0.8), (100, 0.9), (150, 0.9), (200, 0.85)].map(validation).into(),
    });
    let certificate =
        Certificate { probes: 1_000, mean_error_ms: 0.5, mape: 0.08, spearman: 0.9, coverage_90: None, width_90: None };
    report.validation = vec![DeviceScore { device: "new".to_owned(), certificate }];
    report
}

fn bayes() -> TrainingReport {
    let mut report = report(MethodName::Bayes);
    report.header.bayes = Some(BayesSettings { interval_factor: 1.25, simulated_variance: 3.0 });
    report.header.source_scores = vec![SourceScore { device: "other".to_owned(), spearman: 0.97 }];
    report
}

#[test]
fn the_headline_says_what_was_learned() {
    let headline = |report: TrainingReport| text(element(&report.to_html(), "h1"));
    insta::assert_snapshot!(headline(help()), @"help learned the space nasbench201 from 2 devices, 900 architectures each, in 75.0 s: mean Spearman 0.900 on 1 validation device at its best, episode 100 of 2000.");
    insta::assert_snapshot!(headline(bayes()), @"bayes learned the space nasbench201 from 2 devices, 900 architectures each, in 75.0 s: mean Spearman 0.970 when each of them was treated as new.");
}

#[test]
fn the_best_episode_is_marked_in_both_pictures() {
    let page = help().to_html();
    assert_eq!(page.matches("best: episode 100<").count(), 2, "the first of those that are equally good");
    assert_eq!(page.matches("class=\"line\"").count(), 2);
}

#[test]
fn tables_tell_devices_settings_and_calibration() {
    let rows = |report: TrainingReport| {
        let page = report.to_html();
        let tables = page
            .split_once("<table")
            .unwrap()
            .1
            .replace("</td><", "</td> | <")
            .replace("</th><", "</th> | <")
            .replace(" | </tr>", "</tr>");
        text(&format!("<table{}", tables.replace("</tr>", "\n").replace("</h2>", "\n").replace("</caption>", "\n")))
    };
    insta::assert_snapshot!(rows(help()), @"
        Device | Spearman | MAPE | Mean error, ms | Architectures
        new | 0.900 | 8.0% | 0.500 | 1000
        Devices that were learned from
        Device | Model | Platform | Mean latency, ms
        made-up | made-up | phone | 12.5
        other | other | other | 12.5
        How it was trained
        Training
        Method | help
        Search space | nasbench201
        Latencies | a table
        Devices | 2
        Architectures of each | 900
        Seed | 7
        Time | 75.0 s
        Version | 0.1.0
        Episodes
        Episodes | 2000, 8 devices each
        Queries of a device | 200 at most
        References | 10
        Steps to the support | 2
        Device condition | yes
        Modulation by z | yes
        Rates | learned
        Adam’s rate | 0.0001
        First rate of the steps | 0.001
        Weight of z’s divergence | 0.1
        Validated every | 50 episodes
        Validation devices | new
        ");
    insta::assert_snapshot!(rows(bayes()), @"
        Device | Model | Platform | Mean latency, ms | Spearman, treated as new
        made-up | made-up | phone | 12.5 | –
        other | other | other | 12.5 | 0.970
        How it was trained
        Training
        Method | bayes
        Search space | nasbench201
        Latencies | a table
        Devices | 2
        Architectures of each | 900
        Seed | 7
        Time | 75.0 s
        Version | 0.1.0
        Intervals
        Widened by the factor | 1.250, so that 90% intervals cover 90% on the devices above, each treated as new
        ");
}

#[test]
fn without_validation_the_page_says_what_was_kept() {
    let mut report = help();
    report.validation.clear();
    report.header.help.iter_mut().flat_map(|help| &mut help.curve).for_each(|one| one.spearman = None);
    let page = report.to_html();
    assert!(page.contains("the last parameters are the predictor") && !page.contains("best:"));
    assert!(!page.contains("NaN"));
}

#[test]
fn hostile_names_are_escaped() {
    let mut report = help();
    report.source = "<script>".to_owned();
    report.header.pool[0].name = "<script>".to_owned();
    report.validation[0].device = "<script>".to_owned();
    let page = report.to_html();
    assert_eq!((page.matches("&lt;script&gt;").count(), page.matches("<script").count()), (3, 0));
}
