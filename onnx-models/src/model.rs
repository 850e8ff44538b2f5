//! An architecture, or a block of one, as a finished ONNX file.

use serde::Serialize;
use tenshot_kit::sha256;

use crate::cost::Cost;
use crate::graph::{Element, Graph, Input, Shape, encode};
use crate::networks::{self, BatchNorm, Block, BuildError, BuildOptions};
use crate::spaces::Architecture;

/// Goes up with every change to the bytes that a build gives.
pub const GENERATOR_VERSION: u32 = 2;

/// A network as an ONNX file, with what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The file.
    pub bytes: Vec<u8>,
    /// The SHA-256 of the file in lower hex: the model's name everywhere.
    pub sha256: String,
    /// What goes in.
    pub inputs: Vec<ModelInput>,
    /// How it was built.
    pub options: BuildOptions,
    /// What one run costs.
    pub cost: Cost,
}

/// A tensor that a model takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelInput {
    /// The name in the file.
    pub name: String,
    /// What it consists of.
    pub element: Element,
    /// The dimensions, the batch first.
    pub shape: Shape,
}

/// Builds the network of an architecture, with random weights.
///
/// The same architecture, options and seed give the same bytes on every platform, as long as
/// [`GENERATOR_VERSION`] stays. Networks with batch normalisation folded and kept compute the
/// same function, up to rounding.
///
/// # Errors
/// When an option is out of its range.
pub fn build(architecture: &Architecture, options: &BuildOptions) -> Result<Model, BuildError> {
    let graph = networks::graph(architecture, options)?;
    let form = options.form_of(architecture.space())?;
    let identity = vec![
        ("tenshot.space", architecture.space().to_string()),
        ("tenshot.architecture", architecture.to_string()),
        ("tenshot.form", form.to_string()),
    ];
    Ok(model(&graph, identity, options))
}

/// Builds a block as a network of its own, with random weights. It is deterministic as
/// [`build`] is.
///
/// # Errors
/// When an option is out of its range, or the form is none of the space's.
pub fn build_block(block: Block, options: &BuildOptions) -> Result<Model, BuildError> {
    let graph = block.graph(options)?;
    let form = options.form_of(block.space())?;
    let identity = vec![
        ("tenshot.space", block.space().to_string()),
        ("tenshot.block", block.to_string()),
        ("tenshot.form", form.to_string()),
    ];
    Ok(model(&graph, identity, options))
}

