//! Writes models to check into a folder: the paper's ten references of a space with batch
//! normalisation folded and kept, and fifty random architectures, half of them with batch 4, half
//! kept.
//!
//! `write_models DIR [SPACE [FORM [FILE…]]]`: more architectures are read from files, and built as
//! the references are.

use std::error::Error;
use std::path::Path;

use tenshot_onnx_models::{Architecture, BatchNorm, BuildOptions, ReferenceSet, Space, build};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: write_models DIR [SPACE [FORM [FILE…]]]")?;
    let space = arguments.next().map_or(Ok(Space::NasBench201), |name| name.parse())?;
    let form = arguments.next().map_or(Ok(space.default_form()), |name| name.parse())?;
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    let write = |set: &str, number: usize, architecture: &Architecture, batch: usize, batch_norm: BatchNorm| {
        let options = BuildOptions { form: Some(form), batch, batch_norm, ..BuildOptions::default() };
        let batch_norm = if batch_norm == BatchNorm::Kept { "kept" } else { "folded" };
        let file = folder.join(format!("{set}{number:02}_{batch_norm}_batch{batch}.onnx"));
        Ok::<_, Box<dyn Error>>(std::fs::write(file, build(architecture, &options)?.bytes)?)
    };
    let mut listed = ReferenceSet::paper(space).map_or_else(|_| Vec::new(), |set| set.architectures);
    for file in arguments {
        listed.push(space.parse(std::fs::read_to_string(file)?.trim())?);
    }
    for (number, architecture) in listed.iter().enumerate() {
        write("listed", number, architecture, 1, BatchNorm::Folded)?;
        write("listed", number, architecture, 1, BatchNorm::Kept)?;
    }
    for (number, architecture) in space.sample(1, 50)?.iter().enumerate() {
        let batch = if number % 2 == 0 { 1 } else { 4 };
        let batch_norm = if number / 2 % 2 == 0 { BatchNorm::Folded } else { BatchNorm::Kept };
        write("random", number, architecture, batch, batch_norm)?;
    }
    Ok(())
}
