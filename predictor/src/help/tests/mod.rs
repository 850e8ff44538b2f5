//! Derivatives against finite differences, on tiny networks.

mod adapting;
mod golden;
mod training;

use super::ablation::{Part, Parts};
use super::model::{Labelled, LossWeights, Model, Parameters, Task};
use super::network::Network;
use crate::network::{Encoded, EncoderKind, Matrix, Sizes, Topology};
use crate::random::Random;

const ALL: Parts = Parts::HELP;
/// How far the points of a difference are from the middle.
const STEP: f32 = 3e-3;
const TOPOLOGY: Topology<'_> = Topology { incoming: &[&[0], &[0, 1], &[0, 1, 2], &[0, 1, 2, 3]], layers: 4 };

fn sizes(encoder: EncoderKind) -> Sizes {
    Sizes { encoder, features: 5, references: 4, encoder_width: 6, header_width: 8, device_condition: true }
}

fn normals(random: &mut Random, count: usize, scale: f64) -> Vec<f32> {
    (0..count).map(|_| (scale * random.normal()) as f32).collect()
}

fn encoded(random: &mut Random, encoder: EncoderKind, count: usize) -> Encoded {
    match encoder {
        EncoderKind::Flat => Encoded::flat(Matrix::from_values(5, normals(random, 5 * count, 0.5)).unwrap()),
        EncoderKind::Graph => {
            let kinds = Matrix::from_values(5, normals(random, 25, 0.5)).unwrap();
            let graphs: Vec<[usize; 4]> =
                (0..count).map(|_| [0, 1 + random.below(3), 1 + random.below(3), 4]).collect();
            Encoded::graphs(TOPOLOGY, &kinds, graphs.iter())
        }
    }
}

/// Biases far from zero keep every unit on one side of its rectifier's kink, where differences
/// would see another branch than derivatives.
fn parameters(random: &mut Random, model: &Model) -> Parameters {
    let mut network = normals(random, model.shape.parameters, 0.05);
    for layer in model.shape.layers() {
        let biases = layer.bias_mut(&mut network).iter_mut().enumerate();
        biases.for_each(|(place, bias)| *bias = if place % 3 == 2 { -2.0 } else { 2.0 });
    }
    let rates = (0..network.len()).map(|_| random.uniform(0.001, 0.01) as f32).collect();
    let modulator = model.modulator.as_ref().map_or_else(Vec::new, |one| normals(random, one.parameters, 2.0));
    Parameters { network, rates, modulator }
}

fn inner(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

fn moved(values: &[f32], direction: &[f32], by: f32) -> Vec<f32> {
    values.iter().zip(direction).map(|(value, along)| value + by * along).collect()
}

/// The derivative of a function at zero, to the fourth order of `step`.
fn difference(function: impl Fn(f32) -> f64, step: f32) -> f64 {
    let across = |step: f32| function(step) - function(-step);
    (8.0 * across(step) - across(2.0 * step)) / f64::from(12.0 * step)
}

/// A derivative along some direction, and the difference that it should be.
type Pair = (f64, f64);

fn assert_agree(pairs: &[Pair], what: &str) {
    let largest = pairs.iter().map(|(exact, _)| exact.abs()).fold(0.0, f64::max);
    for (exact, difference) in pairs {
        assert!((exact - difference).abs() <= 3e-3 * largest, "{what}: {pairs:?}");
    }
}

#[test]
fn hessian_products_are_differences_of_gradients() {
    for encoder in [EncoderKind::Graph, EncoderKind::Flat] {
        let mut random = Random::stream(1, &[encoder as u64]);
        let model = Model::new(sizes(encoder), ALL);
        let parameters = parameters(&mut random, &model).network;
        let encoded = encoded(&mut random, encoder, 6);
        let targets = normals(&mut random, 6, 1.0);
        let embedding = normals(&mut random, 4, 1.0);
        let network = Network::new(&model.shape, &encoded, &embedding);
        let (mut gradients, mut products) = (Vec::new(), Vec::new());
        for _ in 0..5 {
            let loss = network.loss(&parameters, &targets);
            let along = normals(&mut random, parameters.len(), 1.0);
            let other = normals(&mut random, parameters.len(), 1.0);
            let at = |by: f32| network.loss(&moved(&parameters, &along, by), &targets);
            gradients.push((inner(&loss.gradient, &along), difference(|by| at(by).value.into(), STEP)));
            let product = network.hessian_product(&parameters, &loss, &along);
            products.push((inner(&product, &other), difference(|by| inner(&at(by).gradient, &other), STEP)));
        }
        assert_agree(&gradients, "gradient");
        assert_agree(&products, "hessian");
    }
}

#[test]
fn the_meta_gradient_is_exact() {
    let each_off = Part::ALL.map(|part| ALL.without(part));
    let by_embedding_alone = ALL.without(Part::InnerSteps).without(Part::Modulator);
    let parts = [ALL, Parts::META_SGD, Parts::MAML, by_embedding_alone].into_iter().chain(each_off);
    for (number, parts) in parts.enumerate() {
        for encoder in [EncoderKind::Graph, EncoderKind::Flat] {
            let mut random = Random::stream(2, &[number as u64, encoder as u64]);
            let model = Model::new(sizes(encoder), parts);
            let parameters = parameters(&mut random, &model);
            let (support, queries) = (encoded(&mut random, encoder, 4), encoded(&mut random, encoder, 7));
            let (of_support, of_queries) = (normals(&mut random, 4, 1.0), normals(&mut random, 7, 1.0));
            let (embedding, noise) = (normals(&mut random, 4, 1.0), normals(&mut random, model.noise_length(), 1.0));
            let task = Task {
                embedding: &embedding,
                support: Labelled { encoded: &support, targets: &of_support },
                queries: Labelled { encoded: &queries, targets: &of_queries },
                noise: &noise,
            };
            let weights = LossWeights { error: 0.7, divergence: 0.02 };
            let exact = model.task_loss(&parameters, task, weights).gradient;
            let value = |parameters: &Parameters| {
                let loss = model.task_loss(parameters, task, weights);
                f64::from(weights.error * loss.error + weights.divergence * loss.divergence)
            };
            let pairs = |part: usize, random: &mut Random| {
                // Rates are small, so they move less.
                let step = if part == 1 { 0.03 * STEP } else { STEP };
                let along = normals(random, parameters.each()[part].len(), 1.0);
                let along_it = |by: f32| {
                    let mut parameters = parameters.clone();
                    let values = &mut parameters.each_mut()[part];
                    let ahead = moved(values, &along, by);
                    values.copy_from_slice(&ahead);
                    value(&parameters)
                };
                (inner(exact.each()[part], &along), difference(along_it, step))
            };
            for part in 0..3 {
                let pairs: Vec<Pair> = (0..5).map(|_| pairs(part, &mut random)).collect();
                assert_agree(&pairs, &format!("{parts:?} {encoder:?} part {part}"));
            }
        }
    }
}
