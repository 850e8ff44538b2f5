//! The colours and rules that pictures are drawn with, on the page and in files of their own.

use std::sync::LazyLock;

/// The colours by name: light first, then dark where the reader's screen is.
pub(in crate::report) const COLOURS: &str = include_str!("colours.css");

/// How the parts of pictures look, by class.
pub(in crate::report) const RULES: &str = include_str!("chart.css");

/// The same rules with the colours in place of their names, as programs other than browsers need
/// them: light, and dark where the reader's screen is.
pub(super) fn resolved() -> &'static str {
    static RESOLVED: LazyLock<String> = LazyLock::new(|| {
        let mut palettes = COLOURS.split(":root {").skip(1).map(with_colours);
        let [light, dark] = [palettes.next(), palettes.next()].map(Option::unwrap_or_default);
        format!("\n{light}@media screen and (prefers-color-scheme: dark) {{\n{dark}}}\n")
    });
    &RESOLVED
}

/// The rules with the colours of a block `--name: value; … }`.
fn with_colours(block: &str) -> String {
    let declared = block.split_once('}').map_or(block, |(inside, _)| inside).split(';');
    let colours = declared.filter_map(|one| one.trim().strip_prefix("--")?.split_once(": "));
    colours.fold(RULES.to_owned(), |rules, (name, value)| rules.replace(&format!("var(--{name})"), value))
}

#[cfg(test)]
mod tests {
    use super::{RULES, resolved};

    #[test]
    fn every_name_has_a_light_and_a_dark_colour() {
        let style = resolved();
        assert!(!style.contains("var("), "{style}");
        assert_eq!(style.matches("svg .axis-name").count(), 2 * RULES.matches("svg .axis-name").count());
        assert!(style.contains("svg .mark { fill: #0063b0; }") && style.contains("svg .mark { fill: #69b4f5; }"));
    }

    #[test]
    fn the_style_is_text_in_xml_as_it_is() {
        assert!(!resolved().contains(['<', '&']));
    }
}
