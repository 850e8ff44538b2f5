//! Writes networks of HAT to check into a folder: fifty random ones and those of the YAML files
//! that are given, each in its three forms.
//!
//! `write_transformers DIR [FILE.yml …]`. Vocabularies are small or left out, and most sentences
//! are short, to keep files and times small. With some of the unrolled networks come the steps of
//! their first positions, to be run one by one.

use std::error::Error;
use std::path::Path;

use tenshot_onnx_models::{Architecture, BuildOptions, Form, Sentence, Space, build};

const RANDOM: usize = 50;
/// How many random networks come with single steps.
const WITH_STEPS: usize = 10;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let folder = arguments.next().ok_or("usage: write_transformers DIR [FILE.yml …]")?;
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    for (number, file) in (1..).zip(arguments) {
        let architecture = Space::Hat.parse(&std::fs::read_to_string(file)?)?;
        let sentence = Sentence { vocabulary: Some(1_000), ..Sentence::default() };
        write_all(folder, &format!("published{number}"), &architecture, 1, sentence, 4)?;
    }
    for (number, architecture) in Space::Hat.sample(1, RANDOM)?.iter().enumerate() {
        let batch = if number % 5 == 4 { 2 } else { 1 };
        let vocabulary = (number % 3 == 0).then_some(1_000);
        let sentence = Sentence { source_length: 7, target_length: 4, beam: 1 + number % 5, vocabulary };
        let steps = if number < WITH_STEPS { sentence.target_length } else { 0 };
        write_all(folder, &format!("random{number:02}"), architecture, batch, sentence, steps)?;
    }
    Ok(())
}

fn write_all(
    folder: &Path,
    name: &str,
    architecture: &Architecture,
    batch: usize,
    sentence: Sentence,
    steps: usize,
) -> Result<(), Box<dyn Error>> {
    let write = |name: String, form, sentence| -> Result<(), Box<dyn Error>> {
        let options = BuildOptions { form: Some(form), batch, sentence, ..BuildOptions::default() };
        Ok(std::fs::write(folder.join(name), build(architecture, &options)?.bytes)?)
    };
    write(format!("{name}.encoder.onnx"), Form::Encoder, sentence)?;
    write(format!("{name}.unrolled.onnx"), Form::Unrolled, sentence)?;
    for position in 1..=steps {
        // The step in the middle of so many tokens is the one at the position.
        let sentence = Sentence { target_length: 2 * position - 1, ..sentence };
        write(format!("{name}.step{position}.onnx"), Form::DecoderStep, sentence)?;
    }
    write(format!("{name}.middle.onnx"), Form::DecoderStep, sentence)
}
