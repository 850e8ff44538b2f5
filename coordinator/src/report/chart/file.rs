//! A picture as a whole SVG file: its title above, its caption below, its style inside.

use maud::{PreEscaped, html};

use super::px;
use super::style::resolved;

const MARGIN: f64 = 16.0;
const TITLE: f64 = 30.0;
const CAPTION_LINE: f64 = 16.0;
/// The width of a letter of the title and of the caption, roughly.
const LETTERS: [f64; 2] = [8.0, 6.2];

/// `content` is a picture of this size.
pub(super) fn file(title: &str, caption: &str, [width, height]: [f64; 2], content: &PreEscaped<String>) -> String {
    let [title_letter, caption_letter] = LETTERS;
    let width = width.max(title.chars().count() as f64 * title_letter);
    let caption_lines = wrapped(caption, (width / caption_letter) as usize);
    let whole = [width + 2.0 * MARGIN, TITLE + height + CAPTION_LINE * caption_lines.len() as f64 + 2.0 * MARGIN];
    let [whole_width, whole_height] = whole.map(px);
    let caption_at = |line: usize| MARGIN + TITLE + height + CAPTION_LINE * (line + 1) as f64;
    let picture = html! {
        svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox={ "0 0 " (whole_width) " " (whole_height) }
            width=(whole_width) height=(whole_height) font-family="system-ui, sans-serif" {
            title { (title) }
            @if !caption.is_empty() { desc { (caption) } }
            style { (PreEscaped(resolved())) }
            rect.paper width="100%" height="100%" {}
            text.title x=(px(MARGIN)) y=(px(MARGIN + 12.0)) { (title) }
            g transform={ "translate(" (px(MARGIN)) " " (px(MARGIN + TITLE)) ")" } { (content) }
            @for (line, text) in caption_lines.iter().enumerate() {
                text.note x=(px(MARGIN)) y=(px(caption_at(line))) { (text) }
            }
        }
    };
    picture.into_string()
}

/// The words of a text in lines of at most so many letters, or one word.
fn wrapped(text: &str, letters: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= letters => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use maud::html;

    use super::{file, wrapped};

    #[test]
    fn a_file_has_its_name_style_and_caption_and_escapes_them() {
        let svg = file("a <b>", "one & two", [100.0, 50.0], &html! { circle r="3" {} });
        assert!(svg.starts_with("<svg xmlns=") && svg.ends_with("</svg>"));
        assert!(svg.contains("<title>a &lt;b&gt;</title>") && svg.contains(">one &amp; two</text>"), "{svg}");
        assert!(svg.contains("<style>") && svg.contains("<circle r=\"3\">") && !svg.contains("var("));
        // Margins, title and one line of caption.
        assert!(svg.contains("viewBox=\"0 0 132 128\""), "{svg}");
    }

    #[test]
    fn captions_are_broken_between_words() {
        assert_eq!(wrapped("one two  three", 7), ["one two", "three"]);
        assert_eq!(wrapped("extraordinary", 4), ["extraordinary"]);
        assert!(wrapped(" ", 4).is_empty());
    }
}
