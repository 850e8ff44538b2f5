//! Runs every model of a folder in tract and prints its outputs, to be compared with another
//! runtime's.
//!
//! `outputs DIR` runs `NAME.onnx` on every `NAME.*.f32` and `NAME.*.i64` beside it (the numbers of
//! all inputs, one input behind the other, as little-endian 32-bit floats or 64-bit integers,
//! whatever the input's type) and prints a line for each: the input file's name, then the numbers
//! of all outputs. The one input of a model with an open batch takes all numbers.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tract_onnx::prelude::{
    Datum, Framework, InferenceModelExt, IntoRunnable, TDim, TValue, TVec, Tensor, TypedFact, TypedRunnableModel, tvec,
};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).ok_or("usage: outputs DIR")?;
    let files = sorted_files(Path::new(&folder))?;
    for model_path in files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "onnx")) {
        let model = tract_onnx::onnx().model_for_path(model_path)?.into_optimized()?.into_runnable()?;
        let prefix = format!("{}.", model_path.file_stem().unwrap_or_default().display());
        for input_path in &files {
            let name = input_path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with(&prefix) && (name.ends_with(".f32") || name.ends_with(".i64")) {
                println!("{name} {}", outputs(&model, input_path)?);
            }
        }
    }
    Ok(())
}

fn sorted_files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}

fn outputs(model: &Arc<TypedRunnableModel>, input_path: &Path) -> Result<String, Box<dyn Error>> {
    let bytes = std::fs::read(input_path)?;
    let inputs = if input_path.extension().is_some_and(|extension| extension == "i64") {
        inputs(model, &bytes.as_chunks().0.iter().map(|&chunk| i64::from_le_bytes(chunk)).collect::<Vec<_>>())?
    } else {
        inputs(model, &bytes.as_chunks().0.iter().map(|&chunk| f32::from_le_bytes(chunk)).collect::<Vec<_>>())?
    };
    let mut line = Vec::new();
    for output in model.run(inputs)? {
        line.extend(output.to_plain_array_view::<f32>()?.iter().map(|number| format!("{number:e}")));
    }
    Ok(line.join(" "))
}

fn inputs<T: Datum + Copy>(model: &TypedRunnableModel, numbers: &[T]) -> Result<TVec<TValue>, Box<dyn Error>> {
    let mut rest = numbers;
    let mut inputs = tvec!();
    for index in 0..model.model().inputs.len() {
        let fact = model.model().input_fact(index)?;
        let shape = shape(fact, rest.len())?;
        let (input, others) = rest.split_at_checked(shape.iter().product()).ok_or("the file ends early")?;
        inputs.push(Tensor::from_shape(&shape, input)?.cast_to_dt(fact.datum_type)?.into_owned().into());
        rest = others;
    }
    Ok(inputs)
}

/// An input's shape, its batch as long as there are numbers where it is open.
fn shape(fact: &TypedFact, numbers: usize) -> Result<Vec<usize>, Box<dyn Error>> {
    if let Some(shape) = fact.shape.as_concrete() {
        return Ok(shape.to_vec());
    }
    let size = |size: &TDim| Ok(usize::try_from(size.to_i64()?)?);
    let sizes = fact.shape.iter().skip(1).map(size).collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    let batch = numbers.checked_div(sizes.iter().product()).ok_or("an input has no size")?;
    Ok([batch].into_iter().chain(sizes).collect())
}
