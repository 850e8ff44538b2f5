//! Architectures as pictures: SVG for reports, pages and files.

mod cell;
mod fbnet;
mod inverted_residuals;
mod mobilenetv3;
mod sheet;
#[cfg(test)]
mod tests;
mod transformer;

use crate::networks::Form;
use crate::spaces::{Architecture, SearchSpace};
use crate::with_architecture;
use sheet::Drawing;

/// How the architectures of a space are drawn.
trait Drawn: SearchSpace {
    /// The architecture as a drawing that tells channels and pixels of a form.
    fn drawing(&self, form: Form) -> Drawing;
}

/// What stands around a drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawOptions {
    /// A line above the drawing, also its name for those who do not see it.
    pub title: Option<String>,
    /// A second line, such as a measured latency.
    pub caption: Option<String>,
    /// Whether colours and marks are explained below.
    pub legend: bool,
    /// The form whose channels and pixels are told, one of the space's forms; the default form
    /// where it is none of them, or none is given.
    pub form: Option<Form>,
}

impl Default for DrawOptions {
    fn default() -> Self {
        Self { title: None, caption: None, legend: true, form: None }
    }
}

/// An architecture as a whole `<svg>` element, a file as it stands.
///
/// It scales to the width that it is given, and follows the reader's preference for light or
/// dark. Put into an HTML page it takes the page's background; its styles apply to nothing
/// else there. The same architecture and options give the same bytes. Lines that are too long
/// for the drawing are cut.
///
/// Cells and Transformers look the same in every form.
///
/// ```
/// use tenshot_onnx_models::{DrawOptions, Space, draw};
///
/// let architecture = Space::NasBench201.parse("11982")?;
/// let options = DrawOptions { title: Some("Cell 11982".into()), ..DrawOptions::default() };
/// assert!(draw(&architecture, &options).starts_with("<svg "));
/// # Ok::<(), tenshot_onnx_models::ArchitectureError>(())
/// ```
#[must_use]
pub fn draw(architecture: &Architecture, options: &DrawOptions) -> String {
    let space = architecture.space();
    let form = options.form.filter(|form| space.forms().contains(form)).unwrap_or(space.default_form());
    let drawing = with_architecture!(architecture, one => one.drawing(form));
    sheet::finish(&drawing, options)
}
