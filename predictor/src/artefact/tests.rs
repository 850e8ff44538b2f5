//! Predictor files: what is written is read back, and what is broken is refused.

use serde_json::json;
use tenshot_onnx_models::{Architecture, Space};

use crate::artefact::ArtefactError;
use crate::baselines::{Anp, AnpSettings};
use crate::help::{Help, Part, Parts, Settings, usual_references};
use crate::meta_training::TrainingSplit;
use crate::methods::MethodName;
use crate::metrics::spearman;
use crate::synthetic;
use crate::{Adapted, Certificate, Support, SupportMeasurement, Trained, design};

fn chain(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", chain(cause)),
        None => error.to_string(),
    }
}

#[test]
fn a_trained_predictor_comes_back_and_its_bytes_stay_the_same() {
    let trained = synthetic::trained();
    let bytes = trained.to_bytes().unwrap();
    let again = Trained::from_bytes(&bytes).unwrap();
    assert_eq!(again.header(), trained.header());
    assert_eq!(again.to_bytes().unwrap(), bytes);
    let architectures = Space::NasBench201.sample(1, 20).unwrap();
    let support = synthetic::support(&architectures[..10]);
    let predict = |trained: &Trained| trained.adapt(&support).unwrap().predict(&architectures).unwrap();
    assert_eq!(predict(&again), predict(&trained));
}

/// `help`, barely trained.
fn trained_help(parts: Parts) -> Trained {
    let pool = synthetic::pool();
    let devices = pool.select(&synthetic::SOURCES.map(str::to_owned)).unwrap();
    let references = [3, 1, 4, 5].map(|place| pool.architectures()[place]);
    let split = TrainingSplit { pool: &pool, devices: &devices[..4], validation: &devices[4..] };
    let settings = Settings { episodes: 3, ..Settings::paper(Space::NasBench201, parts, 0) };
    Trained::of_help(Help::train(split, &references, settings, &|_| ()).unwrap(), split)
}

#[test]
fn help_comes_back_and_adapts_from_its_own_references() {
    let (pool, trained) = (synthetic::pool(), trained_help(Parts::HELP));
    let bytes = trained.to_bytes().unwrap();
    let again = Trained::from_bytes(&bytes).unwrap();
    assert_eq!((again.header(), again.method().name()), (trained.header(), MethodName::Help));
    assert_eq!(again.to_bytes().unwrap(), bytes);
    let references = [3, 1, 4, 5].map(|place| pool.architectures()[place]);
    assert_eq!(design(&again, 4, 0), references);
    let adapted = again.adapt(&synthetic::support(&references)).unwrap();
    let all = &pool.architectures()[..20];
    let predicted = adapted.means_ms(all).unwrap();
    assert_eq!(Adapted::from_bytes(&adapted.to_bytes().unwrap()).unwrap().means_ms(all).unwrap(), predicted);
    // More measurements adapt as well, in any order; without a reference there is no embedding.
    let mut more = all.to_vec();
    more.reverse();
    assert_ne!(again.adapt(&synthetic::support(&more)).unwrap().means_ms(all).unwrap(), predicted);
    let refused = again.adapt(&synthetic::support(&references[..3])).unwrap_err();
    insta::assert_snapshot!(refused, @"1 of the 4 references that the predictor was trained for were not measured, the first is |none~0|+|avg_pool_3x3~0|nor_conv_1x1~1|+|avg_pool_3x3~0|none~1|none~2|; measure them too, or train for the references that were measured");
}

#[test]
fn help_taken_up_from_a_checkpoint_has_the_same_file_on_any_number_of_threads() {
    let pool = synthetic::pool();
    let devices = pool.select(&synthetic::SOURCES.map(str::to_owned)).unwrap();
    let references = usual_references(&pool);
    let split = TrainingSplit { pool: &pool, devices: &devices[..4], validation: &devices[4..] };
    let paper = Settings::paper(Space::NasBench201, Parts::HELP, 0);
    let settings = Settings { episodes: 5, queries: 20, validate_every: 2, ..paper };
    // The trained, and the checkpoints on the way.
    let train = |checkpoint: Option<&[u8]>, threads: usize| {
        let threads = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        threads.install(|| {
            let mut checkpoints = Vec::new();
            let help = Help::train_from(checkpoint, split, &references, settings, &mut |_, checkpoint| {
                checkpoints.push(checkpoint()?);
                Ok(())
            });
            (Trained::of_help(help.unwrap(), split), checkpoints)
        })
    };
    let (unbroken, checkpoints) = train(None, 3);
    let (taken_up, later) = train(Some(&checkpoints[0]), 1);
    assert_eq!((checkpoints.len(), later.len()), (3, 2));
    assert_eq!(taken_up.to_bytes().unwrap(), unbroken.to_bytes().unwrap());
    assert_eq!(taken_up.header().help.as_ref().map(|help| help.curve.len()), Some(3), "the curve is whole");
}

