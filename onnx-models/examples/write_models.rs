//! Writes models to check into a folder: the paper's ten references with batch normalisation
//! folded and kept, and fifty random cells, half of them with batch 4, half kept.

use std::error::Error;
use std::path::Path;

use tenshot_onnx_models::{Architecture, BatchNorm, BuildOptions, ReferenceSet, Space, build};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).ok_or("usage: write_models DIR")?;
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    for (number, architecture) in ReferenceSet::paper(Space::NasBench201)?.architectures.iter().enumerate() {
        for batch_norm in [BatchNorm::Folded, BatchNorm::Kept] {
            write(folder, "reference", number, architecture, 1, batch_norm)?;
        }
    }
    for (number, architecture) in Space::NasBench201.sample(1, 50)?.iter().enumerate() {
        let batch = if number % 2 == 0 { 1 } else { 4 };
        let batch_norm = if number / 2 % 2 == 0 { BatchNorm::Folded } else { BatchNorm::Kept };
        write(folder, "random", number, architecture, batch, batch_norm)?;
    }
    Ok(())
}

fn write(
    folder: &Path,
    set: &str,
    number: usize,
    architecture: &Architecture,
    batch: usize,
    batch_norm: BatchNorm,
) -> Result<(), Box<dyn Error>> {
    let model = build(architecture, &BuildOptions { batch, batch_norm, ..BuildOptions::default() })?;
    let batch_norm = if batch_norm == BatchNorm::Kept { "kept" } else { "folded" };
    std::fs::write(folder.join(format!("{set}{number:02}_{batch_norm}_batch{batch}.onnx")), model.bytes)?;
    Ok(())
}
