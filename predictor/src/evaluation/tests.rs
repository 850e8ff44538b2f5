//! Evaluations on made-up devices.

use std::num::NonZeroUsize;

use super::{Evaluation, LeaveOut, ReferenceChoice, Report, run, run_leaving_out, run_pool_sizes};
use crate::help::{Part, Parts};
use crate::methods::MethodName;
use crate::synthetic;

fn settings(method: MethodName) -> Evaluation {
    Evaluation {
        train: synthetic::SOURCES.map(str::to_owned).to_vec(),
        test: vec!["target".to_owned()],
        repeats: 3,
        episodes: Some(60),
        ..Evaluation::new(method)
    }
}

fn evaluate_all(evaluation: &Evaluation) -> Vec<Report> {
    run(&synthetic::pool(), evaluation, &|_| {}).unwrap()
}

fn evaluate(evaluation: &Evaluation) -> Report {
    evaluate_all(evaluation).remove(0)
}

#[test]
fn bayes_is_better_than_what_it_is_compared_with() {
    let compared = [MethodName::Bayes, MethodName::Flops, MethodName::Nearest];
    let [bayes, flops, nearest] = compared.map(|method| evaluate(&settings(method)).mean);
    assert!(bayes.spearman.mean > 0.95, "{bayes:?}");
    assert!(bayes.mape.mean < flops.mape.mean && bayes.mape.mean < nearest.mape.mean);
    assert!(bayes.coverage_90.is_some() && flops.coverage_90.is_none() && nearest.width_90.is_none());
}

#[test]
fn help_is_trained_for_each_reference_set() {
    let validation = vec!["board".to_owned()];
    let train = synthetic::SOURCES[..5].iter().map(|name| (*name).to_owned()).collect();
    let evaluation = Evaluation { train, validation, repeats: 1, ..settings(MethodName::Help) };
    let scores = evaluate(&evaluation).mean;
    assert!(scores.spearman.mean > 0.7, "{scores:?}");
    let with_target = Evaluation { validation: vec!["target".to_owned()], ..evaluation };
    let refused = run(&synthetic::pool(), &with_target, &|_| {}).unwrap_err();
    insta::assert_snapshot!(refused, @"device `target` is both trained and tested on; leave it out of one");
}

#[test]
fn help_adapts_from_more_measurements_than_it_embeds() {
    let shots = |shots| Evaluation { shots: vec![shots], repeats: 1, episodes: Some(40), ..settings(MethodName::Help) };
    let [ten, more] = [10, 30].map(|count| evaluate(&shots(count)).mean.spearman.mean);
    assert!(more > 0.5 && more != ten, "{ten} {more}");
}

#[test]
fn help_draws_z_where_it_is_asked_to() {
    let draws = |z_samples| Evaluation { z_samples, repeats: 1, episodes: Some(5), ..settings(MethodName::Help) };
    let ten = NonZeroUsize::new(10);
    assert_eq!(evaluate(&draws(ten)), evaluate(&draws(ten)));
    assert_ne!(evaluate(&draws(ten)), evaluate(&draws(None)));
}

#[test]
fn a_target_with_architectures_of_its_own_has_references_of_its_own() {
    for method in [MethodName::Help, MethodName::Anp, MethodName::Scratch] {
        let settings = Evaluation { train: vec![], test: vec![], episodes: Some(100), repeats: 1, ..settings(method) };
        let report = run_leaving_out(&synthetic::hat_pool(), &settings, LeaveOut::Device, &|_| {}).unwrap().remove(0);
        assert_eq!(report.devices.len(), 4);
        assert!(report.mean.spearman.mean > 0.6, "{method}: {:?}", report.mean);
    }
}

#[test]
fn a_report_is_the_same_on_any_number_of_threads() {
    let evaluation = settings(MethodName::Bayes);
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(one_thread.install(|| evaluate(&evaluation)), evaluate(&evaluation));
}

#[test]
fn a_target_beyond_its_references_changes_nothing_but_the_scores() {
    // A target that is slower on queries alone: what is predicted must not follow.
    let pool = synthetic::pool();
    let mut devices = pool.devices().to_vec();
    let queries = pool.ranges().queries.clone();
    devices[6].latencies_ms[queries].iter_mut().for_each(|latency| *latency *= 2.0);
    let slower =
        crate::pool::Pool::new(pool.space(), pool.architectures().to_vec(), devices, pool.ranges().clone()).unwrap();
    let evaluation = settings(MethodName::Bayes);
    let (usual, slow) = (evaluate(&evaluation).mean, run(&slower, &evaluation, &|_| {}).unwrap()[0].mean);
    assert!((usual.spearman.mean - slow.spearman.mean).abs() < 1e-12);
    assert!((usual.width_90.unwrap().mean / slow.width_90.unwrap().mean - 2.0).abs() < 0.05);
}

