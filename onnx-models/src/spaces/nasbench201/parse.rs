//! Reads cells, and says where a text stops being one.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::{Cell, Operation};
use crate::spaces::excerpt::excerpt;

/// A text that is no cell, or an index that no cell has.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CellError {
    /// The text departs from `|op~0|+|op~0|op~1|+|op~0|op~1|op~2|`.
    #[error("column {column} of the cell: found {found}, expected {expected}")]
    Syntax {
        /// The character where it departs, counted from 1.
        column: usize,
        /// What stands there, quoted, or `the end`.
        found: String,
        /// What should stand there.
        expected: Expected,
    },
    /// The text begins neither as a cell nor as an index.
    #[error(
        "`{found}` is neither a cell (`|op~0|+|op~0|op~1|+|op~0|op~1|op~2|`) nor an index (0 to {})",
        Cell::COUNT - 1
    )]
    Neither {
        /// The beginning of the text.
        found: String,
    },
    /// No cell has this index.
    #[error("cell index {index} is out of range, expected 0 to {}", Cell::COUNT - 1)]
    Index {
        /// The index as it was given.
        index: String,
    },
}

/// What a cell's grammar allows at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// One of the five operations.
    Operation,
    /// A separator.
    Literal(&'static str),
    /// Nothing more.
    End,
}

impl fmt::Display for Expected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operation => formatter.write_str(&Operation::ALL.map(Operation::name).join(", ")),
            Self::Literal(literal) => write!(formatter, "`{literal}`"),
            Self::End => formatter.write_str("the end"),
        }
    }
}

/// Reads a cell string, or the benchmark's index.
pub(crate) fn cell_or_index(text: &str) -> Result<Cell, CellError> {
    if text.starts_with('|') {
        return text.parse();
    }
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(CellError::Neither { found: excerpt(text) });
    }
    let cell = text.parse().ok().and_then(Cell::from_index);
    cell.ok_or_else(|| CellError::Index { index: excerpt(text) })
}

impl FromStr for Cell {
    type Err = CellError;

    fn from_str(text: &str) -> Result<Self, CellError> {
        let mut cursor = Cursor { text, rest: text };
        let mut operations = [Operation::None; 6];
        for (operation, edge) in operations.iter_mut().zip(Self::EDGES) {
            if edge.source == 0 {
                cursor.literal(if edge.target == 1 { "|" } else { "+|" })?;
            }
            *operation = cursor.operation()?;
            cursor.literal(match edge.source {
                0 => "~0|",
                1 => "~1|",
                _ => "~2|",
            })?;
        }
        if !cursor.rest.is_empty() {
            return Err(cursor.unexpected(Expected::End));
        }
        Ok(Self(operations))
    }
}

struct Cursor<'a> {
    text: &'a str,
    rest: &'a str,
}

