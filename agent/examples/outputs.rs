//! Runs every model of a folder in tract and prints its outputs, to be compared with another
//! runtime's.
//!
//! `outputs DIR` runs `NAME.onnx` on every `NAME.*.f32` beside it (the input's 32-bit floats,
//! little-endian) and prints a line for each: the input file's name, then the outputs.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tract_onnx::prelude::{Framework, InferenceModelExt, IntoRunnable, IntoTensor, Tensor, TypedRunnableModel, tvec};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).ok_or("usage: outputs DIR")?;
    let files = sorted_files(Path::new(&folder))?;
    for model_path in files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "onnx")) {
        let model = tract_onnx::onnx().model_for_path(model_path)?.into_optimized()?.into_runnable()?;
        let prefix = format!("{}.", model_path.file_stem().unwrap_or_default().display());
        for input_path in &files {
            let name = input_path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with(&prefix) && name.ends_with(".f32") {
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
    let shape = model.model().input_fact(0)?.shape.as_concrete().ok_or("the input's shape is not fixed")?.to_vec();
    let bytes = std::fs::read(input_path)?;
    let numbers: Vec<f32> = bytes.as_chunks().0.iter().map(|&chunk| f32::from_le_bytes(chunk)).collect();
    let input = Tensor::from_shape(&shape, &numbers)?;
    let outputs = model.run(tvec!(input.into_tensor().into()))?;
    let logits: Vec<_> = outputs[0].to_plain_array_view::<f32>()?.iter().map(|logit| format!("{logit:e}")).collect();
    Ok(logits.join(" "))
}