/// `anp`, barely trained.
fn trained_anp() -> Trained {
    let pool = synthetic::pool();
    let devices = pool.select(&synthetic::SOURCES.map(str::to_owned)).unwrap();
    let settings = AnpSettings { episodes: 3, queries: 20, ..AnpSettings::new(Space::NasBench201, 5, 0) };
    let split = TrainingSplit { pool: &pool, devices: &devices[..4], validation: &devices[4..] };
    Trained::of_anp(Anp::train(split, settings, &|_| ()).unwrap(), split)
}

#[test]
fn anp_comes_back_and_adapts_from_any_measurements() {
    let (pool, trained) = (synthetic::pool(), trained_anp());
    let bytes = trained.to_bytes().unwrap();
    let again = Trained::from_bytes(&bytes).unwrap();
    assert_eq!((again.header(), again.method().name()), (trained.header(), MethodName::Anp));
    assert_eq!(again.header().anp.as_ref().map(|anp| anp.curve.len()), Some(1));
    assert_eq!(again.to_bytes().unwrap(), bytes);
    let all = &pool.architectures()[..20];
    let adapted = again.adapt(&synthetic::support(&design(&again, 7, 1))).unwrap();
    let predicted = adapted.means_ms(all).unwrap();
    assert!(predicted.iter().all(|latency| *latency > 0.0));
    assert_eq!(Adapted::from_bytes(&adapted.to_bytes().unwrap()).unwrap().means_ms(all).unwrap(), predicted);
}

/// `help` for Transformers, trained enough to tell them apart.
fn trained_hat(parts: Parts) -> Trained {
    let pool = synthetic::hat_pool();
    let devices: Vec<_> = pool.devices().iter().collect();
    let split = TrainingSplit { pool: &pool, devices: &devices[..3], validation: &[] };
    let settings = Settings { episodes: 100, ..Settings::paper(Space::Hat, parts, 0) };
    Trained::of_help(Help::train(split, &usual_references(&pool), settings, &|_| ()).unwrap(), split)
}

/// Measurements of a made-up device of which `help` for Transformers has its references.
fn hat_support() -> Support {
    let references = usual_references(&synthetic::hat_pool());
    let measured = |one: &Architecture| SupportMeasurement::new(*one, synthetic::hat_ms(3, one));
    Support::new(references.iter().map(measured).collect()).unwrap()
}

#[test]
fn help_for_transformers_adapts_from_any_that_are_its_references() {
    let references = usual_references(&synthetic::hat_pool());
    let trained = trained_hat(Parts::HELP);
    let again = Trained::from_bytes(&trained.to_bytes().unwrap()).unwrap();
    assert_eq!(again.header().help.as_ref().map(|help| &help.references), Some(&references));
    let latencies_ms = |of: &[Architecture]| -> Vec<f64> { of.iter().map(|one| synthetic::hat_ms(3, one)).collect() };
    let adapted = again.adapt(&hat_support()).unwrap();
    let unseen = Space::Hat.sample(50, 100).unwrap();
    let correlation = spearman(&adapted.means_ms(&unseen).unwrap(), &latencies_ms(&unseen));
    assert!(correlation > 0.8, "{correlation}");
}

#[test]
fn the_parts_of_help_that_are_on_are_kept_in_its_file() {
    let pool = synthetic::pool();
    let all = &pool.architectures()[..20];
    for part in Part::ALL {
        let parts = Parts::HELP.without(part);
        let trained = trained_help(parts);
        let again = Trained::from_bytes(&trained.to_bytes().unwrap()).unwrap();
        assert_eq!(again.header().help.as_ref().map(|help| help.training.parts), Some(parts));
        let predict = |trained: &Trained| trained.adapt(&synthetic::support(all)).unwrap().means_ms(all).unwrap();
        assert_eq!(predict(&again), predict(&trained), "{part}");
    }
}

#[test]
fn training_again_on_one_thread_gives_the_same_bytes() {
    let pool = synthetic::pool();
    let devices = pool.select(&synthetic::SOURCES.map(str::to_owned)).unwrap();
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let again = one_thread.install(|| Trained::train(&pool, &devices, 0)).unwrap();
    assert_eq!(again.to_bytes().unwrap(), synthetic::trained().to_bytes().unwrap());
}

