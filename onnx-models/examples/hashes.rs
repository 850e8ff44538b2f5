//! Prints the SHA-256 of many models, to be compared between builds and platforms: random
//! architectures of every space and form with batch normalisation folded and kept, and blocks.

use std::error::Error;

use tenshot_onnx_models::{BatchNorm, BuildOptions, Sentence, Space, all_blocks, build, build_block};

/// Architectures of each form.
const COUNT: usize = 10;
/// Every so many blocks are built.
const EVERY: usize = 40;

fn main() -> Result<(), Box<dyn Error>> {
    for &space in Space::ALL {
        for &form in space.forms() {
            // With a small vocabulary embedding and projection are there, and files stay small.
            let sentence = Sentence { vocabulary: Some(1_000), ..Sentence::default() };
            for (number, architecture) in (0..).zip(space.sample(1, COUNT)?) {
                for batch_norm in [BatchNorm::Folded, BatchNorm::Kept] {
                    let options = BuildOptions {
                        form: Some(form),
                        batch_norm,
                        sentence,
                        seed: number,
                        ..BuildOptions::default()
                    };
                    println!("{} {space} {form} {architecture}", build(&architecture, &options)?.sha256);
                }
            }
            let options = BuildOptions { form: Some(form), sentence, ..BuildOptions::default() };
            for block in all_blocks(space, form).into_iter().step_by(EVERY) {
                println!("{} {space} {form} {block}", build_block(block, &options)?.sha256);
            }
        }
    }
    Ok(())
}