/// `identity` is what the file says of itself first.
fn model(graph: &Graph, identity: Vec<(&'static str, String)>, options: &BuildOptions) -> Model {
    let batch_norm = match options.batch_norm {
        BatchNorm::Folded => "folded",
        BatchNorm::Kept => "kept",
    };
    let mut metadata = identity;
    metadata.extend([
        ("tenshot.batch_norm", batch_norm.into()),
        ("tenshot.seed", options.seed.to_string()),
        ("tenshot.generator_version", GENERATOR_VERSION.to_string()),
    ]);
    let bytes = encode(graph, options.seed, metadata);
    Model {
        sha256: sha256(&bytes),
        bytes,
        inputs: graph.inputs().iter().map(|input| model_input(graph, input)).collect(),
        options: options.clone(),
        cost: Cost::of(graph),
    }
}

pub(crate) fn model_input(graph: &Graph, input: &Input) -> ModelInput {
    ModelInput { name: input.name.clone(), element: input.element, shape: graph.shape(input.value).to_vec() }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use prost::Message;

    use super::*;
    use crate::graph::ModelProto;
    use crate::networks::Sentence;
    use crate::spaces::Space;

    const DEAD: &str = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|";

    fn built(text: &str, options: &BuildOptions) -> Model {
        build(&Space::NasBench201.parse(text).unwrap(), options).unwrap()
    }

    fn with_seed(seed: u64) -> BuildOptions {
        BuildOptions { seed, ..BuildOptions::default() }
    }

    #[test]
    fn a_model_has_the_same_hash_on_every_platform() {
        // A change here needs a new generator version: hashes are the names of models.
        assert_eq!(GENERATOR_VERSION, 2);
        insta::assert_snapshot!(built("11982", &BuildOptions::default()).sha256, @"6cbba2cd303d1a188b62894b206f5e85c2507c8775df8d2a60f4d92fc14581af");
        let kept = BuildOptions {
            batch: 4,
            classes: Some(100),
            batch_norm: BatchNorm::Kept,
            seed: 7,
            ..BuildOptions::default()
        };
        insta::assert_snapshot!(built(DEAD, &kept).sha256, @"e608461a3d8233e53f703736a7a4270f0a778103d8fafb0df9220a3673e23c02");
    }

    #[test]
    fn every_space_and_form_has_the_same_hashes_on_every_platform() {
        let sentence = Sentence { vocabulary: Some(100), ..Sentence::default() };
        let mut lines = Vec::new();
        for &space in Space::ALL {
            let architecture = space.sample(1, 1).unwrap()[0];
            for &form in space.forms() {
                let options = BuildOptions { form: Some(form), sentence, ..BuildOptions::default() };
                let sha256 = build(&architecture, &options).unwrap().sha256;
                lines.push(format!("{space} {form} {}", &sha256[..16]));
            }
        }
        insta::assert_snapshot!(lines.join("\n"), @r"
        nasbench201 cifar 9270b8d45e64c8cb
        fbnet cifar f8a9329fa6f2a635
        fbnet imagenet 0cc220b881445591
        mobilenetv3 wide-mobile 508032b391c9c790
        mobilenetv3 mobile 0d773f1364521789
        hat encoder 752b366fecfe7efa
        hat decoder-step ceef5980c651fe36
        hat unrolled b11dff8808cd9583
        ");
    }

    #[test]
    fn the_hash_follows_the_seed() {
        assert_eq!(built("9", &with_seed(1)), built("9", &with_seed(1)));
        assert_ne!(built("9", &with_seed(1)).sha256, built("9", &with_seed(2)).sha256);
    }

    #[test]
    fn the_file_says_what_it_is() {
        let model = built("9", &with_seed(5));
        let file = ModelProto::decode(model.bytes.as_slice()).unwrap();
        let lines: Vec<_> = file.metadata_props.iter().map(|entry| format!("{} {}", entry.key, entry.value)).collect();
        insta::assert_snapshot!(lines.join("\n"), @r#"
tenshot.space nasbench201
tenshot.architecture |avg_pool_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|nor_conv_3x3~2|
tenshot.form cifar
tenshot.batch_norm folded
tenshot.seed 5
tenshot.generator_version 2
"#);
    }

    #[test]
    fn the_file_holds_every_parameter_once() {
        let kept = BuildOptions { batch_norm: BatchNorm::Kept, ..BuildOptions::default() };
        for (options, statistics) in [(BuildOptions::default(), 64), (kept, 16 + 2 * 32 + 2 * 64 + 64)] {
            // A skeleton around skip connections: its batch normalisations are all there are.
            let model = built("|skip_connect~0|+|none~0|skip_connect~1|+|none~0|none~1|skip_connect~2|", &options);
            let file = ModelProto::decode(model.bytes.as_slice()).unwrap();
            let graph = file.graph.unwrap();
            let stored: usize = graph.initializer.iter().map(|tensor| tensor.raw_data.len() / 4).sum();
            let zeroing = 15 * 3;
            assert_eq!(stored as u64, model.cost.parameters + 2 * statistics + zeroing);
        }
    }

    /// The numbers of each tensor in the file.
    fn tensors(model: &Model) -> HashMap<String, Vec<f32>> {
        let graph = ModelProto::decode(model.bytes.as_slice()).unwrap().graph.unwrap();
        let numbers = |bytes: &[u8]| bytes.as_chunks().0.iter().map(|&chunk| f32::from_le_bytes(chunk)).collect();
        graph.initializer.iter().map(|tensor| (tensor.name.clone(), numbers(&tensor.raw_data))).collect()
    }

    #[test]
    fn folding_moves_the_normalisation_into_the_convolution() {
        let folded = tensors(&built("1462", &BuildOptions::default()));
        let kept = BuildOptions { batch_norm: BatchNorm::Kept, ..BuildOptions::default() };
        let kept = tensors(&built("1462", &kept));
        // The stem has an odd number of weights per channel.
        for layer in ["stem", "reduction2/b", "stage3/cell5/2-3"] {
            let of = |role: &str| &kept[&format!("{layer}/batch_norm.{role}")];
            let (scale, shift, mean, variance) = (of("scale"), of("shift"), of("mean"), of("variance"));
            let weights = &kept[&format!("{layer}/convolution.weight")];
            let fan_in = weights.len() / scale.len();
            let close = |ours: f32, theirs: f32| assert!((ours - theirs).abs() <= 1e-6, "{layer}: {ours} {theirs}");
            for (i, weight) in folded[&format!("{layer}/convolution.weight")].iter().enumerate() {
                let channel = i / fan_in;
                close(*weight, weights[i] * scale[channel] / (variance[channel] + 1e-5).sqrt());
            }
            for (channel, bias) in folded[&format!("{layer}/convolution.bias")].iter().enumerate() {
                close(*bias, shift[channel] - mean[channel] * scale[channel] / (variance[channel] + 1e-5).sqrt());
            }
        }
        let untouched = ["head/batch_norm.mean", "reduction1/shortcut/convolution.weight", "head/classifier.weight"];
        assert!(untouched.iter().all(|&name| folded[name] == kept[name]));
    }

    #[test]
    fn batch_and_classes_are_in_the_file() {
        let model = built("9", &BuildOptions { batch: 4, classes: Some(7), ..BuildOptions::default() });
        assert_eq!(model.inputs[0].shape, [4, 3, 32, 32]);
        let graph = ModelProto::decode(model.bytes.as_slice()).unwrap().graph.unwrap();
        let shape = |info: &crate::graph::ValueInfoProto| -> Vec<i64> {
            let tensor = info.r#type.clone().unwrap().tensor_type.unwrap();
            tensor.shape.unwrap().dim.iter().map(|dimension| dimension.dim_value.unwrap()).collect()
        };
        assert_eq!((graph.input[0].name.as_str(), shape(&graph.input[0])), ("input", vec![4, 3, 32, 32]));
        assert_eq!((graph.output[0].name.as_str(), shape(&graph.output[0])), ("logits", vec![4, 7]));
    }

    #[test]
    fn every_name_is_unique_and_every_input_known() {
        let model = built("1462", &BuildOptions::default());
        let graph = ModelProto::decode(model.bytes.as_slice()).unwrap().graph.unwrap();
        let mut known: HashSet<_> = graph.initializer.iter().map(|tensor| &tensor.name).collect();
        assert_eq!(known.len(), graph.initializer.len());
        known.insert(&graph.input[0].name);
        for node in &graph.node {
            assert!(node.input.iter().all(|input| known.contains(input)), "{node:?}");
            assert!(known.insert(&node.output[0]), "{node:?}");
        }
        assert!(known.contains(&graph.output[0].name));
    }
}
