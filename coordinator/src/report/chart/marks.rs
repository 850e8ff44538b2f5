//! How series are told apart, in colour and in black and white.

use maud::{Markup, html};

use super::px;

/// Outlines about a centre: circle, square, triangle, diamond, a triangle upside down, plus and cross.
const SHAPES: [&str; 7] = [
    "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
    "m-3.6 -3.6h7.2v7.2h-7.2z",
    "m0 -5l4.6 8h-9.2z",
    "m0 -5.4l5.4 5.4l-5.4 5.4l-5.4 -5.4z",
    "m0 5l4.6 -8h-9.2z",
    "m-1.5 -4.8h3v3.3h3.3v3h-3.3v3.3h-3v-3.3h-3.3v-3h3.3z",
    "m0 -2l2.6 -2.6l2 2l-2.6 2.6l2.6 2.6l-2 2l-2.6 -2.6l-2.6 2.6l-2 -2l2.6 -2.6l-2.6 -2.6l2 -2z",
];

/// Lines and gaps: whole, dashed, dotted, dashed and dotted.
const DASHES: [Option<&str>; 4] = [None, Some("7 3"), Some("2 3"), Some("9 3 2 3")];

/// Colours in the style sheet.
const COLOURS: usize = 8;

/// The class with the colour of a series, by its place among the series.
pub(super) fn colour_class(series: usize) -> String {
    format!("series-{}", series % COLOURS + 1)
}

/// The dashes of a series, none for a whole line. No two of the first 28 series share mark and dashes.
pub(super) fn dashes(series: usize) -> Option<&'static str> {
    DASHES.get(series % DASHES.len()).copied().flatten()
}

/// The mark of a series about a place, of a class that fills it.
pub(super) fn mark(series: usize, class: &str, [x, y]: [f64; 2]) -> Markup {
    let shape = SHAPES.get(series % SHAPES.len()).copied().unwrap_or_default();
    html! { path class=(class) d={ "M" (px(x)) " " (px(y)) (shape) } {} }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{DASHES, SHAPES, colour_class, dashes, mark};
    use crate::report::chart::style::RULES;

    #[test]
    fn series_differ_without_colours_too() {
        let look = |series| (dashes(series), mark(series, "point", [0.0; 2]).into_string());
        let looks: HashSet<_> = (0..SHAPES.len() * DASHES.len()).map(look).collect();
        assert_eq!(looks.len(), SHAPES.len() * DASHES.len());
    }

    #[test]
    fn every_colour_is_in_the_style_sheet() {
        for series in 0..20 {
            assert!(RULES.contains(&format!("svg .{} {{", colour_class(series))), "{series}");
        }
    }
}
