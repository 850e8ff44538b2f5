//! The official implementation's numbers for the authors' own checkpoints.

use std::path::{Path, PathBuf};

use safetensors::tensor::SafeTensors;
use serde::Deserialize;
use serde_json::Value;

use super::super::ablation::Parts;
use super::super::model::{Device, Labelled, LossWeights, Model, Parameters, Task};
use super::super::named_parameters::parameters_of;
use super::super::network::Network;
use crate::network::{Dense, Encoded, EncoderKind, Matrix, ParameterSlice, Sizes, Topology};

#[derive(Deserialize)]
struct Golden {
    hw_embed: Vec<f32>,
    x_support: Value,
    y_support: Vec<f32>,
    x_query: Value,
    z_weight: Vec<f32>,
    z_bias: Vec<f32>,
    kl: f32,
    pred_before_steps: Vec<f32>,
    pred_after_2_steps: Vec<f32>,
    adapted_l2: serde_json::Map<String, Value>,
    meta: GoldenMeta,
}

#[derive(Deserialize)]
struct GoldenMeta {
    mse: f32,
    loss_value: f32,
    tasks: Vec<GoldenTask>,
    grad_l2: serde_json::Map<String, Value>,
    grad_head: serde_json::Map<String, Value>,
}

#[derive(Deserialize)]
struct GoldenTask {
    hw_embed: Vec<f32>,
    x_support: Value,
    y_support: Vec<f32>,
    x_query: Value,
    y_query: Vec<f32>,
    kl: f32,
}

const DIVERGENCE_WEIGHT: f32 = 0.1;

/// The folder of golden files; `None`, with a printed line, where `TENSHOT_SHARED` is not set.
fn golden_folder() -> Option<PathBuf> {
    let folder = std::env::var_os("TENSHOT_SHARED").map(|shared| Path::new(&shared).join("golden"));
    if folder.is_none() {
        println!("skipped: TENSHOT_SHARED is not set");
    }
    folder
}

fn numbers(value: &Value) -> Vec<f32> {
    match value {
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        other => vec![other.as_f64().unwrap() as f32],
    }
}

/// Rows of features, or for graphs a pair: features and adjacency of each node.
fn encoded(value: &Value, encoder: EncoderKind) -> Encoded {
    let columns = |value: &Value| value[0].as_array().unwrap().len();
    match encoder {
        EncoderKind::Flat => Encoded::flat(Matrix::from_values(columns(value), numbers(value)).unwrap()),
        EncoderKind::Graph => graphs(&value[0], &value[1]),
    }
}

fn graphs(features: &Value, adjacency: &Value) -> Encoded {
    let (features, adjacency) = (features.as_array().unwrap(), adjacency.as_array().unwrap());
    assert!(adjacency.iter().all(|one| *one == adjacency[0]));
    let positions = |row: &Value| -> Vec<usize> {
        let row = numbers(row);
        (0..row.len()).filter(|&place| row[place] == 1.0).collect()
    };
    let incoming: Vec<Vec<usize>> = adjacency[0].as_array().unwrap().iter().map(positions).collect();
    let incoming: Vec<&[usize]> = incoming.iter().map(Vec::as_slice).collect();
    let one_hots = (0..64).map(|place| if place % 9 == 0 { 1.0 } else { 0.0 }).collect();
    let kinds_of =
        |graph: &Value| -> Vec<usize> { graph.as_array().unwrap().iter().map(|node| positions(node)[0]).collect() };
    let topology = Topology { incoming: &incoming, layers: EncoderKind::Graph.layers() };
    let graphs: Vec<Vec<usize>> = features.iter().map(kinds_of).collect();
    Encoded::graphs(topology, &Matrix::from_values(8, one_hots).unwrap(), graphs.iter())
}

struct Case {
    name: &'static str,
    encoder: EncoderKind,
    golden: Golden,
    model: Model,
    parameters: Parameters,
}

impl Case {
    fn read(folder: &Path, name: &'static str, encoder: EncoderKind, features: usize) -> Self {
        let golden = std::fs::read(folder.join(format!("help_{name}.json"))).unwrap();
        let golden = serde_json::from_slice(&golden).unwrap();
        let model = Model::new(Sizes::paper(encoder, features), Parts::HELP);
        let bytes = std::fs::read(folder.join(format!("help_{name}.safetensors"))).unwrap();
        let parameters = parameters_of(&model, &SafeTensors::deserialize(&bytes).unwrap(), "").unwrap();
        Self { name, encoder, golden, model, parameters }
    }

    fn assert_close(&self, found: &[f32], expected: &[f32], what: &str) {
        assert_eq!(found.len(), expected.len());
        let error = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        println!("{}: {what} within {error:.1e}", self.name);
        assert!(error <= 1e-4, "{}: {what} {error}", self.name);
    }

    fn assert_relative(&self, found: f64, expected: f64, bound: f64, what: &str) {
        let error = (found - expected).abs() / expected.abs().max(1e-9);
        assert!(error <= bound, "{}: {what} {found} is not {expected}", self.name);
    }

