//! What every drawing has: its frame, its lines of text, its legend.

use maud::{Markup, PreEscaped, html};

use super::DrawOptions;

/// The width of every drawing, in its own units: at 320 pixels the smallest letters are still legible.
pub(super) const WIDTH: f64 = 360.0;

/// Free space at the edges.
pub(super) const MARGIN: f64 = 10.0;

const LINE_HEIGHT: f64 = 18.0;

const STYLE: &str = include_str!("style.css");

/// A drawing before title, caption and legend are put around it. Its own coordinates begin at
/// the upper left corner.
pub(super) struct Drawing {
    /// What it shows, where the caller gives no title.
    pub(super) name: String,
    /// What there is to see, in words.
    pub(super) description: String,
    pub(super) height: f64,
    pub(super) content: Markup,
    pub(super) legend: Vec<LegendEntry>,
}

/// A sign and its meaning.
pub(super) struct LegendEntry {
    /// About the point (0, 0), within 10 units to both sides.
    pub(super) sign: Markup,
    pub(super) meaning: &'static str,
}

/// The whole `<svg>` element.
pub(super) fn finish(drawing: &Drawing, options: &DrawOptions) -> String {
    let title = options.title.as_deref().map(readable);
    let caption = options.caption.as_deref().map(readable);
    let header_height = match (&title, &caption) {
        (None, None) => 0.0,
        (Some(_), Some(_)) => MARGIN + 2.0 * LINE_HEIGHT,
        _ => MARGIN + LINE_HEIGHT,
    };
    let legend_top = header_height + drawing.height;
    let legend_height = if options.legend { legend_height(&drawing.legend) } else { 0.0 };
    let view_box = format!("0 0 {} {}", px(WIDTH), px(legend_top + legend_height));
    html! {
        svg.architecture-drawing xmlns="http://www.w3.org/2000/svg" viewBox=(view_box) role="img" {
            title { (title.as_deref().unwrap_or(&drawing.name)) @if let Some(caption) = &caption { ", " (caption) } }
            desc { (drawing.description) }
            style { (PreEscaped(STYLE)) }
            @if let Some(title) = &title {
                text.heading x=(px(MARGIN)) y=(px(MARGIN + 12.0)) { (cut(title, 44)) }
            }
            @if let Some(caption) = &caption {
                text.quiet x=(px(MARGIN)) y=(px(header_height - 6.0)) { (cut(caption, 56)) }
            }
            g transform=(translation(0.0, header_height)) { (drawing.content) }
            @if options.legend { (legend(&drawing.legend, legend_top)) }
        }
    }
    .into_string()
}

const LEGEND_COLUMNS: [f64; 3] = [MARGIN, 124.0, 236.0];

fn legend_height(entries: &[LegendEntry]) -> f64 {
    entries.len().div_ceil(LEGEND_COLUMNS.len()) as f64 * LINE_HEIGHT + MARGIN
}

fn legend(entries: &[LegendEntry], top: f64) -> Markup {
    html! {
        @for (row, entries) in entries.chunks(LEGEND_COLUMNS.len()).enumerate() {
            @for (entry, x) in entries.iter().zip(LEGEND_COLUMNS) {
                g transform=(translation(x + 10.0, top + (row as f64 + 0.5) * LINE_HEIGHT)) {
                    (entry.sign)
                    text.quiet x="16" y="4" { (entry.meaning) }
                }
            }
        }
    }
}

pub(super) fn translation(x: f64, y: f64) -> String {
    format!("translate({} {})", px(x), px(y))
}

/// A length, to a tenth of a unit.
pub(super) fn px(length: f64) -> String {
    let text = format!("{length:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

/// The text without the characters that XML cannot hold.
fn readable(text: &str) -> String {
    let unreadable = |c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}');
    text.replace(unreadable, "\u{fffd}")
}

/// At most so many characters of a text.
fn cut(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_owned();
    }
    text.chars().take(length - 1).chain(['…']).collect()
}