#[test]
fn an_adapted_predictor_is_whole_in_its_file() {
    let architectures = Space::NasBench201.sample(1, 20).unwrap();
    let adapted = synthetic::trained().adapt(&synthetic::support(&architectures[..10])).unwrap();
    let predictions = adapted.predict(&architectures).unwrap();
    let certificate = Certificate::of(&predictions, &synthetic::target_ms(&architectures)).unwrap();
    let adapted = adapted.for_device("board", json!({"threads": 1})).with_certificate(certificate);
    let bytes = adapted.to_bytes().unwrap();
    let again = Adapted::from_bytes(&bytes).unwrap();
    assert_eq!(again.header(), adapted.header());
    assert_eq!(again.header().facts["threads"], 1);
    assert_eq!(again.predict(&architectures).unwrap(), predictions);
    assert_eq!(again.to_bytes().unwrap(), bytes);
}

#[test]
fn files_of_the_wrong_kind_are_refused() {
    let trained = synthetic::trained();
    let architectures = Space::NasBench201.sample(1, 3).unwrap();
    let adapted = trained.adapt(&synthetic::support(&architectures)).unwrap();
    let refused = Adapted::from_bytes(&trained.to_bytes().unwrap()).unwrap_err();
    insta::assert_snapshot!(refused, @"a trained predictor that knows no device yet; adapt it with `tenshot adapt`");
    let refused = Trained::from_bytes(&adapted.to_bytes().unwrap()).unwrap_err();
    insta::assert_snapshot!(refused, @"a predictor that is adapted to a device already; give a trained one");
    insta::assert_snapshot!(chain(&Trained::read(std::path::Path::new("nowhere")).unwrap_err()), @"nowhere could not be read: No such file or directory (os error 2)");
}

