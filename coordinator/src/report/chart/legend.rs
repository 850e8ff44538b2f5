//! What the lines of a picture are, in rows above it.

use maud::{Markup, html};

use super::marks::{colour_class, dashes, mark};
use super::px;

/// From one row to the next.
const ROW: f64 = 18.0;
/// The width of the sample of a line, and of a letter, roughly.
const SAMPLE: f64 = 34.0;
const LETTER: f64 = 6.8;
const GAP: f64 = 18.0;

/// What is named.
#[derive(Debug, Clone, Copy)]
pub(super) enum Entry<'a> {
    /// A series, by its place among the series.
    Series { index: usize, name: &'a str },
    /// Hollow marks.
    Published,
}

impl Entry<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Series { name, .. } => name,
            Self::Published => "hollow: published",
        }
    }

    fn width(&self) -> f64 {
        SAMPLE + LETTER * self.name().chars().count() as f64 + GAP
    }
}

/// Entries, each with its place.
pub(super) struct Legend<'a> {
    placed: Vec<(Entry<'a>, [f64; 2])>,
    rows: usize,
}

impl<'a> Legend<'a> {
    /// Lays entries out in rows between two places.
    pub(super) fn new(entries: Vec<Entry<'a>>, [left, right]: [f64; 2]) -> Self {
        let mut rows = usize::from(!entries.is_empty());
        let mut x = left;
        let mut place = |entry: Entry<'a>| {
            if x > left && x + entry.width() - GAP > right {
                rows += 1;
                x = left;
            }
            let at = [x, ROW * (rows as f64 - 0.5)];
            x += entry.width();
            (entry, at)
        };
        let placed = entries.into_iter().map(&mut place).collect();
        Self { placed, rows }
    }

    /// The height of all rows.
    pub(super) fn height(&self) -> f64 {
        self.rows as f64 * ROW
    }

    pub(super) fn draw(&self) -> Markup {
        html! {
            g.legend {
                @for (entry, [x, y]) in &self.placed {
                    (sample(*entry, [*x, *y]))
                    text x=(px(x + SAMPLE)) y=(px(y + 4.0)) { (entry.name()) }
                }
            }
        }
    }
}

fn sample(entry: Entry<'_>, [x, y]: [f64; 2]) -> Markup {
    html! {
        @match entry {
            Entry::Series { index, .. } => g class=(colour_class(index)) {
                path.line stroke-dasharray=[dashes(index)] d={ "M" (px(x)) " " (px(y)) "h28" } {}
                (mark(index, "point", [x + 14.0, y]))
            },
            Entry::Published => g.note { (mark(0, "published", [x + 18.0, y])) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, Legend};

    #[test]
    fn entries_go_on_in_the_next_row_where_one_is_full() {
        let entry = |index| Entry::Series { index, name: "meta-sgd" };
        let legend = Legend::new((0..5).map(entry).collect(), [50.0, 350.0]);
        let places: Vec<[f64; 2]> = legend.placed.iter().map(|(_, place)| *place).collect();
        assert_eq!(legend.height(), 54.0);
        assert!(places.windows(2).all(|pair| pair[0][0] < pair[1][0] || pair[0][1] < pair[1][1]));
        assert_eq!(places.iter().filter(|place| place[0] == 50.0).count(), 3);
        assert_eq!(Legend::new(Vec::new(), [0.0, 1.0]).height(), 0.0);
    }
}