#[test]
fn paper_references_are_one_set_and_designed_ones_several() {
    let paper = evaluate(&Evaluation { references: ReferenceChoice::Paper, ..settings(MethodName::Nearest) });
    assert_eq!((paper.repeats, paper.mean.spearman.sd), (1, 0.0));
    let designed = evaluate(&Evaluation { references: ReferenceChoice::Designed, ..settings(MethodName::Nearest) });
    assert_eq!(designed.repeats, 3);
}

#[test]
fn a_method_is_tested_with_several_shots_as_with_each_alone() {
    for method in [MethodName::Nearest, MethodName::Help] {
        let evaluation = Evaluation { shots: vec![20, 5, 10], repeats: 1, episodes: Some(10), ..settings(method) };
        let together = evaluate_all(&evaluation);
        assert_eq!(together.iter().map(|report| report.shots).collect::<Vec<_>>(), [20, 5, 10]);
        let alone = |shots| evaluate(&Evaluation { shots: vec![shots], ..evaluation.clone() });
        assert_eq!(together, [alone(20), alone(5), alone(10)]);
    }
}

#[test]
fn the_papers_set_is_repeated_over_seeds_by_methods_that_have_some() {
    let of =
        |method| evaluate(&Evaluation { references: ReferenceChoice::Paper, episodes: Some(10), ..settings(method) });
    for method in [MethodName::Scratch, MethodName::MetaSgd] {
        let report = of(method);
        assert!(report.repeats == 3 && report.mean.spearman.sd > 0.0, "{report:?}");
    }
}

#[test]
fn parts_of_help_can_be_left_out() {
    let of = |method, parts| evaluate(&Evaluation { parts, repeats: 1, episodes: Some(10), ..settings(method) });
    let without = of(MethodName::Help, Some(Parts::HELP.without(Part::Device).without(Part::Modulator)));
    assert_eq!(without.devices, of(MethodName::MetaSgd, None).devices);
    assert_ne!(without.devices, of(MethodName::Help, None).devices);
    assert_eq!(without.parts, Some(Parts::META_SGD));
}

#[test]
fn predictions_are_kept_where_they_are_asked_for() {
    let evaluation = Evaluation { keep_predictions: true, queries: Some(60..70), ..settings(MethodName::Bayes) };
    let report = evaluate(&evaluation);
    let predictions = &report.devices[0].predictions;
    let pool = synthetic::pool();
    assert!(predictions.iter().map(|one| &one.architecture).eq(&pool.architectures()[60..70]));
    let measured = pool.device("target").unwrap().latencies_ms[60..70].iter();
    assert!(predictions.iter().map(|one| &one.measured_ms).eq(measured));
    assert!(predictions.iter().all(|one| one.predicted.interval_ms.is_some()));
    assert_eq!(serde_json::from_value::<Report>(serde_json::to_value(&report).unwrap()).unwrap(), report);
}

#[test]
fn a_pool_of_all_devices_is_the_pool() {
    let evaluation = Evaluation { references: ReferenceChoice::Paper, ..settings(MethodName::Nearest) };
    let sizes = |sizes: &[usize]| run_pool_sizes(&synthetic::pool(), &evaluation, sizes, 3, &|_| {});
    let reports = sizes(&[1, 6]).unwrap();
    let counts: Vec<_> = reports.iter().map(|report| (report.pool_size, report.repeats)).collect();
    assert_eq!(counts, [(Some(1), 3), (Some(6), 1)]);
    assert_eq!(reports[1].devices, evaluate(&evaluation).devices);
    assert!(reports[0].mean.spearman.mean < reports[1].mean.spearman.mean);
    insta::assert_snapshot!(sizes(&[2, 7]).unwrap_err(), @"a pool of 7 devices cannot be drawn from the 6 to train on; ask for 1 to 6");
}

#[test]
fn bayes_can_be_trained_on_one_device() {
    let reports = run_pool_sizes(&synthetic::pool(), &settings(MethodName::Bayes), &[1], 1, &|_| {}).unwrap();
    assert!(reports[0].mean.spearman.mean > 0.7, "{reports:?}");
}