#[test]
fn truncated_newer_and_foreign_files_are_refused() {
    let bytes = synthetic::trained().to_bytes().unwrap();
    let refused = |bytes: &[u8]| -> ArtefactError { Trained::from_bytes(bytes).unwrap_err() };
    insta::assert_snapshot!(refused(&bytes[..bytes.len() - 9]), @"not a whole predictor file (incomplete metadata, file not fully covered); fetch or train it again");
    insta::assert_snapshot!(refused(&bytes[..100]), @"not a whole predictor file (invalid header length); fetch or train it again");
    insta::assert_snapshot!(refused(b""), @"not a whole predictor file (header too small); fetch or train it again");
    // Replacements of one length keep the file's own offsets right.
    let edited = |from: &str, to: &str| {
        assert_eq!(from.len(), to.len());
        let place = bytes.windows(from.len()).position(|window| window == from.as_bytes()).unwrap();
        let mut edited = bytes.clone();
        edited[place..place + to.len()].copy_from_slice(to.as_bytes());
        refused(&edited)
    };
    insta::assert_snapshot!(edited(r#"format_version\":1"#, r#"format_version\":9"#), @"predictor file of format version 9, newer than 2, the newest that this program reads; update the program");
    insta::assert_snapshot!(edited("nasbench201", "nasbench999"), @"a predictor of space or method `nasbench999`, which this program does not know; update the program");
    insta::assert_snapshot!(edited(r#"method\":\"bayes"#, r#"method\":\"guess"#), @"a predictor of space or method `guess`, which this program does not know; update the program");
    insta::assert_snapshot!(edited("template_weights", "template_wrights"), @"not a whole predictor file (tensor `template_weights` not found); fetch or train it again");
}

/// Everything that a file must hold comes back without the code that adapts.
fn assert_whole(adapted: &Adapted, architectures: &[Architecture]) {
    let bytes = adapted.to_bytes().unwrap();
    let again = Adapted::from_bytes(&bytes).unwrap();
    assert_eq!(again.predict(architectures).unwrap(), adapted.predict(architectures).unwrap());
    assert_eq!(again.to_bytes().unwrap(), bytes);
    // Other measurements in the header, of one length: predictions come from the posterior alone.
    let latency = format!("latency_ms\\\":{}", json!(adapted.support().latencies_ms()[0]));
    let other: String = latency.chars().map(|digit| if ('1'..='8').contains(&digit) { '9' } else { digit }).collect();
    let place = bytes.windows(latency.len()).position(|window| window == latency.as_bytes()).unwrap();
    let mut edited = bytes;
    edited[place..place + other.len()].copy_from_slice(other.as_bytes());
    let edited = Adapted::from_bytes(&edited).unwrap();
    assert_ne!(edited.support(), adapted.support());
    assert_eq!(edited.predict(architectures).unwrap(), adapted.predict(architectures).unwrap());
}

#[test]
fn predictions_of_every_method_come_from_the_stored_posterior_alone() {
    let pool = synthetic::pool();
    let all = &pool.architectures()[..20];
    assert_whole(&synthetic::trained().adapt(&synthetic::support(all)).unwrap(), all);
    for parts in [Parts::HELP, Parts::META_SGD, Parts::MAML] {
        assert_whole(&trained_help(parts).adapt(&synthetic::support(all)).unwrap(), all);
    }
    assert_whole(&Trained::layerwise(Space::NasBench201).adapt(&synthetic::support(all)).unwrap(), all);
    let devices = pool.select(&synthetic::SOURCES.map(str::to_owned)).unwrap();
    let settings = AnpSettings { episodes: 3, queries: 20, ..AnpSettings::new(Space::NasBench201, 5, 0) };
    let split = TrainingSplit { pool: &pool, devices: &devices[..4], validation: &devices[4..] };
    let trained = Trained::of_anp(Anp::train(split, settings, &|_| ()).unwrap(), split);
    assert_whole(&trained.adapt(&synthetic::support(all)).unwrap(), all);
}

#[test]
fn layerwise_is_kept_in_files_of_every_space_and_exported() {
    for &space in Space::ALL {
        let trained = Trained::from_bytes(&Trained::layerwise(space).to_bytes().unwrap()).unwrap();
        let architectures = design(&trained, 12, 0);
        let measurement = |(place, one): (usize, &Architecture)| SupportMeasurement::new(*one, 3.25 + place as f64);
        let support = architectures.iter().enumerate().map(measurement).collect();
        let adapted = trained.adapt(&Support::new(support).unwrap()).unwrap();
        assert_whole(&adapted, &space.sample(3, 10).unwrap());
        adapted.to_onnx().unwrap();
    }
}

#[test]
fn a_method_that_is_in_no_file_is_named() {
    let refused = super::methods::kind_of(MethodName::Scratch).unwrap_err();
    insta::assert_snapshot!(refused, @"scratch is not kept in files; bayes, help, meta-sgd, maml, anp, layerwise are");
}

/// Mean and both ends of the interval that format 1's own code gave.
const GOLDEN_MS: [[f64; 3]; 5] = [
    [59.97049016972398, 59.25823134662634, 148.6916959251776],
    [40.123643760980656, 39.36226639045624, 128.84484952025093],
    [35.88892092202078, 35.109018411815875, 124.61012668334342],
    [121.63171599583823, 120.78822347939128, 210.35292176528628],
    [99.58391814041124, 98.77427528923056, 188.30512390510586],
];

#[test]
fn files_of_every_format_say_what_they_said_when_they_were_written() {
    let asked = Space::Hat.sample(71, GOLDEN_MS.len()).unwrap();
    let formats: [(u32, &[u8]); 2] = [
        (1, include_bytes!("golden/bayes.format1.safetensors")),
        (2, include_bytes!("golden/bayes.format2.safetensors")),
    ];
    for (format, bytes) in formats {
        let adapted = Adapted::from_bytes(bytes).unwrap();
        for (prediction, [mean_ms, low, high]) in adapted.predict(&asked).unwrap().iter().zip(GOLDEN_MS) {
            let interval = prediction.interval_ms.unwrap();
            for (found, expected) in [(prediction.mean_ms, mean_ms), (interval.low, low), (interval.high, high)] {
                assert!((found - expected).abs() <= 1e-9 * expected, "format {format}: {found} {expected}");
            }
        }
        assert_eq!(adapted.header().device.as_deref(), Some("board"));
    }
}

/// Files of methods beside `bayes` that earlier code wrote, with what it predicted from them. A format that has been handed
/// out is never written anew; `TENSHOT_WRITE_GOLDEN=1` writes the files that are missing.
#[test]
fn files_of_every_method_say_what_they_said_when_they_were_written() {
    let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/artefact/golden"));
    let asked = Space::Hat.sample(71, 5).unwrap();
    for method in ["layerwise", "maml"] {
        let file = folder.join(format!("{method}.format{}.safetensors", super::FORMAT_VERSION));
        let said = file.with_extension("json");
        if std::env::var_os("TENSHOT_WRITE_GOLDEN").is_some() && !file.exists() {
            let trained = match method {
                "layerwise" => Trained::layerwise(Space::Hat),
                _ => trained_hat(Parts::of(MethodName::Maml)),
            };
            let adapted = trained.adapt(&hat_support()).unwrap();
            std::fs::write(&said, serde_json::to_vec(&adapted.means_ms(&asked).unwrap()).unwrap()).unwrap();
            std::fs::write(&file, adapted.to_bytes().unwrap()).unwrap();
        }
        let expected: Vec<f64> = serde_json::from_slice(&std::fs::read(&said).unwrap()).unwrap();
        let found = Adapted::read(&file).unwrap().means_ms(&asked).unwrap();
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            assert!((found - expected).abs() <= 1e-6 * expected, "{method}: {found} {expected}");
        }
    }
}
