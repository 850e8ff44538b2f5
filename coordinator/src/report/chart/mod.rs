//! Pictures as inline SVG; pure functions from numbers to markup.
//!
//! Lengths are in the units of the picture's own view box. Colours and fonts come from the page's style
//! sheet by class, so that one picture serves light, dark and print. Pictures that are files of their
//! own have that style inside.

mod axis;
mod embedding;
mod file;
mod heat_map;
mod legend;
mod lines;
mod marks;
mod pool;
mod predicted;
mod predicted_by_device;
mod samples;
mod scale;
mod style;

use maud::{Markup, html};

pub(super) use embedding::embedding;
pub use heat_map::heat_map;
pub(super) use lines::lines;
pub use lines::{AxisName, Guide, LineChart, Point, Series, Spacing, lines_file};
pub(super) use pool::{POOL_ROWS, pool};
pub(super) use predicted::predicted;
pub use predicted_by_device::{DevicePredictions, PredictedPoint, predicted_by_device};
pub(super) use samples::{SAMPLE_POINTS, sample_scale, samples};
pub(super) use scale::Scale;
pub(super) use style::{COLOURS, RULES};

/// A picture of this size, named and described for those who do not see it.
///
/// `id` is unique on the page.
fn picture(id: &str, size: [f64; 2], title: &str, description: &str, content: &Markup) -> Markup {
    let view_box = format!("0 0 {} {}", px(size[0]), px(size[1]));
    let (title_id, description_id) = (format!("{id}-title"), format!("{id}-desc"));
    html! {
        svg role="img" viewBox=(view_box) aria-labelledby={ (title_id) " " (description_id) } {
            title id=(title_id) { (title) }
            desc id=(description_id) { (description) }
            (content)
        }
    }
}

/// A length, to a tenth of a unit.
fn px(length: f64) -> String {
    let text = format!("{length:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}