    fn adapts_as_the_official_code(&self) {
        let Golden { hw_embed, z_weight, z_bias, y_support, pred_before_steps, pred_after_2_steps, .. } = &self.golden;
        let modulator = self.model.modulator.as_ref().unwrap();
        let distribution = modulator.distribution(&self.parameters.modulator, hw_embed);
        self.assert_close(&distribution.mean, &[z_weight.clone(), z_bias.clone()].concat(), "z");
        self.assert_relative(distribution.divergence().into(), self.golden.kl.into(), 1e-3, "divergence");
        let support = encoded(&self.golden.x_support, self.encoder);
        let queries = encoded(&self.golden.x_query, self.encoder);
        let support = self.model.measured(&self.parameters, support);
        let device = Device { embedding: hw_embed, support: &support, targets: y_support, noise: None };
        let network = Network::new(&self.model.shape, &queries, hw_embed);
        for (steps, expected) in [(0, pred_before_steps), (2, pred_after_2_steps)] {
            let model = Model { inner_steps: steps, ..self.model.clone() };
            let adapted = model.adapt(&self.parameters, device);
            let predictions = network.forward(&adapted);
            self.assert_close(predictions.predictions(), expected, &format!("predictions after {steps} steps"));
        }
        let adapted = self.model.adapt(&self.parameters, device);
        for ParameterSlice { name, range, .. } in self.model.shape.layers().flat_map(Dense::slices) {
            let expected = self.golden.adapted_l2[&format!("meta_learner.{name}")].as_f64().unwrap();
            self.assert_relative(norm(&adapted[range]), expected, 1e-4, &name);
        }
    }

    fn learns_as_the_official_code(&self) {
        let tasks = &self.golden.meta.tasks;
        let zeros = vec![0.0; self.model.noise_length()];
        let mut total: Option<Parameters> = None;
        let (mut error, mut value) = (0.0, 0.0);
        for (number, one) in tasks.iter().enumerate() {
            let support = encoded(&one.x_support, self.encoder);
            let queries = encoded(&one.x_query, self.encoder);
            let task = Task {
                embedding: &one.hw_embed,
                support: Labelled { encoded: &support, targets: &one.y_support },
                queries: Labelled { encoded: &queries, targets: &one.y_query },
                noise: &zeros,
            };
            // The golden files count the last task's divergence alone.
            let divergence = if number + 1 == tasks.len() { DIVERGENCE_WEIGHT } else { 0.0 };
            let weights = LossWeights { error: 1.0 / tasks.len() as f32, divergence };
            let loss = self.model.task_loss(&self.parameters, task, weights);
            self.assert_relative(loss.divergence.into(), one.kl.into(), 1e-3, "divergence of a task");
            error += weights.error * loss.error;
            value += weights.error * loss.error + weights.divergence * loss.divergence;
            match &mut total {
                Some(total) => total.add(&loss.gradient),
                None => total = Some(loss.gradient),
            }
        }
        let GoldenMeta { mse, loss_value, .. } = &self.golden.meta;
        self.assert_relative(error.into(), (*mse).into(), 1e-3, "mean squared error");
        self.assert_relative(value.into(), (*loss_value).into(), 1e-3, "meta-loss");
        self.same_gradients(&total.unwrap());
    }

    fn same_gradients<'a>(&self, gradient: &'a Parameters) {
        let slices: Vec<ParameterSlice> = self.model.shape.layers().flat_map(Dense::slices).collect();
        let named = |prefix: &'static str, values: &'a [f32], slices: Vec<ParameterSlice>| {
            slices.into_iter().map(move |one| (format!("{prefix}.{}", one.name), &values[one.range]))
        };
        let of_modulator = self.model.modulator.iter().flat_map(|one| one.layers()).flat_map(Dense::slices).collect();
        let named = named("meta_learner", &gradient.network, slices.clone())
            .chain(named("task_lr.meta_learner", &gradient.rates, slices))
            .chain(named("inference", &gradient.modulator, of_modulator));
        let mut seen = 0;
        for (name, values) in named {
            let expected = self.golden.meta.grad_l2[&name].as_f64().unwrap();
            self.assert_relative(norm(values), expected, 1e-3, &name);
            let head = numbers(&self.golden.meta.grad_head[&name]);
            for (found, head) in values.iter().zip(head) {
                assert!((found - head).abs() <= 1e-3 * expected as f32, "{}: {name} {found} is not {head}", self.name);
            }
            seen += 1;
        }
        assert_eq!(seen, self.golden.meta.grad_l2.len());
        println!("{}: norms of {seen} gradients within 1e-3", self.name);
    }
}

fn norm(values: &[f32]) -> f64 {
    values.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt()
}

fn check(name: &'static str, encoder: EncoderKind, features: usize) {
    let Some(folder) = golden_folder() else { return };
    let case = Case::read(&folder, name, encoder, features);
    case.adapts_as_the_official_code();
    case.learns_as_the_official_code();
}

#[test]
fn fbnet_is_that_of_the_official_code() {
    check("fbnet", EncoderKind::Flat, 132);
}

#[test]
fn ofa_is_that_of_the_official_code() {
    check("ofa", EncoderKind::Flat, 145);
}

#[test]
fn nasbench201_is_that_of_the_official_code() {
    check("nasbench201", EncoderKind::Graph, 8);
}
