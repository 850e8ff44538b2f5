//! Draws the paper's ten references into a folder.

use std::error::Error;
use std::path::Path;

use tenshot_onnx_models::{DrawOptions, ReferenceSet, Space, draw};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).ok_or("usage: draw DIR")?;
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    for (number, architecture) in (1..).zip(ReferenceSet::paper(Space::NasBench201)?.architectures) {
        let title = architecture.as_cell().map(|cell| format!("Cell {}", cell.index()));
        let options = DrawOptions { title, caption: Some(format!("Reference {number}")), ..DrawOptions::default() };
        std::fs::write(folder.join(format!("reference{number:02}.svg")), draw(&architecture, &options))?;
    }
    Ok(())
}