#[test]
fn what_is_left_out_together_is_a_group() {
    let groups = |kind: LeaveOut| {
        let groups = kind.groups(&synthetic::pool());
        groups.iter().map(|group| group.join("+")).collect::<Vec<_>>().join(" ")
    };
    insta::assert_snapshot!(groups(LeaveOut::Device), @"gpu_1 gpu_32 server_a server_b phone board target");
    insta::assert_snapshot!(groups(LeaveOut::Model), @"gpu_1+gpu_32 server_a server_b phone board target");
    insta::assert_snapshot!(groups(LeaveOut::Platform), @"gpu_1+gpu_32 server_a+server_b phone board target");
}

#[test]
fn every_device_is_a_target_that_nothing_like_it_was_trained_for() {
    let settings = Evaluation { train: Vec::new(), test: Vec::new(), ..settings(MethodName::Nearest) };
    let leaving = |kind| run_leaving_out(&synthetic::pool(), &settings, kind, &|_| {}).unwrap().remove(0);
    let (device, platform) = (leaving(LeaveOut::Device), leaving(LeaveOut::Platform));
    assert_eq!((platform.devices.len(), platform.leave_out), (7, Some(LeaveOut::Platform)));
    let gpu = |report: &Report| report.devices[0].scores.mape.mean;
    assert!(gpu(&device) < gpu(&platform), "another batch size of the same GPU helps");
    // The same as a run of its own on that group.
    let train = ["server_a", "server_b", "phone", "board", "target"].map(str::to_owned).to_vec();
    let alone = Evaluation { train, test: vec!["gpu_1".to_owned(), "gpu_32".to_owned()], ..settings };
    assert_eq!(evaluate(&alone).devices, platform.devices[..2]);
}

#[test]
fn the_report_has_the_fields_that_scripts_rely_on() {
    let report = serde_json::to_value(evaluate(&settings(MethodName::Flops))).unwrap();
    let keys = |value: &serde_json::Value| {
        let mut keys: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
        keys.sort();
        keys.join(" ")
    };
    insta::assert_snapshot!(keys(&report), @"devices mean method queries references repeats seed shots space train");
    insta::assert_snapshot!(keys(&report["devices"][0]), @"coverage_90 device kendall mape mape_all spearman width_90 within_10 within_5");
    insta::assert_snapshot!(keys(&report["mean"]["spearman"]), @"mean sd");
    assert_eq!(report["references"], "random");
}

#[test]
fn settings_that_the_pool_cannot_serve_are_refused() {
    let refused = |change: &dyn Fn(&mut Evaluation)| {
        let mut evaluation = settings(MethodName::Bayes);
        change(&mut evaluation);
        run(&synthetic::pool(), &evaluation, &|_| {}).unwrap_err().to_string()
    };
    insta::assert_snapshot!(refused(&|one| one.shots = vec![10, 2]), @"2 shots are too few; a predictor adapts from 3 or more");
    insta::assert_snapshot!(refused(&|one| one.shots = vec![61]), @"61 shots are more than the pool's 60 training architectures to draw from");
    insta::assert_snapshot!(refused(&|one| one.shots = vec![]), @"an evaluation needs a number of shots");
    insta::assert_snapshot!(refused(&|one| one.queries = Some(60..121)), @"queries reach to architecture 121, but the pool has 120");
    insta::assert_snapshot!(refused(&|one| one.queries = Some(50..70)), @"queries 50 to 69 are among the architectures that are trained on, 0 to 59; ask for others");
    insta::assert_snapshot!(refused(&|one| one.queries = Some(70..70)), @"there are no query architectures to predict beyond the references; ask for some");
    insta::assert_snapshot!(refused(&|one| one.parts = Some(Parts::HELP)), @"only help has parts to leave out, not bayes");
    insta::assert_snapshot!(refused(&|one| one.repeats = 0), @"an evaluation needs one repeat or more");
    insta::assert_snapshot!(refused(&|one| one.test = vec!["tarqet".to_owned()]), @"unknown device `tarqet`, did you mean `target`?; the pool has gpu_1, gpu_32, server_a, server_b, phone, board, target");
    insta::assert_snapshot!(refused(&|one| one.test = vec!["phone".to_owned()]), @"device `phone` is both trained and tested on; leave it out of one");
    insta::assert_snapshot!(refused(&|one| one.validation = vec!["phone".to_owned()]), @"device `phone` is both trained and validated on; leave it out of one");
    insta::assert_snapshot!(refused(&|one| one.train = vec![]), @"there is no device to train on");
    insta::assert_snapshot!(refused(&|one| (one.references, one.shots) = (ReferenceChoice::Paper, vec![5])), @"the paper's reference set has 10 architectures; ask for 10 shots, not 5");
}
