//! Exported files as our own reader sees them; what they compute is tried in two runtimes by
//! `predictor/check/export_check.py`.

use serde_json::json;
use tenshot_onnx_models::graph::{Element, Graph};
use tenshot_onnx_models::{ImportOptions, Space, read_graph_with};

use super::metadata;
use crate::help::{Help, Parts, Settings};
use crate::meta_training::TrainingSplit;
use crate::{Adapted, Certificate, Support, SupportMeasurement, Trained, bundled, synthetic};

/// A bundled predictor that knows a device which spends as much on every architecture.
fn adapted(space: Space) -> Adapted {
    let measurement = |(place, one)| SupportMeasurement::new(one, 10.0 + 0.1 * f64::from(place));
    let measurements = (0..).zip(space.sample(3, 10).unwrap()).map(measurement).collect();
    bundled(space).unwrap().adapt(&Support::new(measurements).unwrap()).unwrap()
}

/// Names and shapes of inputs and outputs, as our own reader infers them.
fn signature(bytes: &[u8], batch: usize) -> String {
    let graph: Graph = read_graph_with(bytes, &ImportOptions { batch, ..ImportOptions::default() }).unwrap();
    assert!(graph.unknown_operators().is_empty());
    assert!(graph.inputs().iter().all(|input| input.element == Element::Index));
    let inputs = graph.inputs().iter().map(|input| (&input.name, input.value));
    let outputs = graph.outputs().iter().map(|output| (&output.name, output.value));
    let lines = inputs.chain(outputs).map(|(name, value)| format!("{name} {:?}", graph.shape(value)));
    lines.collect::<Vec<_>>().join(", ")
}

#[test]
fn every_space_has_a_file_whose_batch_is_free() {
    for (&space, columns) in Space::ALL.iter().zip([6, 22, 46, 40]) {
        let bytes = adapted(space).to_onnx().unwrap();
        for batch in [1, 1000] {
            let expected = format!("architecture [{batch}, {columns}], mean_ms [{batch}], interval_ms [{batch}, 2]");
            assert_eq!(signature(&bytes, batch), expected, "{space}");
        }
        assert_eq!(adapted(space).to_onnx().unwrap(), bytes);
    }
}

#[test]
fn a_method_without_intervals_has_no_such_output() {
    let pool = synthetic::pool();
    let devices = pool.select(&synthetic::SOURCES.map(str::to_owned)).unwrap();
    let references = [3, 1, 4, 5].map(|place| pool.architectures()[place]);
    let split = TrainingSplit { pool: &pool, devices: &devices[..4], validation: &devices[4..] };
    let settings = Settings { episodes: 1, ..Settings::paper(Space::NasBench201, Parts::HELP, 0) };
    let trained = Trained::of_help(Help::train(split, &references, settings, &|_| ()).unwrap(), split);
    let bytes = trained.adapt(&synthetic::support(&references)).unwrap().to_onnx().unwrap();
    assert_eq!(signature(&bytes, 7), "architecture [7, 6], mean_ms [7]");
}

#[test]
fn a_file_says_what_it_is() {
    let adapted = adapted(Space::Hat);
    let sample = Space::Hat.sample(9, 3).unwrap();
    let certificate = Certificate::of(&adapted.predict(&sample).unwrap(), &[10.0; 3]).unwrap();
    let lines = |adapted: &Adapted| -> Vec<String> {
        metadata::of(adapted, true).iter().map(|(key, value)| format!("{key} {value}")).collect()
    };
    insta::assert_snapshot!(lines(&adapted).join("\n"), @r"
    tenshot.space hat
    tenshot.encoding 1
    tenshot.device none
    tenshot.facts none
    tenshot.method bayes
    tenshot.measurements 10
    tenshot.unit ms
    tenshot.interval 0.9
    tenshot.certificate none
    tenshot.version 0.1.0
    tenshot.trained_version 0.1.0
    ");
    let named = adapted.for_device("board", json!({"threads": 1})).with_certificate(certificate);
    let lines = lines(&named);
    assert!(lines.contains(&r#"tenshot.facts {"threads":1}"#.to_owned()), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with(r#"tenshot.certificate {"coverage_90":"#)), "{lines:?}");
    let bytes = named.to_onnx().unwrap();
    let key = b"tenshot.certificate";
    assert!(bytes.windows(key.len()).any(|window| window == key));
}
