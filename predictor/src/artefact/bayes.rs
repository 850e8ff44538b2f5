//! `bayes` as tensors.

use std::collections::HashMap;
use std::sync::Arc;

use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};

use super::{ArtefactError, BayesSettings, FileHeader, TrainedHeader};
use crate::bayes::{Bayes, Stored, StoredBeside};
use crate::block_columns::{BlockColumns, BlockNumbers};
use crate::sources::{Relative, SourceTable};

/// Tensors by name, before they are written.
#[derive(Default)]
struct Tensors(Vec<(&'static str, Dtype, Vec<usize>, Vec<u8>)>);

impl Tensors {
    fn add_f32(&mut self, name: &'static str, shape: &[usize], values: &[f32]) {
        self.0.push((name, Dtype::F32, shape.to_vec(), bytes_of(values, |value| value.to_le_bytes())));
    }

    fn add(&mut self, name: &'static str, dtype: Dtype, shape: &[usize], bytes: Vec<u8>) {
        self.0.push((name, dtype, shape.to_vec(), bytes));
    }

    fn add_columns(&mut self, [values, constants]: [&'static str; 2], columns: &BlockColumns) {
        let width = columns.width();
        self.add_f32(values, &[columns.numbers().count(), width], columns.values());
        self.add_f32(constants, &[width], columns.constants());
    }
}

const SOURCES: [&str; 2] = ["source_blocks", "source_constants"];
const SIMULATED: [&str; 2] = ["simulated_blocks", "simulated_constants"];

/// The file of a predictor, its header under a name.
pub(super) fn to_bytes((name, header): (&str, &FileHeader), bayes: &Bayes) -> Result<Vec<u8>, ArtefactError> {
    let stored = bayes.store();
    let mut tensors = Tensors::default();
    match bayes.sources().all() {
        Relative::Enumerated(relative) => {
            let sources = header.trained.pool.len();
            tensors.add_f32("relative_latency", &[relative.len() / sources, sources], relative);
        }
        Relative::Blocks(columns) => tensors.add_columns(SOURCES, columns),
    }
    match &stored.beside {
        StoredBeside::Cells { simulated_mean, training } => {
            tensors.add_f32("simulated_mean", &[simulated_mean.len()], simulated_mean);
            let rows = bytes_of(training, |&row: &usize| (row as u32).to_le_bytes());
            tensors.add("training", Dtype::U32, &[training.len()], rows);
        }
        StoredBeside::Blocks { simulated, moments, training } => {
            tensors.add_columns(SIMULATED, simulated);
            let flat: Vec<f64> = moments.iter().flat_map(|&(mean, variance)| [mean, variance]).collect();
            let flat = bytes_of(&flat, |value| value.to_le_bytes());
            tensors.add("column_moments", Dtype::F64, &[moments.len(), 2], flat);
            let lines: Vec<String> = training.iter().map(ToString::to_string).collect();
            let text = lines.join("\n").into_bytes();
            tensors.add("training_architectures", Dtype::U8, &[text.len()], text);
        }
    }
    tensors.add_f32("template_weights", &[stored.template_weights.len()], &stored.template_weights);
    let mut views = Vec::with_capacity(tensors.0.len());
    for (name, dtype, shape, data) in &tensors.0 {
        views.push((*name, TensorView::new(*dtype, shape.clone(), data).map_err(ArtefactError::broken)?));
    }
    // A map of one entry has one order, so that the bytes are always the same.
    let header = serde_json::to_string(header).map_err(ArtefactError::broken)?;
    serialize(views, Some(HashMap::from([(name.to_owned(), header)]))).map_err(ArtefactError::broken)
}

/// The method of a file.
pub(super) fn from_tensors(
    header: &TrainedHeader,
    settings: BayesSettings,
    tensors: &SafeTensors<'_>,
) -> Result<Bayes, ArtefactError> {
    let space = header.space;
    let misfit = || ArtefactError::broken("its tensors do not fit its header");
    let floats = |name: &str| numbers(tensors, name, Dtype::F32, f32::from_le_bytes);
    let (relative, beside) = if space.enumerate().is_some() {
        let relative = Relative::Enumerated(Arc::new(floats("relative_latency")?));
        let training = numbers(tensors, "training", Dtype::U32, |bytes| u32::from_le_bytes(bytes) as usize)?;
        (relative, StoredBeside::Cells { simulated_mean: floats("simulated_mean")?, training })
    } else {
        let blocks = BlockNumbers::of(space);
        let columns = |[values, constants]: [&str; 2]| {
            BlockColumns::new(blocks.clone(), floats(values)?, floats(constants)?).ok_or_else(misfit)
        };
        let moments = numbers(tensors, "column_moments", Dtype::F64, f64::from_le_bytes)?;
        let moments = moments.as_chunks::<2>().0.iter().map(|&[mean, variance]| (mean, variance)).collect();
        let text = numbers(tensors, "training_architectures", Dtype::U8, u8::from_le_bytes)?;
        let text = String::from_utf8(text).map_err(ArtefactError::broken)?;
        let training = text.lines().map(|line| space.parse(line).map_err(ArtefactError::broken));
        let training = training.collect::<Result<_, _>>()?;
        let simulated = columns(SIMULATED)?;
        (Relative::Blocks(Arc::new(columns(SOURCES)?)), StoredBeside::Blocks { simulated, moments, training })
    };
    let sources = SourceTable::from_parts(space, header.pool.clone(), relative).ok_or_else(misfit)?;
    let BayesSettings { interval_factor, simulated_variance } = settings;
    let stored = Stored {
        beside,
        simulated_variance,
        template_weights: floats("template_weights")?,
        seed: header.seed,
        interval_factor,
    };
    Bayes::restore(sources, stored).ok_or_else(misfit)
}

fn bytes_of<T, const N: usize>(values: &[T], bytes: impl Fn(&T) -> [u8; N]) -> Vec<u8> {
    values.iter().flat_map(bytes).collect()
}

fn numbers<T, const N: usize>(
    tensors: &SafeTensors<'_>,
    name: &str,
    dtype: Dtype,
    number: impl Fn([u8; N]) -> T,
) -> Result<Vec<T>, ArtefactError> {
    let tensor = tensors.tensor(name).map_err(ArtefactError::broken)?;
    if tensor.dtype() != dtype {
        return Err(ArtefactError::broken(format!("tensor {name} is {:?}, not {dtype:?}", tensor.dtype())));
    }
    Ok(tensor.data().as_chunks::<N>().0.iter().map(|bytes| number(*bytes)).collect())
}
