//! A text as keys with numbers or lists of numbers: JSON, or the YAML of HAT's files.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use super::{HatError, Key};
use crate::spaces::excerpt::excerpt;

/// What a text says of a key.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(untagged, expecting = "expected a whole number or a list of whole numbers")]
pub(super) enum Setting {
    Number(i64),
    List(Vec<i64>),
}

/// The keys of a text with their settings, each key once.
pub(super) struct Settings(Vec<(Key, Setting)>);

impl Settings {
    /// Reads JSON where the text begins with a brace, and YAML elsewhere.
    pub(super) fn read(text: &str) -> Result<Self, HatError> {
        if text.trim_start().starts_with('{') {
            let Pairs(pairs) =
                serde_json::from_str(text).map_err(|error| HatError::Json { cause: error.to_string() })?;
            return Self::collect(pairs.into_iter().map(Ok));
        }
        let lines = text.lines().zip(1..).map(|(line, number)| (without_comment(line).trim(), number));
        Self::collect(lines.filter(|&(line, _)| !line.is_empty()).map(|(line, number)| {
            let pair = line.split_once(':').and_then(|(key, value)| {
                let setting = serde_json::from_str(value).ok()?;
                Some((key.trim_end().to_owned(), setting))
            });
            pair.ok_or_else(|| HatError::Line { line: number, found: excerpt(line) })
        }))
    }

    fn collect(pairs: impl Iterator<Item = Result<(String, Setting), HatError>>) -> Result<Self, HatError> {
        let mut settings = Self(Vec::with_capacity(Key::ALL.len()));
        for pair in pairs {
            let (name, setting) = pair?;
            let known = Key::ALL.into_iter().find(|key| key.name() == name);
            let key = known.ok_or_else(|| HatError::UnknownKey { found: excerpt(&name) })?;
            if settings.0.iter().any(|&(seen, _)| seen == key) {
                return Err(HatError::RepeatedKey { key });
            }
            settings.0.push((key, setting));
        }
        Ok(settings)
    }

    /// What the text says of a key.
    pub(super) fn get(&self, key: Key) -> Result<&Setting, HatError> {
        let found = self.0.iter().find(|&&(known, _)| known == key);
        found.map(|(_, setting)| setting).ok_or(HatError::MissingKey { key })
    }
}

/// A JSON object with all its keys, repeated ones too.
struct Pairs(Vec<(String, Setting)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PairsVisitor;

        impl<'de> Visitor<'de> for PairsVisitor {
            type Value = Pairs;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }

        deserializer.deserialize_map(PairsVisitor)
    }
}

/// A line of YAML up to its comment: from a `#` at its beginning or behind a blank.
fn without_comment(line: &str) -> &str {
    let comment = line
        .match_indices('#')
        .map(|(start, _)| start)
        .find(|&start| line[..start].chars().next_back().is_none_or(char::is_whitespace));
    comment.map_or(line, |start| &line[..start])
}