impl Cursor<'_> {
    fn literal(&mut self, literal: &'static str) -> Result<(), CellError> {
        for (start, character) in literal.char_indices() {
            let Some(rest) = self.rest.strip_prefix(character) else {
                return Err(self.unexpected(Expected::Literal(&literal[start..])));
            };
            self.rest = rest;
        }
        Ok(())
    }

    fn operation(&mut self) -> Result<Operation, CellError> {
        let word = self.word();
        let Some(operation) = Operation::ALL.into_iter().find(|known| known.name() == word) else {
            return Err(self.unexpected(Expected::Operation));
        };
        self.rest = &self.rest[word.len()..];
        Ok(operation)
    }

    /// What stands here, up to the next separator.
    fn word(&self) -> &str {
        let end = self.rest.find(['~', '|', '+']).unwrap_or(self.rest.len());
        &self.rest[..end]
    }

    fn unexpected(&self, expected: Expected) -> CellError {
        let consumed = &self.text[..self.text.len() - self.rest.len()];
        let found = match (expected, self.word(), self.rest.chars().next()) {
            (_, _, None) => "the end".to_owned(),
            (Expected::Operation, word, _) if !word.is_empty() => format!("`{}`", excerpt(word)),
            (_, _, Some(character)) => format!("`{}`", character.escape_debug()),
        };
        CellError::Syntax { column: consumed.chars().count() + 1, found, expected }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::*;

    fn error(text: &str) -> String {
        cell_or_index(text).unwrap_err().to_string()
    }

    #[test]
    fn an_unknown_operation_lists_the_known_ones() {
        insta::assert_snapshot!(error("|none~0|+|nor_conv_5x5~0|none~1|+|none~0|none~1|none~2|"), @"column 11 of the cell: found `nor_conv_5x5`, expected none, skip_connect, nor_conv_1x1, nor_conv_3x3, avg_pool_3x3");
        insta::assert_snapshot!(error("|~0|"), @"column 2 of the cell: found `~`, expected none, skip_connect, nor_conv_1x1, nor_conv_3x3, avg_pool_3x3");
        insta::assert_snapshot!(error("|a name that goes on and on and\non~0|"), @"column 2 of the cell: found `a name that goes on …`, expected none, skip_connect, nor_conv_1x1, nor_conv_3x3, avg_pool_3x3");
    }

    #[test]
    fn a_wrong_separator_is_pointed_at() {
        insta::assert_snapshot!("none~0|".parse::<Cell>().unwrap_err(), @"column 1 of the cell: found `n`, expected `|`");
        insta::assert_snapshot!(error("|none~1|"), @"column 7 of the cell: found `1`, expected `0|`");
        insta::assert_snapshot!(error("|none~0|none~0|"), @"column 9 of the cell: found `n`, expected `+|`");
        insta::assert_snapshot!(error("|none~0|+none~0|"), @"column 10 of the cell: found `n`, expected `|`");
        insta::assert_snapshot!(error("|none~0|é|"), @"column 9 of the cell: found `é`, expected `+|`");
    }

    #[test]
    fn a_text_that_ends_early_or_late_is_pointed_at() {
        insta::assert_snapshot!("".parse::<Cell>().unwrap_err(), @"column 1 of the cell: found the end, expected `|`");
        insta::assert_snapshot!(error("|none~0|+|none~0|"), @"column 18 of the cell: found the end, expected none, skip_connect, nor_conv_1x1, nor_conv_3x3, avg_pool_3x3");
        insta::assert_snapshot!(error("|none~0|+|none~0|none~1|+|none~0|none~1|none~2|\n"), @r"column 48 of the cell: found `\n`, expected the end");
    }

    #[test]
    fn an_index_out_of_range_names_the_range() {
        insta::assert_snapshot!(error("15625"), @"cell index 15625 is out of range, expected 0 to 15624");
        insta::assert_snapshot!(error("123456789012345678901234567890"), @"cell index 12345678901234567890… is out of range, expected 0 to 15624");
        insta::assert_snapshot!(error("-1"), @"`-1` is neither a cell (`|op~0|+|op~0|op~1|+|op~0|op~1|op~2|`) nor an index (0 to 15624)");
    }

    #[test]
    fn what_is_neither_cell_nor_index_says_what_both_look_like() {
        insta::assert_snapshot!(error("conv"), @"`conv` is neither a cell (`|op~0|+|op~0|op~1|+|op~0|op~1|op~2|`) nor an index (0 to 15624)");
        insta::assert_snapshot!(error(""), @"`` is neither a cell (`|op~0|+|op~0|op~1|+|op~0|op~1|op~2|`) nor an index (0 to 15624)");
    }

    proptest! {
        #[test]
        fn every_cell_is_read_as_it_is_written(ordinal in 0..Cell::COUNT) {
            let cell = Cell::from_ordinal(ordinal).unwrap();
            assert_eq!(cell.to_string().parse(), Ok(cell));
            assert_eq!(cell_or_index(&cell.index().to_string()), Ok(cell));
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>(), cut in 0_usize..60, ordinal in 0..Cell::COUNT) {
            let _ = cell_or_index(&text);
            let mut near = Cell::from_ordinal(ordinal).unwrap().to_string();
            near.truncate(cut);
            near.push_str(&text);
            if let Ok(cell) = near.parse::<Cell>() {
                assert_eq!(cell.to_string(), near);
            }
        }
    }
}
