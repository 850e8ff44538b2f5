//! A square matrix of correlations as a picture that stands alone.

use maud::{Markup, html};

use super::px;
use crate::report::number::fixed;

const CELL: f64 = 32.0;
/// Above the cells: the title, and names that run upwards.
const TOP: f64 = 150.0;
const MARGIN: f64 = 12.0;
/// The width of a letter, roughly.
const LETTER: f64 = 6.6;

/// The colour of the least value, and of 1: red, green, blue.
const COLOURS: [[f64; 3]; 2] = [[253.0, 253.0, 251.0], [0.0, 99.0, 176.0]];

/// The values of a square matrix with one name for each row and column: the higher, the darker,
/// on a scale from the least one to 1.
pub fn heat_map(title: &str, names: &[String], rows: &[Vec<f64>]) -> String {
    let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let left = MARGIN + (longest as f64 * LETTER).max(40.0);
    let side = names.len() as f64 * CELL;
    let (width, height) =
        ((left + side).max(title.chars().count() as f64 * LETTER) + 2.0 * MARGIN, TOP + side + MARGIN);
    let least = rows.iter().flatten().copied().filter(|value| value.is_finite()).fold(1.0, f64::min);
    let place = |index: usize| (index as f64 + 0.5) * CELL;
    let picture = html! {
        svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox={ "0 0 " (px(width)) " " (px(height)) }
            width=(px(width)) height=(px(height)) font-family="system-ui, sans-serif" font-size="12" {
            title { (title) }
            rect width="100%" height="100%" fill=(colour(0.0)) {}
            text x=(px(MARGIN)) y="22" font-weight="600" { (title) }
            @for (index, name) in names.iter().enumerate() {
                text x=(px(left - 6.0)) y=(px(TOP + place(index) + 4.0)) text-anchor="end" { (name) }
                text transform={ "translate(" (px(left + place(index) + 4.0)) " " (px(TOP - 6.0)) ") rotate(-90)" } { (name) }
            }
            @for (row, values) in rows.iter().enumerate() {
                @for (column, value) in values.iter().enumerate() {
                    (cell([left + place(column), TOP + place(row)], *value, least))
                }
            }
        }
    };
    picture.into_string()
}

fn cell([x, y]: [f64; 2], value: f64, least: f64) -> Markup {
    let share = if least < 1.0 { (value - least) / (1.0 - least) } else { 1.0 };
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    html! {
        rect x=(px(x - CELL / 2.0)) y=(px(y - CELL / 2.0)) width=(px(CELL - 1.0)) height=(px(CELL - 1.0)) fill=(colour(share)) {}
        text x=(px(x)) y=(px(y + 4.0)) text-anchor="middle" font-size="11" fill=(if share > 0.75 { "#ffffff" } else { "#1b1f23" }) {
            (fixed(value, 2))
        }
    }
}

fn colour(share: f64) -> String {
    let [low, high] = COLOURS;
    let channel = |index: usize| (low[index] + share * (high[index] - low[index])).round() as u8;
    format!("#{:02x}{:02x}{:02x}", channel(0), channel(1), channel(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_has_a_cell_between_paper_and_full_colour() {
        let names = ["raspi4".to_owned(), "<b>".to_owned()];
        let svg = heat_map("Alike", &names, &[vec![1.0, 0.5], vec![0.5, 1.0]]);
        assert_eq!(svg.matches("<rect").count(), 4 + 1);
        assert_eq!(svg.matches(">0.50<").count(), 2);
        assert_eq!(svg.matches("#0063b0").count(), 2);
        assert!(svg.contains("&lt;b&gt;") && !svg.contains("<b>"));
    }

    #[test]
    fn values_that_are_no_numbers_are_dashes() {
        let svg = heat_map("", &["a".to_owned()], &[vec![f64::NAN]]);
        assert!(svg.contains(">–<") && !svg.contains("NaN"), "{svg}");
        assert!(heat_map("", &[], &[]).starts_with("<svg"));
    }
}
