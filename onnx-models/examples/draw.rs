//! Draws the paper's ten references of each space, and one architecture of a space without, into a
//! folder.

use std::error::Error;
use std::path::Path;

use tenshot_onnx_models::{DrawOptions, ReferenceSet, Space, draw};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).ok_or("usage: draw DIR")?;
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    for &space in Space::ALL {
        // The paper's set, where it has one.
        let set = ReferenceSet::paper(space).or_else(|_| ReferenceSet::random(space, 0, 1))?;
        for (number, architecture) in (1..).zip(&set.architectures) {
            let title =
                architecture.as_cell().map_or_else(|| space.to_string(), |cell| format!("Cell {}", cell.index()));
            let caption = format!("Number {number} of the set {}", set.name);
            let options = DrawOptions { title: Some(title), caption: Some(caption), ..DrawOptions::default() };
            std::fs::write(folder.join(format!("{space}_{number:02}.svg")), draw(architecture, &options))?;
        }
    }
    Ok(())
}
